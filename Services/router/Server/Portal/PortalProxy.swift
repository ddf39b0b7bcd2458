import HTTP
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Passes requests on to the portal, and its answers back as they come.
///
/// Nothing is kept: a piece of an answer leaves before the next one is read, so a browser that reads slowly slows the
/// portal, and events arrive one by one.
final class PortalProxy: Sendable {
    /// What a form or an API call may hold.
    static let maximumBody = 1 << 20
    /// Requests at once, the streams of events among them.
    private static let maximumRunning = 512
    /// An answer of known length up to this one leaves in one piece.
    private static let wholeAnswer = 256 << 10
    /// A stream of events says something every few seconds.
    private static let deadlines = UpstreamDeadlines(
        connect: .seconds(2),
        firstByte: .seconds(30),
        stall: .seconds(90),
        total: .seconds(3600)
    )
    private static let probeDeadlines = UpstreamDeadlines(
        connect: .seconds(1),
        firstByte: .seconds(2),
        stall: .seconds(2),
        total: .seconds(4)
    )
    /// How often an absent portal is looked for, and one that is there.
    private static let (eager, calm) = (Duration.milliseconds(100), Duration.seconds(5))

    private let client: UpstreamClient
    private let origin: UpstreamOrigin
    private let logger: Logger
    private let running = Atomic(0)
    private let reachable = Atomic(false)
    /// The answers that are on their way in pieces, which may have no end of their own.
    private let streams = Mutex(Streams())

    init(_ origin: UpstreamOrigin, group: any EventLoopGroup, logger: Logger) {
        var configuration = UpstreamClientConfiguration()
        configuration.decodesContent = false
        configuration.resolverThreads = 1
        configuration.maximumIdlePerOrigin = 16
        // The portal keeps idle connections for a minute at least; we close first.
        configuration.idleTimeout = .seconds(20)
        self.origin = origin
        self.logger = logger
        client = UpstreamClient(group: group, configuration: configuration, egress: EgressPolicy(), logger: logger)
    }

    /// Whether the portal answered when it was last asked.
    var isReachable: Bool { reachable.load(ordering: .relaxed) }

    func shutdown() async {
        await client.shutdown()
    }

    private struct Streams {
        var open: [Int: NIOLoopBound<UpstreamResponse>] = [:]
        var last = 0
        var isEnding = false
    }

    /// Cuts streamed answers off, now and later: a browser that follows events must not keep the program from stopping.
    func endStreams() {
        let open = streams.withLock { streams in
            streams.isEnding = true
            return Array(streams.open.values)
        }
        for stream in open { stream.eventLoop.execute { stream.value.cancel() } }
    }

    // MARK: Watching

    /// Looks for the portal until cancelled.
    func run() async {
        while !Task.isCancelled {
            await probe()
            try? await Task.sleep(for: isReachable ? Self.calm : Self.eager)
        }
    }

    private func probe() async {
        do throws(UpstreamError) {
            let request = UpstreamRequest(method: .GET, path: "/healthz")
            let answer = try await client.send(request, to: origin, deadlines: Self.probeDeadlines)
            _ = try await answer.collect(limit: 64 << 10)
            note(isReachable: answer.head.status == .ok)
        } catch {
            note(isReachable: false)
        }
    }

    private func note(isReachable: Bool) {
        guard reachable.exchange(isReachable, ordering: .relaxed) != isReachable, !Task.isCancelled else { return }
        if isReachable {
            logger.info("the portal is there")
        } else {
            logger.warning("the portal is away; its pages say so, the API goes on")
        }
    }

    // MARK: Passing on

    /// Serves one request from the portal.
    ///
    /// - Returns: The status that the client saw; 499 when nobody was there to see one.
    func serve(_ exchange: HTTPExchange, area: PortalArea, origin client: RequestOrigin) async -> Int {
        let count = running.add(1, ordering: .relaxed).newValue
        defer { running.subtract(1, ordering: .relaxed) }
        guard count <= Self.maximumRunning else { return PortalNotice.busy.answer(exchange) }
        let request: UpstreamRequest
        do {
            request = try await self.request(exchange, area: area, origin: client)
        } catch HTTPServerError.bodyTooLarge {
            return PortalNotice.tooLarge.answer(exchange)
        } catch HTTPServerError.clientGone {
            exchange.abort()
            return 499
        } catch {
            return PortalNotice.malformed.answer(exchange)
        }
        do throws(UpstreamError) {
            let answer = try await self.client.send(request, to: self.origin, deadlines: Self.deadlines)
            return await pass(answer, to: exchange)
        } catch {
            guard !exchange.isClientGone, error != .cancelled else {
                exchange.abort()
                return 499
            }
            return PortalNotice.away.answer(exchange)
        }
    }

    private func request(
        _ exchange: HTTPExchange,
        area: PortalArea,
        origin client: RequestOrigin
    ) async throws -> UpstreamRequest {
        let body = try await exchange.body(limit: Self.maximumBody)
        let query = exchange.query.map { "?\($0)" } ?? ""
        // The head names the host that the browser asked for; the connection goes to the portal's socket all the same.
        let host = exchange.head.headers.first(name: "host") ?? "localhost"
        guard var named = UpstreamOrigin(url: "http://\(host)/") else { throw HTTPServerError.malformed("host") }
        named.unixPath = origin.unixPath
        let head = try PreparedHead(
            exchange.head.method,
            String(exchange.path) + query,
            headers: PortalHeaders.forwarded(exchange.head.headers, area: area, origin: client),
            to: named
        )
        return UpstreamRequest(head, headers: [:], body: body)
    }

    private func pass(_ answer: UpstreamResponse, to exchange: HTTPExchange) async -> Int {
        let status = answer.head.status
        let headers = PortalHeaders.returned(answer.head.headers)
        do {
            if let length = answer.head.headers.first(name: "content-length").flatMap({ Int($0) }),
                length <= Self.wholeAnswer, exchange.head.method != .HEAD
            {
                exchange.respond(status, headers: headers, body: try await answer.collect(limit: Self.wholeAnswer))
                return Int(status.code)
            }
            exchange.begin(status, headers: headers)
            // The head at once: a browser that waits for events wants to know that it is connected.
            if exchange.head.method != .HEAD { try await exchange.write(ByteBuffer()) }
            try await stream(answer, to: exchange)
            exchange.finish()
            return Int(status.code)
        } catch {
            answer.cancel()
            if !exchange.hasBegun, !exchange.isClientGone { return PortalNotice.away.answer(exchange) }
            exchange.abort()
            return exchange.isClientGone ? 499 : Int(status.code)
        }
    }

    private func stream(_ answer: UpstreamResponse, to exchange: HTTPExchange) async throws {
        let bound = NIOLoopBound(answer, eventLoop: exchange.loop)
        let number = streams.withLock { streams -> Int? in
            guard !streams.isEnding else { return nil }
            streams.last += 1
            streams.open[streams.last] = bound
            return streams.last
        }
        guard let number else { throw UpstreamError.cancelled }
        defer { streams.withLock { $0.open[number] = nil } }
        while let piece = try await answer.next() { try await exchange.write(piece) }
    }
}
