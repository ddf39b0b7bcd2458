import HTTP
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import SaverCore

/// Speaks with Headroom proxies: `POST /v1/compress` and `GET /readyz`, as headroom-ai 0.42.0 answers them.
struct HeadroomClient: Sendable {
    /// An answer is about as long as what it is about.
    private static let longestAnswer = 64 << 20
    /// A second try is made when at least this share of the time is left.
    private static let retryShare = 4

    private let client: UpstreamClient
    private let group: any EventLoopGroup

    init(group: any EventLoopGroup, logger: Logger) {
        self.group = group
        client = UpstreamClient(group: group, egress: EgressPolicy(), logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
    }

    // MARK: Calls

    /// Has messages made smaller; once more when it was busy and there is time.
    ///
    /// - Throws: ``HeadroomFault`` when there is no answer that can be read.
    func compress(
        _ request: HeadroomRequest,
        at address: HeadroomAddress,
        until deadline: ContinuousClock.Instant
    ) async throws(HeadroomFault) -> HeadroomAnswer {
        let body = ByteBuffer(bytes: request.body)
        let whole = deadline - .now
        do throws(HeadroomFault) {
            return try await exchange(.POST, "/v1/compress", body, at: address, until: deadline).answer()
        } catch {
            guard error == .busy, deadline - .now > whole / Self.retryShare else { throw error }
            return try await exchange(.POST, "/v1/compress", body, at: address, until: deadline).answer()
        }
    }

    /// What a server says about itself.
    func readiness(
        of address: HeadroomAddress,
        until deadline: ContinuousClock.Instant
    ) async throws(HeadroomFault) -> HeadroomReadiness {
        let reply = try await exchange(.GET, "/readyz", ByteBuffer(), at: address, until: deadline)
        return try HeadroomReadiness(status: reply.status, body: reply.body)
    }

    // MARK: The wire

    private struct Reply {
        var status: Int
        var body: [UInt8]

        func answer() throws(HeadroomFault) -> HeadroomAnswer {
            switch status {
            case 200: return try HeadroomAnswer(body)
            case 429, 502, 503, 504: throw .busy
            default: throw .refused
            }
        }
    }

    private func exchange(
        _ method: HTTPMethod,
        _ path: String,
        _ body: ByteBuffer,
        at address: HeadroomAddress,
        until deadline: ContinuousClock.Instant
    ) async throws(HeadroomFault) -> Reply {
        let left = deadline - .now
        guard left > .zero else { throw .late }
        let request = UpstreamRequest(
            method: method,
            path: address.base + path,
            headers: ["Content-Type": "application/json", "Accept": "application/json"],
            body: body
        )
        // Connections belong to a loop; the call that waits for the answer moves there for so long.
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.next()
        let result: Result<Reply, HeadroomFault> = await withTaskExecutorPreference(LoopExecutor(loop)) {
            await send(request, to: address.origin, within: left)
        }
        return try result.get()
    }

    private func send(
        _ request: UpstreamRequest,
        to origin: UpstreamOrigin,
        within time: Duration
    ) async -> Result<Reply, HeadroomFault> {
        do throws(UpstreamError) {
            let deadlines = UpstreamDeadlines(connect: time, firstByte: time, stall: time, total: time)
            let response = try await client.send(request, to: origin, deadlines: deadlines)
            let body = try await response.collect(limit: Self.longestAnswer)
            return .success(Reply(status: Int(response.head.status.code), body: Array(body.readableBytesView)))
        } catch {
            return .failure(Self.fault(error))
        }
    }

    private static func fault(_ error: UpstreamError) -> HeadroomFault {
        switch error {
        case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut: .late
        case .malformed, .tooLarge: .malformed
        default: .away
        }
    }
}

/// Where a Headroom proxy listens; its address may be private, for the operator names it.
struct HeadroomAddress: Hashable, Sendable {
    let origin: UpstreamOrigin
    /// What stands in front of its paths.
    let base: String

    /// `nil` for what is no `http` or `https` address without user and query.
    init?(_ url: String) {
        guard var origin = UpstreamOrigin(url: url), let parts = try? URLParts(url), !parts.path.contains("?") else {
            return nil
        }
        origin.allowsPrivate = true
        var base = parts.path
        while base.hasSuffix("/") { base.removeLast() }
        self.origin = origin
        self.base = base
    }
}
