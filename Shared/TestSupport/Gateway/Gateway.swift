package import Contracts
import Logging
import NIOPosix
import PeerRPC
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The product as its user has it: real processes on real sockets, in a folder of their own.
package final class Gateway: Sendable {
    /// Which processes there are.
    package enum Program: Hashable, Sendable, CaseIterable {
        /// `keirouter start`: the router with the supervisor, which starts the others.
        case supervisor
        /// `keirouter serve`.
        case router
        /// `keirouter-guard`.
        case `guard`
        /// `keirouter-saver`.
        case saver
        /// `keirouter-meter`.
        case meter
        /// `keirouter-portal`.
        case portal
    }

    /// All that answers requests; the portal is started by those who look at it.
    package static let services: [Program] = [.meter, .guard, .saver, .router]

    package let folder: TemporaryFolder
    package let port: Int
    private let configuration: String
    private let environment: [String: String]
    private let processes = Mutex<[Program: ChildProcess]>([:])
    private let commands = Atomic(0)
    private let clients: [Program: RPCClient]

    private init(_ setup: GatewaySetup) throws {
        folder = try TemporaryFolder()
        port = try FreePort.take()
        configuration = try folder.write(setup.text(port: port), to: "keirouter.yaml")
        environment = setup.variables
        var clients: [Program: RPCClient] = [:]
        for program in [Program.router, .guard, .saver, .meter] {
            clients[program] = try Self.client(folder, "\(program)")
        }
        self.clients = clients
    }

    deinit {
        for process in processes.withLock({ $0.values }) { process.kill() }
        // The supervisor's children may be of another group.
        for pid in ProcessTable.pids(mentioning: folder.path) { ProcessTable.kill(pid) }
    }

    /// Starts a gateway and waits until it is ready.
    ///
    /// - Parameters:
    ///   - setup: Its configuration.
    ///   - supervised: One `keirouter start`, or else each service as a process that a test may kill apart.
    ///   - programs: Which services, where they are processes of their own.
    /// - Returns: The gateway, ready for requests.
    /// - Throws: ``TestSupportError`` with the end of the log when it does not become ready.
    package static func start(
        _ setup: GatewaySetup,
        supervised: Bool = false,
        programs: [Program] = services
    ) async throws -> Gateway {
        let gateway = try Gateway(setup)
        if supervised {
            try gateway.launch(.supervisor)
        } else {
            for program in programs { try gateway.launch(program) }
        }
        try await gateway.waitUntilReady()
        if supervised {
            try await Poll.until("the line \"ready\"") { gateway.log.contains(" keirouter: ready ") }
        }
        return gateway
    }

    /// A gateway of which nothing runs yet.
    package static func prepare(_ setup: GatewaySetup) throws -> Gateway {
        try Gateway(setup)
    }

    /// The data folder.
    package var data: String { folder.file("data") }
    package var baseURL: String { "http://127.0.0.1:\(port)" }

    private static func client(_ folder: TemporaryFolder, _ service: String) throws -> RPCClient {
        RPCClient(
            endpoint: try .parse("unix://\(folder.path)/data/run/\(service).sock"),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    // MARK: Processes

    /// Starts a process; one that runs already is left alone.
    package func launch(_ program: Program) throws {
        let common = ["--config", configuration, "--data", data]
        let (name, arguments) =
            switch program {
            case .supervisor: (Products.router, ["start", "--port", String(port)] + common)
            case .router: (Products.router, ["serve"] + common)
            case .guard: (Products.guard, common)
            case .saver: (Products.saver, common)
            case .meter: (Products.meter, common)
            case .portal: (Products.portal, common)
            }
        let path = try Products.path(name)
        let file = folder.file("\(program).log")
        try processes.withLock { processes in
            if let running = processes[program], running.isRunning { return }
            processes[program] = try ChildProcess(path, arguments, environment: environment, output: file)
        }
    }

    package func process(_ program: Program) throws -> ChildProcess {
        guard let process = processes.withLock({ $0[program] }) else { throw TestSupportError("no \(program) runs") }
        return process
    }

    /// Ends a process without a chance to say good-bye, and waits until it is gone.
    package func kill(_ program: Program) async throws {
        let process = try process(program)
        process.signal(SIGKILL)
        try await process.wait()
    }

    /// Asks a process to stop and waits for its end.
    @discardableResult
    package func stop(_ program: Program, deadline: Duration = .seconds(30)) async throws -> ChildProcess.Ending {
        let process = try process(program)
        process.signal(SIGTERM)
        return try await process.wait(deadline: deadline)
    }

    /// Stops everything; a process that does not end in time is an error.
    package func stop() async throws {
        for client in clients.values { await client.shutdown() }
        for program in Program.allCases {
            guard let process = processes.withLock({ $0[program] }), process.isRunning else { continue }
            try await stop(program)
        }
    }

    /// The processes of this gateway by name, whoever started them.
    package func pids(_ name: String) -> [Int32] {
        ProcessTable.pids(mentioning: data).filter { ProcessTable.name($0) == name }
    }

    /// Waits until `/readyz` says yes.
    package func waitUntilReady(deadline: Duration = .seconds(40)) async throws {
        do {
            try await Poll.until("/readyz", deadline: deadline, every: .milliseconds(20)) {
                for process in processes.withLock({ Array($0.values) }) {
                    if let ending = process.check() { throw TestSupportError("a process ended: \(ending)") }
                }
                let request = RawRequest("GET", "/readyz")
                return (try? await RawHTTP.send(request, port: port, deadline: .seconds(5)).status) == 200
            }
        } catch {
            throw TestSupportError("\(error); the log ends in: \(log.suffix(2000))")
        }
    }

    /// What all processes wrote so far.
    package var log: String {
        Program.allCases.map { program in
            TestFile.text(folder.file("\(program).log")) + TestFile.text(folder.file("\(program).log.err"))
        }.joined()
    }

    // MARK: Commands

    /// How a command ended.
    package struct CommandResult: Sendable {
        package let ending: ChildProcess.Ending
        package let output: String
        package let errors: String

        /// The exit code; -1 after a signal.
        package var code: Int32 {
            if case .exited(let code) = ending { return code }
            return -1
        }
    }

    /// Runs `keirouter` with these words against this gateway.
    package func run(_ arguments: [String], deadline: Duration = .seconds(30)) async throws -> CommandResult {
        let number = commands.wrappingAdd(1, ordering: .relaxed).newValue
        let process = try ChildProcess(
            Products.path(Products.router),
            arguments + ["--config", configuration, "--data", data],
            environment: environment,
            output: folder.file("command-\(number)")
        )
        let ending = try await process.wait(deadline: deadline)
        return CommandResult(ending: ending, output: process.output, errors: process.errors)
    }

    // MARK: RPC

    /// Calls the meter; one that is about to come back is waited for.
    package func meter<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws -> Output {
        try await call(.meter, method, parameters)
    }

    /// Calls a service; one that is about to come back is waited for.
    package func call<Parameters, Output>(
        _ program: Program,
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws -> Output {
        guard let client = clients[program] else { throw TestSupportError("\(program) answers no calls") }
        // After a restart the client leaves its server alone for a moment.
        return try await Poll.value("an answer of \(method.name)", deadline: .seconds(10), every: .milliseconds(50)) {
            do {
                return try await client.call(method, parameters, deadline: .now + .seconds(10))
            } catch let error as ServiceError {
                guard error.code == .unavailable else { throw error }
                return nil
            }
        }
    }
}
