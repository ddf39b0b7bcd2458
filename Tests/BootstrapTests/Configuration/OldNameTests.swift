import Bootstrap
import Testing

@Suite("Names of the original")
struct OldNameTests {
    @Test("what means the same is taken over with a warning that names the new setting")
    func takenOver() throws {
        let configuration = try load(
            """
            server: { stream_stall_timeout: 30s, request_timeout: 5m }
            cache: { enabled: true, similarity_threshold: 0.9 }
            security: { master_key: AAAA }
            database: { driver: postgres, dsn: "postgres://u:p@h/d" }
            """
        )
        #expect(configuration.timeouts.stall == .seconds(30))
        #expect(configuration.timeouts.request == .seconds(300))
        #expect(configuration.cache.exact)
        #expect(configuration.cache.threshold == 0.9)
        #expect(configuration.masterKey == "AAAA")
        #expect(configuration.storage.url == "postgres://u:p@h/d")
        let warnings = configuration.warnings.map { $0.drop { $0 != "g" } }
        #expect(
            warnings == [
                "given.yaml:1: server.stream_stall_timeout is now timeouts.stall",
                "given.yaml:1: server.request_timeout is now timeouts.request",
                "given.yaml:2: cache.enabled is now cache.exact",
                "given.yaml:2: cache.similarity_threshold is now cache.threshold",
                "given.yaml:4: database.dsn is now storage.url",
                "given.yaml:4: database.driver is now storage.url",
                "given.yaml:3: security.master_key is now the environment variable KEIROUTER_MASTER_KEY",
            ]
        )
    }

    @Test("the new name wins where both are written, and a variable of the old name works")
    func precedence() throws {
        let both = try load("server: { request_timeout: 1m }\ntimeouts: { request: 2m }")
        #expect(both.timeouts.request == .seconds(120))
        let variable = try load(
            "",
            environment: ["KEIROUTER_CACHE__ENABLED": "on", "KEIROUTER_SECURITY__MASTER_KEY": "k"]
        )
        #expect(variable.cache.exact)
        #expect(variable.masterKey == "k")
        #expect(variable.warnings.count == 2)
        let key = try load("security: { master_key: old }", environment: ["KEIROUTER_MASTER_KEY": "new"])
        #expect(key.masterKey == "new")
    }

    @Test("a database file of the original is not taken over, and said so")
    func databaseFile() throws {
        let configuration = try load("database: { driver: sqlite, dsn: /var/lib/keirouter.db }")
        #expect(configuration.storage.isSQLite)
        #expect(configuration.warnings.contains { $0.contains("database.dsn names a file") })
        #expect(try failure("database: { driver: postgres }").contains("storage.url: postgres://"))
    }

    @Test("data.dir of the given file is the data folder")
    func dataFolder() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("data: { dir: \(folder.path)/d }", to: "g.yaml")
        let configuration = try KeiRouterConfiguration.load(ConfigurationSources(file: file))
        #expect(configuration.dataFolder == "\(folder.path)/d")
        #expect(configuration.warnings.count == 1)
    }

    @Test(
        "what would do nothing here stops the start with the reason",
        arguments: [
            ("security: { bind_loopback_only: true }", "server.host"), ("meter: { async: true }", "remove it"),
            ("health: { interval: 30s }", "real traffic"), ("cache: { embedding_provider: api }", "cache.embedder"),
            ("guardrails: { pii: { presidio_analyzer_url: x } }", "declare.guardrails"),
            ("database: { max_open_conns: 5 }", "storage.url"),
        ]
    )
    func retired(text: String, advice: String) throws {
        let message = try failure(text)
        #expect(message.contains("is not a setting"))
        #expect(message.contains(advice))
    }
}
