package import Logging
package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Sends HTTP/1.1 requests to upstreams over keep-alive connections on the caller's event loop.
///
/// Call it from a task that runs on a loop of the group: connection, deadlines and body stay on that loop, with no thread hop and no lock.
package final class UpstreamClient: Sendable {
    private let core: ClientCore
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<LoopPool>]

    /// Makes a client for requests sent from the group's loops to addresses that the policy allows.
    package init(
        group: any EventLoopGroup,
        configuration: UpstreamClientConfiguration = .init(),
        egress: EgressPolicy,
        logger: Logger = Logger(label: "http.client")
    ) {
        core = ClientCore(configuration, egress, logger)
        var pools: [ObjectIdentifier: NIOLoopBoundBox<LoopPool>] = [:]
        for loop in group.makeIterator() {
            pools[ObjectIdentifier(loop)] = .makeBoxSendingValue(LoopPool(loop: loop, core: core), eventLoop: loop)
        }
        self.pools = pools
    }

    /// Connections open now, idle ones included.
    package var openConnections: Int { core.openConnections.load(ordering: .relaxed) }

    /// Connections waiting for a request.
    package var idleConnections: Int { core.idleConnections.load(ordering: .relaxed) }

    /// Sends a request and returns once the response's head has come.
    ///
    /// A reused connection that turns out to be closed before any byte of the response is replaced by a fresh one, once.
    ///
    /// - Throws: ``UpstreamError``; the connection is closed then.
    package nonisolated(nonsending) func send(
        _ request: UpstreamRequest,
        to origin: UpstreamOrigin,
        deadlines: UpstreamDeadlines
    ) async throws(UpstreamError) -> UpstreamResponse {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop, let pool = pools[ObjectIdentifier(loop)]?.value,
            !pool.isShutDown
        else { throw .connectFailed }
        let attempt = Attempt(request, try request.encoded(to: origin), deadlines)
        if attempt.abort?.isAborted == true { throw .cancelled }
        if let connection = pool.take(origin) {
            do throws(UpstreamError) {
                return try await attempt.run(on: connection, isReused: true, core)
            } catch {
                guard error == .closedBeforeResponse(reused: true) else { throw error }
            }
        }
        let connection = try await dial(origin, pool, attempt)
        return try await attempt.run(on: connection, isReused: false, core)
    }

    /// A connection of its own; most requests find one that is idle and keep no room for this.
    @inline(never)
    private nonisolated(nonsending) func dial(
        _ origin: UpstreamOrigin,
        _ pool: LoopPool,
        _ attempt: Attempt
    ) async throws(UpstreamError) -> UpstreamConnection {
        if Task.isCancelled { throw .cancelled }
        let connectEnd = min(attempt.total, NIODeadline.now() + TimeAmount(attempt.deadlines.connect))
        do throws(UpstreamError) {
            return try await Dialer(origin: origin, pool: pool, deadline: connectEnd, abort: attempt.abort).dial()
        } catch {
            throw error == .connectTimedOut && connectEnd == attempt.total ? .totalTimedOut : error
        }
    }

    /// Closes idle connections now and the others as their responses end.
    package func shutdown() async {
        for pool in pools.values {
            try? await pool.eventLoop.submit { pool.value.shutDown() }.get()
        }
        await core.resolver.shutdown()
    }
}

/// One request on one connection, up to the response's head; a reference, as it is held while the head is waited for.
private final class Attempt {
    /// Interim responses skipped before the final one.
    private static let maximumInterim = 16

    let method: HTTPMethod
    /// The head, and the body behind it where it is small.
    let bytes: ByteBuffer
    /// A body that is not copied behind the head.
    let body: ByteBuffer?
    let deadlines: UpstreamDeadlines
    let total: NIODeadline
    let abort: UpstreamAbort?

    init(_ request: UpstreamRequest, _ bytes: ByteBuffer, _ deadlines: UpstreamDeadlines) {
        method = request.method
        self.bytes = bytes
        body = request.body.readableBytes <= RequestEncoder.copyLimit ? nil : request.body
        self.deadlines = deadlines
        abort = request.abort?.value
        total = NIODeadline.now() + TimeAmount(deadlines.total)
    }

    func run(
        on connection: UpstreamConnection,
        isReused: Bool,
        _ core: ClientCore
    ) async throws(UpstreamError) -> UpstreamResponse {
        connection.begin(total: total)
        if let abort {
            let exchange = connection.exchange
            abort.ends { connection.abandon(exchange) }
        }
        connection.send(bytes, body)
        do throws(UpstreamError) {
            let response = try await head(connection, isReused, core)
            return try UpstreamResponse(
                response,
                to: method,
                on: connection,
                isReused: isReused,
                stall: TimeAmount(deadlines.stall),
                decodes: core.configuration.decodesContent
            )
        } catch {
            connection.fail(error)
            throw error
        }
    }

    private func head(
        _ connection: UpstreamConnection,
        _ isReused: Bool,
        _ core: ClientCore
    ) async throws(UpstreamError) -> ParsedResponse {
        let limits = HeadLimits(
            firstLineBytes: 8 << 10,
            bytes: core.configuration.maximumResponseHeaderBytes,
            fields: core.configuration.maximumResponseHeaderCount
        )
        let firstByte = NIODeadline.now() + TimeAmount(deadlines.firstByte)
        var scanner = HeadScanner()
        var interim = 0
        while true {
            do throws(HTTPWireError) {
                if let length = try scanner.scan(connection.inbound, limits: limits),
                    let bytes = connection.inbound.readSlice(length: length)
                {
                    let response = try HeadParser.response(bytes)
                    if response.head.status.code >= 200 { return response }
                    interim += 1
                    guard interim <= Self.maximumInterim, response.head.status != .switchingProtocols else {
                        throw .malformed("too many interim responses, or a protocol switch nobody asked for")
                    }
                    scanner = HeadScanner()
                    continue
                }
            } catch {
                throw UpstreamError(error)
            }
            if connection.isClosed {
                throw connection.hasReceived ? .closedMidBody : .closedBeforeResponse(reused: isReused)
            }
            try await connection.awaitBytes(until: firstByte, else: .firstByteTimedOut)
        }
    }
}

extension UpstreamError {
    init(_ error: HTTPWireError) {
        self =
            switch error {
            case .malformed(let reason): .malformed(reason)
            case .firstLineTooLong, .headTooLarge: .malformed("the response headers are too large")
            case .unsupportedTransferCoding: .malformed("the response has a transfer coding other than chunked")
            case .unsupportedVersion: .malformed("the response is neither HTTP/1.0 nor HTTP/1.1")
            }
    }
}
