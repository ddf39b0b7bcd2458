import Bootstrap
import Logging
import Observability
import Synchronization
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

final class MemorySink: LogSink {
    private let storage = Mutex<[String]>([])

    func write(_ line: [UInt8]) {
        storage.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    var lines: [String] { storage.withLock { $0 } }
}

/// The runtime traps signals of the whole process, and the log level is one for all: one test at a time.
@Suite("Programs", .serialized, .timeLimit(.minutes(1)))
struct ProgramTests {
    private let sink = MemorySink()

    private func logger(_ text: String = "") throws -> (Logger, KeiRouterConfiguration) {
        let configuration = try load(text)
        return (makeLogger(label: "test", configuration: configuration, sink: sink), configuration)
    }

    @Test("options are read with one dash and with two")
    func options() throws {
        let one = try CommonOptions.read(["-config", "a.yaml", "-data", "d", "-log-level", "debug"])
        let two = try CommonOptions.read(["--config", "a.yaml", "--data=d", "--log-level", "debug", "--listen", "x:1"])
        #expect(one.config == "a.yaml" && two.config == "a.yaml")
        #expect(one.data == "d" && two.data == "d")
        #expect(one.logLevel == "debug" && two.logLevel == "debug")
        #expect(one.listen == nil && two.listen == "x:1")
        #expect(throws: (any Error).self) { try CommonOptions.read(["--confg", "a"]) }
    }

    @Test("options lead to a configuration, the level among them")
    func loading() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("log: { level: error }\nserver: { port: 5 }", to: "c.yaml")
        let options = try CommonOptions.read(["-config", file, "--data", folder.path, "--log-level", "debug"])
        let configuration = try options.loadConfiguration(flags: ["server.host": "h"], environment: [:])
        #expect(configuration.log.level == .debug)
        #expect(configuration.server.port == 5)
        #expect(configuration.server.host == "h")
    }

    @Test(
        "the original's flags become commands",
        arguments: [
            (["-bootstrap"], ["bootstrap"]), (["-config", "f", "-bootstrap"], ["bootstrap", "-config", "f"]),
            (["-version"], ["version"]), (["-healthcheck"], ["status"]),
            (["start", "--data", "d"], ["start", "--data", "d"]),
            ([], []),
        ]
    )
    func oldFlags(given: [String], modern: [String]) {
        #expect(ProgramRunner.modern(given) == modern)
    }

    @Test("the version names everything about the build")
    func version() {
        #expect(Version.current == "0.1.0")
        #expect(Version.line(program: "keirouter").hasPrefix("keirouter 0.1.0 (commit "))
        #expect(Version.line(program: "keirouter").contains("Swift 6."))
    }

    @Test("exit codes are those of the manual")
    func exitCodes() {
        #expect([Bootstrap.ExitStatus.fine, .failed, .usage, .notRunning].map(\.rawValue) == [0, 1, 2, 3])
    }

    @Test("the limit of open files is the hard one, up to a million")
    func descriptors() {
        let limit = ProcessSetup.raiseDescriptorLimit()
        var actual = rlimit()
        #if canImport(Glibc)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &actual)
        #else
        getrlimit(RLIMIT_NOFILE, &actual)
        #endif
        #expect(UInt64(actual.rlim_cur) == limit)
        #if os(Linux)
        #expect(limit >= min(UInt64(actual.rlim_max), 1 << 20))
        #endif
    }

    @Test("a logger has the configured level and format, and redacts")
    func logging() throws {
        let (logger, _) = try logger("log: { level: notice, format: json }")
        logger.info("silent")
        logger.notice("heard", metadata: ["authorization": "Bearer abcdefghijklmnopqrstuvwxyz0123456789"])
        #expect(sink.lines.count == 1)
        let line = try #require(sink.lines.first)
        #expect(line.hasPrefix("{\"time\":") && line.contains("\"logger\":\"test\""))
        #expect(!line.contains("abcdefghijklmnopqrstuvwxyz0123456789"))
        ProgramLog.level.level = .trace
        logger.trace("now")
        #expect(sink.lines.count == 2)
    }

    @Test("a signal stops the services in order, with one line at each end")
    func signal() async throws {
        let (logger, configuration) = try logger("cache: { enabled: on }")
        let stopped = Mutex<[String]>([])
        let services = ["first", "second"].map { name in
            BlockService(name) {
                try await BlockService.untilShutdown()
                stopped.withLock { $0.append(name) }
            }
        }
        try await ServiceRuntime.run(
            name: "test",
            configuration: configuration,
            services: services + [
                BlockService("signal") {
                    while !sink.lines.contains(where: { $0.contains(" ready ") }) {
                        try await Task.sleep(for: .milliseconds(2))
                    }
                    kill(getpid(), SIGTERM)
                    try await BlockService.untilShutdown()
                }
            ],
            logger: logger
        )
        #expect(stopped.withLock { $0 } == ["second", "first"])
        let lines = sink.lines
        #expect(lines.count == 3)
        #expect(lines.first?.contains("cache.enabled is now cache.exact") == true)
        #expect(lines.dropFirst().first?.contains(" info test: ready ") == true)
        #expect(lines.last?.contains(" info test: stopped ") == true)
    }

    @Test("a service that fails ends the others and the program")
    func failing() async throws {
        struct Broken: Error {}
        let (logger, configuration) = try logger()
        await #expect(throws: Broken.self) {
            try await ServiceRuntime.run(
                name: "test",
                configuration: configuration,
                services: [
                    BlockService("waits") { try await BlockService.untilShutdown() },
                    BlockService("fails") { throw Broken() },
                ],
                logger: logger
            )
        }
        #expect(sink.lines.last?.contains("error test: stopped after a failure") == true)
    }

    @Test("a service that does not stop is cancelled, and one that ignores that ends the process")
    func escalation() async throws {
        let (logger, configuration) = try logger()
        let ended = Mutex<Bootstrap.ExitStatus?>(nil)
        let cancelled = Mutex(false)
        try? await ServiceRuntime.run(
            name: "test",
            configuration: configuration,
            services: [
                BlockService("stubborn") {
                    while ended.withLock({ $0 }) == nil {
                        if Task.isCancelled { cancelled.withLock { $0 = true } }
                        await Task.yield()
                    }
                }
            ],
            logger: logger,
            limits: ShutdownLimits(graceful: .milliseconds(50), cancellation: .milliseconds(100)),
            whenReady: { kill(getpid(), SIGTERM) },
            terminate: { status in ended.withLock { $0 = status } }
        )
        #expect(cancelled.withLock { $0 })
        #expect(ended.withLock { $0 } == .failed)
        #expect(sink.lines.contains { $0.contains("critical test: did not stop in time") })
    }
}
