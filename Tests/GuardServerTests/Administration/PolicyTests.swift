import Contracts
import GuardServer
import PeerRPC
import TestSupport
import Testing

@Suite("Policies", .bothEngines)
struct PolicyTests {
    private static let admin = GuardUnderTest.admin

    @Test("are made, read, changed by version and deleted")
    func life() async throws {
        try await withGuard { guarding in
            let made = try await guarding.put(.personalData("chain:coding"))
            #expect(made.id == "chain:coding" && made.etag == "1" && !made.declared)
            #expect(try await guarding.call(Self.admin.policies.get, GetRequest(id: made.id)) == made)
            var changed = made
            changed.pii?.action = .block
            let again = try await guarding.put(changed, etag: made.etag)
            #expect(again.etag == "2")
            let stale = PutRequest(item: changed, etag: made.etag)
            #expect(try await guarding.refusal(Self.admin.policies.put, stale) == .aborted)
            let wrong = DeleteRequest(id: made.id, etag: "1")
            #expect(try await guarding.refusal(Self.admin.policies.delete, wrong) == .aborted)
            _ = try await guarding.call(Self.admin.policies.delete, DeleteRequest(id: made.id, etag: "2"))
            #expect(try await guarding.refusal(Self.admin.policies.get, GetRequest(id: made.id)) == .notFound)
            let chain = RequestScope(tenant: "default", chain: "coding")
            #expect(try await guarding.inspect("j.doe@example.com", scope: chain).action == .allow)
        }
    }

    @Test("are listed page by page")
    func pages() async throws {
        try await withGuard { guarding in
            for number in 1...5 { try await guarding.put(.personalData("key:k\(number)")) }
            var names: [String] = []
            var token: String?
            repeat {
                let request = ListRequest(pageToken: token, pageSize: 2)
                let page = try await guarding.call(Self.admin.policies.list, request)
                names += page.items.map(\.scope)
                token = page.next
            } while token != nil
            #expect(names == (1...5).map { "key:k\($0)" })
        }
    }

    @Test(
        "that mean nothing are refused",
        arguments: [
            PolicyItem(scope: "everywhere"), PolicyItem(scope: "key:"), PolicyItem(scope: "global", onFailure: "maybe"),
            PolicyItem(scope: "global", pii: PIISection(direction: "sideways")),
            PolicyItem(scope: "global", pii: PIISection(strategy: "block")),
            PolicyItem(scope: "global", pii: PIISection(minScore: 1.5)),
            PolicyItem(scope: "global", pii: PIISection(entities: ["SHOE_SIZE": "mask"])),
            PolicyItem(scope: "global", injection: InjectionSection(action: GuardAction(rawValue: "shout"))),
            PolicyItem(scope: "global", custom: [CustomPattern(name: "a", pattern: "(", action: .mask)]),
            PolicyItem(scope: "global", custom: [CustomPattern(name: "a", pattern: "(a+)+$", action: .mask)]),
            PolicyItem(scope: "global", custom: [CustomPattern(name: "a", pattern: "a*", action: .mask)]),
            PolicyItem(scope: "global", json: JSONSection(action: .mask)),
            PolicyItem(scope: "global", json: JSONSection(answerSchema: Array(#"{"type":"text"}"#.utf8))),
            PolicyItem(scope: "global", json: JSONSection(answerSchema: Array(#"{"if":{}}"#.utf8))),
            PolicyItem(scope: "global", code: ScoredSection(categories: ["POEM"])),
            PolicyItem(scope: "global", toxicity: ScoredSection(threshold: 101)),
        ]
    )
    func refused(item: PolicyItem) async throws {
        try await withGuard { guarding in
            let code = try await guarding.refusal(Self.admin.policies.put, PutRequest(item: item))
            #expect(code == .invalidArgument)
        }
    }

    @Test("of another replica are noticed")
    func replicas() async throws {
        let folder = try TemporaryFolder()
        try await withGuard(in: folder) { first in
            var setup = GuardSetup()
            setup.socket = "h.sock"
            try await withGuard(in: folder, setup) { second in
                try await first.put(.personalData())
                try await Poll.until("the other one masks too") {
                    try await second.inspect("j.doe@example.com").action == .mask
                }
                let versions = (try await first.inspect("a").policyVersion, try await second.inspect("a").policyVersion)
                #expect(versions.0 == versions.1)
            }
        }
    }

    @Test("of another replica are told of by the server", .onPostgres)
    func notified() async throws {
        let folder = try TemporaryFolder()
        // Nobody looks by itself in the time of this test.
        var setup = GuardSetup()
        setup.pollInterval = .seconds(3600)
        try await withGuard(in: folder, setup) { first in
            var other = setup
            other.socket = "h.sock"
            try await withGuard(in: folder, other) { second in
                try await first.put(.personalData())
                try await Poll.until("the other one masks too") {
                    try await second.inspect("j.doe@example.com").action == .mask
                }
                let made = try await first.call(Self.admin.policies.get, GetRequest(id: "global"))
                let request = DeleteRequest(id: "global", etag: made.etag)
                _ = try await second.call(Self.admin.policies.delete, request)
                try await Poll.until("the first one masks no more") {
                    try await first.inspect("j.doe@example.com").action == .allow
                }
            }
        }
    }

    @Test("every template can be put")
    func templates() async throws {
        try await withGuard { guarding in
            let page = try await guarding.call(Self.admin.templates.list, ListRequest())
            #expect(page.items.count >= 4)
            for template in page.items { try await guarding.put(template.policy) }
            let catalogues = try await guarding.call(Self.admin.catalogues.list, ListRequest())
            #expect(catalogues.items.allSatisfy { $0.builtin && $0.patterns > 2 && $0.quarantined.isEmpty })
        }
    }
}
