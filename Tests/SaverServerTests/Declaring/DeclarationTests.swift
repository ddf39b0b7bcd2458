import Bootstrap
import Contracts
import SaverCore
import SaverServer
import TestSupport
import Testing

/// What the configuration file declares.
@Suite("Declarations", .bothEngines)
struct DeclarationTests {
    private static let admin = SaverUnderTest.admin
    private static let ci = SettingScope("key:ci") ?? .global

    private func declaration(_ text: String) throws -> SaverDeclaration {
        let folder = try TemporaryFolder()
        let file = try folder.write(text, to: "config.yaml")
        let sources = ConfigurationSources(
            file: file,
            data: folder.path,
            environment: [:],
            declares: SaverDeclaration.parts
        )
        return try SaverDeclaration(reading: KeiRouterConfiguration.load(sources).declare)
    }

    @Test("entries are read as the configuration guide has them")
    func reading() throws {
        let declaration = try declaration(
            """
            declare:
              savers:
                - { rtk: on, terse: off, caveman: off, ponytail: off, holdout: 0.05,
                    headroom: { enabled: off, url: "http://localhost:8787", timeout: 3s, user_messages: off } }
                - { scope: "key:ci", terse: on, headroom: { enabled: on, timeout: 500ms, user_messages: on } }
            """
        )
        let headroom = ScopeSetting.Headroom(url: "http://localhost:8787", timeoutMS: 3000)
        let own = ScopeSetting.Headroom(isEnabled: true, timeoutMS: 500, userMessages: true)
        let global = ScopeSetting(
            scope: .global,
            rtk: true,
            terse: false,
            caveman: "off",
            ponytail: "off",
            holdout: 0.05,
            headroom: headroom
        )
        #expect(declaration.settings == [global, ScopeSetting(scope: Self.ci, terse: true, headroom: own)])
    }

    @Test(
        "what this build lacks, or cannot be, stops the start with the key named",
        arguments: [
            ("{ caveman: loud }", "wenyan-ultra"), ("{ ponytail: wenyan-full }", "off, lite, full or ultra"),
            ("{ headroom: { enabled: on, url: \"localhost:8787\" } }", "headroom.url"),
            ("{ headroom: { user_messages: some } }", "user_messages"),
            ("{ rkt: on }", "not known"), ("{ scope: team }", "scope"), ("{ terse: loud }", "terse"),
            ("{ holdout: 2 }", "holdout"), ("{ headroom: { timeout: 5m } }", "timeout"),
            ("{ rtk: on }\n    - { terse: on }", "already"),
        ]
    )
    func refusals(_ entry: String, _ problem: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try declaration("declare:\n  savers:\n    - \(entry)\n")
        }
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(problem), "\(message)")
    }

    @Test("a declared scope is read-only, and goes when the file no longer has it")
    func readOnly() async throws {
        let folder = try TemporaryFolder()
        try await withSaver(in: folder, declaring: [ScopeSetting(scope: Self.ci, rtk: false)]) { saver in
            let item = try await saver.call(Self.admin.settings.get, GetRequest(id: "key:ci"))
            #expect(item.declared && item.rtk == false)
            let put = PutRequest(item: SettingItem(scope: "key:ci", rtk: true))
            #expect(try await saver.code(Self.admin.settings.put, put) == .failedPrecondition)
            let delete = DeleteRequest(id: "key:ci")
            #expect(try await saver.code(Self.admin.settings.delete, delete) == .failedPrecondition)
            let declared = try await saver.compress(key: "ci")
            #expect(declared.replacements.isEmpty)
            try await saver.put(SettingItem(scope: "key:edited", terse: "on"))
        }
        try await withSaver(in: folder) { saver in
            let page = try await saver.call(Self.admin.settings.list, ListRequest())
            #expect(page.items.map(\.scope) == ["key:edited"])
            let released = try await saver.compress(key: "ci")
            #expect(released.replacements.count == 1)
        }
    }

    @Test("applying a declaration again changes nothing, not even a version")
    func idempotent() async throws {
        let folder = try TemporaryFolder()
        var seen: [(SettingItem, String)] = []
        for _ in 0..<3 {
            try await withSaver(in: folder, declaring: [ScopeSetting(scope: Self.ci, terse: true)]) { saver in
                let item = try await saver.call(Self.admin.settings.get, GetRequest(id: "key:ci"))
                seen.append((item, try await saver.compress().epoch))
            }
        }
        #expect(seen.allSatisfy { $0 == seen[0] } && seen[0].0.etag == "1")
    }
}
