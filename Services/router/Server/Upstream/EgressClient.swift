import HTTP
import NIOCore
package import RouterCore
import Synchronization

/// A pool of proxies with its addresses as connections take them.
package struct ProxyWay: Hashable, Sendable {
    package let pool: ProxyPool
    let addresses: [ProxyAddress]

    /// Reads the addresses of a pool; `nil` when one is none.
    package init?(_ pool: ProxyPool) {
        var addresses: [ProxyAddress] = []
        for text in pool.addresses {
            guard let address = try? ProxyAddress.parse(text) else { return nil }
            addresses.append(address)
        }
        self.pool = pool
        self.addresses = addresses
    }
}

/// Sends requests to providers the way their accounts go: through the proxies of a pool in turn, or direct.
///
/// A proxy through which no connection comes about rests, and the next one is tried: nothing of the request has left then. All of
/// them together have the time to connect that one would have had.
final class EgressClient: Sendable {
    private let client: UpstreamClient
    private let turns = Mutex(ProxyTurns())

    init(_ client: UpstreamClient) {
        self.client = client
    }

    /// The addresses of a pool that take no connections now, by their places.
    func down(_ pool: ProxyPool) -> [Int] {
        turns.withLock { $0.down(pool, now: .now) }
    }

    /// Sends a request and returns once the head of the answer has come.
    ///
    /// - Throws: ``TransportFailure/proxiesDown`` where no proxy leads to the endpoint and nothing may go around them.
    func send(
        _ request: UpstreamRequest,
        to endpoint: UpstreamEndpoint,
        deadlines: UpstreamDeadlines
    ) async throws(TransportFailure) -> UpstreamResponse {
        if let way = endpoint.way { return try await send(request, to: endpoint, through: way, deadlines) }
        return try await send(request, endpoint.origin, deadlines)
    }

    @inline(never)
    private func send(
        _ request: UpstreamRequest,
        to endpoint: UpstreamEndpoint,
        through way: ProxyWay,
        _ deadlines: UpstreamDeadlines
    ) async throws(TransportFailure) -> UpstreamResponse {
        let start = ContinuousClock.now
        let destination = endpoint.origin.authority
        let order = turns.withLock { $0.order(way.pool, to: destination, now: start) }
        // To go around them is one more way, where that is allowed.
        var ways = order.count + (way.pool.isStrict ? 0 : 1)
        var left = deadlines
        for place in order where left.connect > .zero {
            var origin = endpoint.origin
            origin.proxy = way.addresses[place]
            var share = left
            share.connect = left.connect / ways
            ways -= 1
            do throws(UpstreamError) {
                let response = try await client.send(request, to: origin, deadlines: share)
                turns.withLock { $0.succeeded(way.pool.addresses[place], to: destination) }
                return response
            } catch {
                guard let fault = Self.fault(of: error) else { throw TransportFailure(error) }
                turns.withLock { $0.failed(way.pool.addresses[place], to: destination, fault, now: .now) }
            }
            let spent = ContinuousClock.now - start
            left.connect = deadlines.connect - spent
            left.total = max(.milliseconds(1), deadlines.total - spent)
        }
        guard !way.pool.isStrict else { throw .proxiesDown }
        left.connect = max(.milliseconds(1), left.connect)
        return try await send(request, endpoint.origin, left)
    }

    private func send(
        _ request: UpstreamRequest,
        _ origin: UpstreamOrigin,
        _ deadlines: UpstreamDeadlines
    ) async throws(TransportFailure) -> UpstreamResponse {
        do throws(UpstreamError) {
            return try await client.send(request, to: origin, deadlines: deadlines)
        } catch {
            throw TransportFailure(error)
        }
    }

    /// What a proxy did not bring about; `nil` for what is not its doing, or comes when the request may have left.
    private static func fault(of error: UpstreamError) -> ProxyTurns.Fault? {
        switch error {
        case .resolveFailed, .connectFailed: .connection
        case .connectTimedOut, .proxyFailed: .tunnel
        case .refusedByPolicy, .tlsFailed, .firstByteTimedOut, .stalled, .totalTimedOut, .closedBeforeResponse,
            .closedMidBody, .malformed, .tooLarge, .cancelled:
            nil
        }
    }
}

extension UpstreamResponse {
    /// The whole body, where it is no longer than `limit`.
    func whole(limit: Int) async throws(TransportFailure) -> [UInt8] {
        do throws(UpstreamError) {
            return Array(try await collect(limit: limit).readableBytesView)
        } catch {
            throw TransportFailure(error)
        }
    }
}
