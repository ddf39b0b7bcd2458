import Bootstrap
import Testing

@Suite("Configuration errors")
struct ErrorTests {
    @Test(
        "what is wrong is named with file, line and key",
        arguments: [
            ("\nserver:\n  port: abc\n", "given.yaml:3: server.port: expected a whole number, found \"abc\""),
            ("server: { port: 70000 }", "given.yaml:1: server.port: must be from 0 to 65535, found \"70000\""),
            ("server: { port: [1] }", "given.yaml:1: server.port: expected a whole number, found a list"),
            ("server: 5", "given.yaml:1: server: expected a section, found \"5\""),
            ("- 1", "given.yaml:1: expected sections such as \"server:\", found a list"),
            ("server:\n  prot: 1", "given.yaml:2: server.prot: is not a setting; did you mean server.port?"),
            ("sever: { port: 1 }", "given.yaml:1: sever: is not a setting; did you mean server?"),
            ("server: { stall: 1s }", "given.yaml:1: server.stall: is not a setting; did you mean timeouts.stall?"),
            ("zzzzzzzz: 1", "given.yaml:1: zzzzzzzz: is not a setting"),
            (
                "services: { gard: { endpoint: unix } }",
                "given.yaml:1: services.gard: is not a setting; did you mean services.guard?"
            ),
            (
                "services: { saver: { replicas: 2 } }",
                "given.yaml:1: services.saver.replicas: is not a setting; did you mean services.guard.replicas?"
            ),
            ("server:\n  port: 1\n  port: 2", "given.yaml:2: port: is given twice"),
            ("server:\n  !!int 1: a\n  \"1\": b", "given.yaml:3: server.1: is given twice"),
            (
                "timeouts: { connect: 10 }",
                "given.yaml:1: timeouts.connect: expected a duration such as 250ms, 10s or 5m, found \"10\""
            ),
            ("timeouts: { connect: 0 }", "given.yaml:1: timeouts.connect: must be from 1ms to 1d, found \"0\""),
            (
                "server: { max_body: big }",
                "given.yaml:1: server.max_body: expected a size such as 64KiB or 32MiB, found \"big\""
            ),
            ("cache: { exact: maybe }", "given.yaml:1: cache.exact: expected on or off, found \"maybe\""),
            ("cache: { semantic: on }", "given.yaml:1: cache.semantic: needs cache.embedder"),
            ("cache: { threshold: 2 }", "given.yaml:1: cache.threshold: must be from 0.0 to 1.0, found \"2\""),
            ("cache: { share: all }", "given.yaml:1: cache.share: expected one of key, project, found \"all\""),
            ("limits: { backend: redis }", "given.yaml:1: limits.backend: redis needs limits.redis_url"),
            (
                "log: { level: loud }",
                "given.yaml:1: log.level: expected one of trace, debug, info, notice, warning, error, critical, found \"loud\""
            ),
            (
                "server:\n  admin_allow:\n    - 10.0.0.0/8\n    - 10.0.0.0/33",
                "given.yaml:4: server.admin_allow[1]: expected an address or a range such as 10.0.0.0/8, found \"10.0.0.0/33\""
            ),
            (
                "server: { admin_allow: 10.0.0.0/8 }",
                "given.yaml:1: server.admin_allow: expected a list, found \"10.0.0.0/8\""
            ),
            (
                "server: { admin_listen: \"8080\" }",
                "given.yaml:1: server.admin_listen: expected host:port, found \"8080\""
            ),
            (
                "services: { meter: { endpoint: \"http://x\" } }",
                "given.yaml:1: services.meter.endpoint: expected unix, unix:///path.sock, unix:///folder/*.sock, tcp://host:port or tls://host:port, found \"http://x\""
            ),
            (
                "storage: { url: \"mysql://u:hunter2@h/d\" }",
                "given.yaml:1: storage.url: expected sqlite or postgres://user:password@host/database, found a value that is not shown"
            ),
            (
                "storage: { url: \"postgres://u:${PW}@h/d\" }",
                "given.yaml:1: storage.url: \"${…}\" is replaced under declare: only; set the environment variable KEIROUTER_STORAGE__URL instead"
            ),
            ("declare: { accouns: [] }", "given.yaml:1: declare.accouns: is not known; did you mean accounts?"),
            ("declare: { keys: { a: b } }", "given.yaml:1: declare.keys: expected a list, found a section"),
            ("declare: { aliases: [] }", "given.yaml:1: declare.aliases: expected a section, found a list"),
            ("server: { port: 1", "given.yaml:2: is not YAML: did not find expected ',' or '}'"),
            ("a: 1\n---\nb: 2", "given.yaml:2: is not YAML: but found another document"),
            (
                "server: { host: \"a\\nb\" }",
                "given.yaml:1: server.host: expected a host name or an address, found \"a b\""
            ),
            ("? [a]\n: 1", "given.yaml:1: a name must be a plain word"),
        ]
    )
    func messages(text: String, message: String) throws {
        #expect(try failure(text) == message)
    }

    @Test("a value of a variable or a flag is named by its source")
    func otherSources() throws {
        #expect(
            try failure("", environment: ["KEIROUTER_SERVER__PORT": "x"])
                == "environment KEIROUTER_SERVER__PORT: server.port: expected a whole number, found \"x\""
        )
        #expect(
            try failure("", flags: ["log.level": "loud"]).hasPrefix("command line: log.level: expected one of trace")
        )
        #expect(try failure("", flags: ["log.levle": "info"]).contains("did you mean log.level?"))
    }

    @Test("a file that cannot be read stops the start")
    func unreadable() throws {
        let folder = try TemporaryFolder()
        for (file, problem) in [
            ("\(folder.path)/none.yaml", "cannot be read: there is no such file"),
            (folder.path, "cannot be read: Is a directory"),
            (
                try folder.write(String(repeating: "#", count: 5 << 20), to: "long"),
                "cannot be read: it is longer than 4194304 bytes"
            ),
        ] {
            let error = try #require(throws: ConfigurationError.self) {
                _ = try KeiRouterConfiguration.load(ConfigurationSources(file: file, data: folder.path))
            }
            #expect(error.description == "\(file): \(problem)")
        }
    }

    @Test("bytes that are no text and control characters are refused")
    func notText() throws {
        #expect(try failure("a: \u{1}").hasPrefix("given.yaml:1: is not YAML: control characters"))
        #expect(try failure("\n\na: \u{1}").hasPrefix("given.yaml:3: is not YAML"))
    }

    @Test("aliases that multiply are refused, in time")
    func billionLaughs() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...20 {
            let parts = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(parts)]\n"
        }
        #expect(try failure(text).contains("the file holds more than 200000 values"))
    }

    @Test("nesting without end is refused", arguments: [70, 900, 50_000])
    func deepNesting(depth: Int) throws {
        let text = "server: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let message = try failure(text)
        #expect(message.contains("nested deeper than 64 levels") || message.contains("is not YAML"))
    }

    @Test("generated garbage leads to an error or a configuration, never to a crash")
    func garbage() throws {
        var state: UInt64 = 42
        var refused = 0
        let alphabet = Array("server: {}[]\n -#&*!|>'\"%@`,?~${}NAME:1\t\u{1}é")
        for _ in 0..<300 {
            var text = ""
            for _ in 0..<60 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                text.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            do {
                _ = try load(text)
            } catch let error as ConfigurationError {
                refused += 1
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
        #expect(refused > 200)
    }
}
