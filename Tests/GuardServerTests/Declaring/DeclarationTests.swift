import Bootstrap
import Contracts
import GuardServer
import PeerRPC
import TestSupport
import Testing

@Suite("Declared guardrails", .bothEngines)
struct DeclarationTests {
    private static let text = """
        declare:
          guardrails:
            - scope: global
              on_failure: closed
              pii: { enabled: true, direction: both, action: mask, strategy: replace, min_score: 0.5,
                     entities: { EMAIL_ADDRESS: mask, CREDIT_CARD: block, IP_ADDRESS: log_only }, engine: native }
            - injection: { enabled: true, action: block, severity: medium }
              topics: { enabled: true, mode: block, topics: [weapons], action: block, engine: keyword }
              toxicity: { enabled: true, action: warn, threshold: 70, categories: [] }
              code: { enabled: true, action: log_only }
              json: { enabled: true, action: block, schema: '{"type":"object"}', buffer: on }
            - { scope: "key:ci", pii: { enabled: off, entities: [EMAIL_ADDRESS] },
                custom: [ { name: ticket, pattern: "PROJ-[0-9]{4,6}", action: mask },
                  { name: names, words: [Falcon], direction: outbound, action: block } ] }
        """

    private func declaration(_ text: String) throws -> GuardDeclaration {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "config.yaml")
        let sources = ConfigurationSources(file: file, data: folder.path, environment: [:])
        return try GuardDeclaration(reading: KeiRouterConfiguration.load(sources).declare)
    }

    @Test("are read, several entries of a scope as one")
    func reading() throws {
        let declaration = try declaration(Self.text)
        #expect(declaration.policies.map(\.scope) == ["global", "key:ci"])
        let global = declaration.policies[0]
        #expect(global.declared && global.onFailure == "closed" && global.injection?.action == .block)
        #expect(global.pii?.entities == ["EMAIL_ADDRESS": "mask", "CREDIT_CARD": "block", "IP_ADDRESS": "log_only"])
        #expect(global.topics?.topics == ["weapons"] && global.toxicity?.threshold == 70)
        #expect(global.code?.action == .logOnly && global.json?.buffer == true)
        #expect(global.json?.answerSchema == Array(#"{"type":"object"}"#.utf8))
        let key = declaration.policies[1]
        #expect(key.pii?.enabled == false && key.pii?.entities == ["EMAIL_ADDRESS": ""])
        #expect(
            key.custom == [
                CustomPattern(name: "ticket", pattern: "PROJ-[0-9]{4,6}", action: .mask),
                CustomPattern(name: "names", words: ["Falcon"], direction: "outbound", action: .block),
            ]
        )
    }

    @Test(
        "that are wrong stop the start",
        arguments: [
            "- { scope: nowhere }", "- { pii: { enabled: maybe } }", "- { pii: { entities: [SHOE_SIZE] } }",
            "- { toxicity: { categories: [rude] } }", "- { custom: [ { name: a, words: [x] } ] }",
            "- { json: { schema: 'no' } }", "- { json: { schema: '[]' } }", "- { json: { action: mask } }",
            "- { pii: { colour: red } }", "- { custom: [ { name: a, pattern: \"(\" } ] }",
            "- { pii: { enabled: on } }\n    - { pii: { enabled: on } }",
        ]
    )
    func wrong(entry: String) throws {
        #expect(throws: ConfigurationError.self) { try declaration("declare:\n  guardrails:\n    \(entry)\n") }
    }

    @Test("act from the start, are read-only, and end when they are no longer declared")
    func life() async throws {
        let folder = try TemporaryFolder()
        var setup = GuardSetup()
        setup.declaration = try declaration(Self.text)
        for _ in 1...2 {
            try await withGuard(in: folder, setup) { guarding in
                #expect(try await guarding.inspect("j.doe@example.com").action == .mask)
                let key = RequestScope(tenant: "default", key: "ci")
                let ticket = try await guarding.inspect(
                    "PROJ-12345 j.doe@example.com",
                    scope: key,
                    direction: .outbound
                )
                #expect(ticket.edits.map(\.replacement) == ["<ticket>"])
                let item = try await guarding.call(GuardUnderTest.admin.policies.get, GetRequest(id: "global"))
                #expect(item.declared && item.etag == "1")
                let put = PutRequest(item: item)
                #expect(try await guarding.refusal(GuardUnderTest.admin.policies.put, put) == .failedPrecondition)
                let delete = DeleteRequest(id: "key:ci")
                #expect(try await guarding.refusal(GuardUnderTest.admin.policies.delete, delete) == .failedPrecondition)
                try await guarding.put(.personalData("key:own"))
            }
        }
        try await withGuard(in: folder) { guarding in
            #expect(try await guarding.inspect("j.doe@example.com").action == .allow)
            let page = try await guarding.call(GuardUnderTest.admin.policies.list, ListRequest())
            #expect(page.items.map(\.scope) == ["key:own"])
        }
    }
}
