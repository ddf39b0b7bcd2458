import Bootstrap
import Logging
import Observability
import Testing

/// Loads a configuration from a text, without touching the data folder of whoever runs the tests.
func load(
    _ text: String,
    environment: [String: String] = [:],
    flags: [String: String] = [:],
    declares: [String] = ConfigurationSources.declarations
) throws -> KeiRouterConfiguration {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "given.yaml")
    return try KeiRouterConfiguration.load(
        ConfigurationSources(
            file: file,
            data: "\(folder.path)/data",
            flags: flags,
            environment: environment,
            declares: declares
        )
    )
}

/// The error a text leads to, without the folder its file lies in.
func failure(_ text: String, environment: [String: String] = [:], flags: [String: String] = [:]) throws -> String {
    let error = try #require(throws: ConfigurationError.self) {
        _ = try load(text, environment: environment, flags: flags)
    }
    let description = error.description
    #expect(!description.contains("\n"))
    return description.hasPrefix("/tmp/kr-") ? String(description.drop { $0 != "g" }) : description
}

@Suite("Loading the configuration")
struct LoadingTests {
    @Test("without any source every setting has its default")
    func defaults() throws {
        let configuration = try load("")
        #expect(configuration.server.host == "127.0.0.1")
        #expect(configuration.server.port == 20_180)
        #expect(configuration.server.maxBody == 33_554_432)
        #expect(configuration.server.adminAllow.map(\.description) == ["127.0.0.0/8", "::1"])
        #expect(configuration.server.adminListen == nil)
        #expect(configuration.storage.isSQLite)
        #expect(PeerName.allCases.allSatisfy { configuration.services[$0].endpoint == "unix" })
        #expect(configuration.services.guard.replicas == 1)
        #expect(configuration.rpc.maxFrame == 67_108_864)
        #expect(!configuration.rpc.allowPlaintext)
        #expect(configuration.limits.enabled)
        #expect(configuration.limits.backend == .memory)
        #expect(configuration.limits.defaultRPM == 600)
        #expect(configuration.limits.defaultTPM == 200_000)
        #expect(configuration.limits.defaultConcurrency == 50)
        #expect(configuration.limits.window == .seconds(60))
        #expect(configuration.limits.cleanupInterval == .seconds(60))
        #expect(configuration.limits.outputReserve == 4096)
        #expect(configuration.timeouts.connect == .seconds(10))
        #expect(configuration.timeouts.firstByte == .seconds(120))
        #expect(configuration.timeouts.stall == .seconds(120))
        #expect(configuration.timeouts.request == .seconds(600))
        #expect(configuration.timeouts.stream == .seconds(3600))
        #expect(configuration.egress.allowPrivate.isEmpty && configuration.egress.proxy.isEmpty)
        #expect(!configuration.cache.exact && !configuration.cache.semantic)
        #expect(configuration.cache.ttl == .seconds(3600))
        #expect(configuration.cache.threshold == 0.95)
        #expect(configuration.cache.share == .key)
        #expect(configuration.guardrails.auditRetentionDays == 30)
        #expect(configuration.guardrails.window == 256)
        #expect(configuration.usage.retentionDays == 400)
        #expect(configuration.log.level == .info)
        #expect(configuration.log.format == .text)
        #expect(configuration.telemetry.otlpEndpoint.isEmpty && !configuration.telemetry.captureContent)
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.masterKey == nil)
    }

    @Test("the stronger source wins, setting by setting")
    func strength() throws {
        let folder = try TemporaryFolder()
        let given = try folder.write(
            "server: { port: 3, max_body: 3MiB, host: h3 }\nusage: {retention_days: ~}",
            to: "g"
        )
        _ = try folder.write(
            "server: { port: 4, max_body: 4MiB, host: h4, max_concurrent_requests: 4 }\nusage: { retention_days: 4 }"
        )
        let configuration = try KeiRouterConfiguration.load(
            ConfigurationSources(
                file: given,
                data: folder.path,
                flags: ["server.port": "1"],
                environment: ["KEIROUTER_SERVER__PORT": "2", "KEIROUTER_SERVER__MAX_BODY": "2MiB"]
            )
        )
        #expect(configuration.server.port == 1)
        #expect(configuration.server.maxBody == 2 << 20)
        #expect(configuration.server.host == "h3")
        #expect(configuration.server.maxConcurrentRequests == 4)
        #expect(configuration.usage.retentionDays == 4)
        #expect(configuration.files == [given, "\(folder.path)/config.yaml"])
    }

    @Test("the stronger file's part of declare stands alone, other parts are kept")
    func declaredParts() throws {
        let folder = try TemporaryFolder()
        let given = try folder.write("declare: { aliases: { a: x/1 } }", to: "g.yaml")
        _ = try folder.write("declare: { aliases: { a: y/2, b: y/3 }, keys: [ { name: k } ] }")
        let configuration = try KeiRouterConfiguration.load(ConfigurationSources(file: given, data: folder.path))
        #expect(try configuration.declare.map("aliases").map(\.name) == ["a"])
        #expect(try configuration.declare.list("keys").count == 1)
    }

    @Test("KEIROUTER_CONFIG and KEIROUTER_DATA stand in for the flags, which win")
    func specialVariables() throws {
        let folder = try TemporaryFolder()
        let one = try folder.write("server: { port: 1 }", to: "one.yaml")
        let two = try folder.write("server: { port: 2 }", to: "two.yaml")
        let environment = ["KEIROUTER_CONFIG": one, "KEIROUTER_DATA": folder.path, "KEIROUTER_MASTER_KEY": "key"]
        let plain = try KeiRouterConfiguration.load(ConfigurationSources(environment: environment))
        #expect(plain.server.port == 1)
        #expect(plain.dataFolder == folder.path)
        #expect(plain.masterKey == "key")
        #expect(plain.warnings.isEmpty)
        let flagged = try KeiRouterConfiguration.load(
            ConfigurationSources(file: two, data: "\(folder.path)/other", environment: environment)
        )
        #expect(flagged.server.port == 2)
        #expect(flagged.dataFolder == "\(folder.path)/other")
        let home = try KeiRouterConfiguration.load(ConfigurationSources(environment: ["HOME": folder.path]))
        #expect(home.dataFolder == "\(folder.path)/.keirouter")
    }

    @Test("an empty variable counts as not set, and a list is written with commas")
    func variables() throws {
        let configuration = try load(
            "server: { port: 7 }",
            environment: [
                "KEIROUTER_SERVER__PORT": "", "KEIROUTER_SERVER__ADMIN_ALLOW": "10.0.0.0/8, ::1",
                "KEIROUTER_RPC__ALLOW_UIDS": "1000,1001", "KEIROUTER_SERVICES__GUARD__REPLICAS": "3",
            ]
        )
        #expect(configuration.server.port == 7)
        #expect(configuration.server.adminAllow.map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(configuration.rpc.allowUIDs == [1000, 1001])
        #expect(configuration.services.guard.replicas == 3)
    }

    @Test("an unknown variable is warned of with the nearest name; foreign ones are left alone")
    func unknownVariables() throws {
        let configuration = try load(
            "declare: { keys: [ { name: a, key: \"${KEIROUTER_CI_KEY}\" } ] }",
            environment: [
                "KEIROUTER_SERVER__PROT": "1", "KEIROUTER_FOCUS": "x", "KEIROUTER_BENCHMARKS": "1",
                "KEIROUTER_TEST_POSTGRES": "1", "KEIROUTER_CI_KEY": "kr", "PATH": "/bin", "KEIROUTER_DTAA": "x",
            ]
        )
        #expect(
            configuration.warnings == [
                "environment KEIROUTER_DTAA: is not a setting; did you mean KEIROUTER_DATA?",
                "environment KEIROUTER_SERVER__PROT: is not a setting; did you mean KEIROUTER_SERVER__PORT?",
            ]
        )
    }

    @Test("the example file loads, names every setting and equals the defaults")
    func example() throws {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let data = try TemporaryFolder().path
        let example = try KeiRouterConfiguration.load(
            ConfigurationSources(file: "/\(root)/config.example.yaml", data: data)
        )
        let plain = try load("")
        #expect(example.server == plain.server)
        #expect(example.storage == plain.storage)
        #expect(example.services == plain.services)
        #expect(example.rpc == plain.rpc)
        #expect(example.limits == plain.limits)
        #expect(example.timeouts == plain.timeouts)
        #expect(example.egress == plain.egress)
        #expect(example.cache == plain.cache)
        #expect(example.guardrails == plain.guardrails)
        #expect(example.usage == plain.usage)
        #expect(example.log == plain.log)
        #expect(example.telemetry == plain.telemetry)
        #expect(example.warnings.isEmpty)
        #expect(try KeiRouterConfiguration.settings().filter { !example.isWritten($0) } == [])
    }
}
