import Contracts
import JSON
import Logging
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What a client keeps on one event loop: its calls, one connection to each server, and its view of the servers.
///
/// Nothing here is shared between loops, so a call takes no lock and no hop. Confined to its loop.
final class LoopPool {
    let loop: any EventLoop
    let configuration: RPCClientConfiguration
    let authorization: [UInt8]?
    var balancer: Balancer<ServerAddress>
    var calls: [Int: ClientCall] = [:]
    var connections: [Int: ClientConnection] = [:]
    private let transport: ClientTransport
    private let logger: Logger
    let makeID: @Sendable () -> Int
    private weak var watcher: EndpointWatcher?
    private let endpoint: String
    private let listingInterval: Duration
    let timer: DeadlineTimer
    private var generator: QuickGenerator
    private var waiting: [Int] = []
    private var isListed = false
    private var isListing = false
    private var listingDue = ContinuousClock.now
    var healthDue: ContinuousClock.Instant?
    var isUsed = false
    var isClosed = false

    init(
        loop: any EventLoop,
        watcher: EndpointWatcher,
        configuration: RPCClientConfiguration,
        transport: ClientTransport,
        logger: Logger,
        seed: UInt64,
        makeID: @escaping @Sendable () -> Int
    ) {
        self.loop = loop
        self.watcher = watcher
        endpoint = watcher.endpoint.description
        listingInterval = watcher.interval
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        self.makeID = makeID
        authorization = transport.authorization
        balancer = Balancer(policy: configuration.ejection)
        generator = QuickGenerator(seed: seed)
        timer = DeadlineTimer(loop: loop)
    }

    /// Begins to keep time; on the loop.
    func activate() {
        timer.onFire { [weak self] now in self?.fired(now) }
    }

    var jitter: Double { Double.random(in: 0..<1, using: &generator) }

    // MARK: Calls

    /// Takes a call on.
    func start(_ call: ClientCall) {
        guard !isClosed else {
            call.complete(.failure(.clientClosed))
            return
        }
        let now = ContinuousClock.now
        if let deadline = call.request.deadline {
            guard deadline > now else {
                call.complete(.failure(.deadlinePassed))
                return
            }
            timer.arm(deadline)
        }
        calls[call.request.id] = call
        used(now)
        place(call, now)
    }

    /// Gives a call to a server.
    private func place(_ call: ClientCall, _ now: ContinuousClock.Instant) {
        guard isListed else {
            waiting.append(call.request.id)
            return
        }
        guard let token = balancer.pick(excluding: call.tried, using: &generator) else {
            waitForServer(call, now)
            return
        }
        guard let connection = connection(to: token) else {
            finish(call, .failure(.noServer(endpoint)), .neutral)
            return
        }
        guard connection.inFlight < configuration.maximumCallsPerConnection else {
            finish(call, .failure(.tooManyCalls(configuration.maximumCallsPerConnection)), .neutral)
            return
        }
        balancer.began(token)
        put(call, on: connection)
    }

    func put(_ call: ClientCall, on connection: ClientConnection) {
        connection.inFlight += 1
        call.placed(on: connection)
        connection.send(call)
    }

    /// No server is in the pool: a call waits where one may turn up soon, and otherwise fails at once.
    private func waitForServer(_ call: ClientCall, _ now: ContinuousClock.Instant) {
        call.waits += 1
        for token in balancer.demandedProbes(now: now) { probe(token) }
        if call.waits <= 2, balancer.isRecovering || (balancer.tokens.isEmpty && isListing) {
            waiting.append(call.request.id)
        } else {
            finish(call, .failure(call.lastError ?? .noServer(endpoint)), .neutral)
        }
    }

    func resumeWaiting() {
        let ids = waiting
        waiting = []
        let now = ContinuousClock.now
        for id in ids {
            if let call = calls[id] { place(call, now) }
        }
    }

    /// The caller gave up.
    func cancel(_ id: Int) {
        guard let call = calls[id] else { return }
        withdraw(call)
        finish(call, .failure(.callCancelled), .neutral)
    }

    /// Tells the server to stop working on a call.
    private func withdraw(_ call: ClientCall) {
        guard call.isSent, let connection = call.connection else { return }
        connection.send(Messages.notice("$/cancel", id: .integer(call.request.id)))
    }

    /// Books and ends a call.
    private func finish(
        _ call: ClientCall,
        _ result: Result<JSONCursor, ServiceError>,
        _ outcome: Balancer<ServerAddress>.Outcome
    ) {
        calls[call.request.id] = nil
        if let connection = call.connection { leave(connection, outcome, isProbe: call.isProbe) }
        call.complete(result)
    }

    private func leave(_ connection: ClientConnection, _ outcome: Balancer<ServerAddress>.Outcome, isProbe: Bool) {
        connection.inFlight -= 1
        if !isProbe, balancer.ended(connection.token, outcome, now: .now, jitter: jitter) {
            logger.warning("server left the pool", metadata: ["keirouter.rpc.server": "\(connection.server)"])
            connection.retire()
            armProbe()
        }
        connection.closeIfUnused()
    }

    // MARK: What a connection reports

    func received(_ result: Result<JSONCursor, ServiceError>, for id: Int, on connection: ClientConnection) {
        guard let call = calls[id], call.connection === connection else { return }
        if case .failure(let error) = result, error.reason == "draining", call.mayMoveAfterRefusal {
            // Nothing was done: the next server may have it, whatever the method.
            connection.retire()
            call.lastError = error
            leave(connection, .failed, isProbe: false)
            call.displaced()
            place(call, .now)
        } else if case .failure(let error) = result, error.isServerFailure {
            finish(call, result, .failed)
        } else {
            finish(call, result, .answered)
        }
    }

    /// Who reads the result of a call that is out on this connection.
    func plainResult(for id: Int, on connection: ClientConnection) -> (any PlainResult)? {
        guard let call = calls[id], call.connection === connection else { return nil }
        return call.request.result
    }

    func received(item: JSONCursor, for id: Int, on connection: ClientConnection) {
        guard let call = calls[id], call.connection === connection, let stream = call.stream else { return }
        do throws(ServiceError) {
            try stream.received(item)
        } catch {
            withdraw(call)
            finish(call, .failure(error), .failed)
        }
    }

    func received(credit: Credit, for id: Int, on connection: ClientConnection) {
        guard let call = calls[id], call.connection === connection else { return }
        call.stream?.credited(credit)
    }

    func connected(_ connection: ClientConnection) {
        if isClosed {
            connection.close()
            return
        }
        watcher?.connected(connection.server)
        for call in placed(on: connection) { connection.send(call) }
    }

    func dialFailed(_ connection: ClientConnection, _ error: any Error) {
        forget(connection)
        if let error = error as? IOError, error.errnoCode == ECONNREFUSED { watcher?.refused(connection.server) }
        let metadata: Logger.Metadata = ["keirouter.rpc.server": "\(connection.server)"]
        logger.debug("server cannot be reached", metadata: metadata)
        balancer.unreachable(connection.token, now: .now, jitter: jitter)
        armProbe()
        displace(connection, .unreachable(connection.server.description))
    }

    func disconnected(_ connection: ClientConnection, _ error: ServiceError) {
        forget(connection)
        displace(connection, error)
    }

    /// Moves the calls of a lost connection to other servers where they may go, and fails the others.
    private func displace(_ connection: ClientConnection, _ error: ServiceError) {
        for call in placed(on: connection) {
            call.lastError = error
            guard call.mayMove, !call.isProbe, !isClosed else {
                finish(call, .failure(error), .failed)
                continue
            }
            leave(connection, .failed, isProbe: false)
            call.displaced()
            place(call, .now)
        }
    }

    private func placed(on connection: ClientConnection) -> [ClientCall] {
        calls.values.filter { $0.connection === connection }.sorted { $0.request.id < $1.request.id }
    }

    func forget(_ connection: ClientConnection) {
        if connections[connection.token] === connection { connections[connection.token] = nil }
    }

    /// The open connection to a server, or a new one.
    func connection(to token: Int) -> ClientConnection? {
        if let connection = connections[token], connection.isUsable { return connection }
        guard transport.problem == nil, let server = balancer.address(of: token) else { return nil }
        let connection = ClientConnection(
            token: token,
            server: server,
            pool: self,
            authorization: authorization,
            maximumFrame: configuration.maximumFrame
        )
        connections[token] = connection
        connection.dial(timeout: configuration.connectTimeout, tls: transport.tls)
        return connection
    }

    // MARK: Servers

    /// Takes over the watcher's list.
    func published(_ servers: [ServerAddress]) {
        guard !isClosed else { return }
        isListed = true
        isListing = false
        for token in balancer.update(servers) {
            connections.removeValue(forKey: token)?.retire()
        }
        resumeWaiting()
    }

    /// Brings every server back, because one is known to answer again.
    func revive() {
        balancer.reset()
    }

    /// Keeps lists and health checks going while calls are made.
    private func used(_ now: ContinuousClock.Instant) {
        isUsed = true
        if now >= listingDue {
            listingDue = now + listingInterval
            isListing = true
            watcher?.refresh()
        }
        if healthDue == nil {
            let due = now + configuration.healthInterval
            healthDue = due
            timer.arm(due)
        }
    }

    func armProbe() {
        if let next = balancer.nextProbe { timer.arm(next) }
    }

    // MARK: Time

    private func fired(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        for call in Array(calls.values) {
            guard let deadline = call.request.deadline, deadline <= now else { continue }
            withdraw(call)
            finish(call, .failure(.deadlinePassed), .failed)
        }
        for token in balancer.dueProbes(now: now) { probe(token) }
        if let due = healthDue, due <= now { checkHealth(now) }
        var next = calls.values.compactMap(\.request.deadline)
        if let probe = balancer.nextProbe { next.append(probe) }
        if let healthDue { next.append(healthDue) }
        return next.min()
    }

    /// Fails what is open and closes every connection.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer.stop()
        for call in Array(calls.values) {
            withdraw(call)
            finish(call, .failure(.clientClosed), .neutral)
        }
        for connection in connections.values { connection.retire() }
        connections = [:]
        waiting = []
    }
}
