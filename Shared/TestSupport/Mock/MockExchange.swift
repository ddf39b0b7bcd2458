import Synchronization

/// One request and what the mock provider did with it.
package final class MockExchange: Sendable {
    private struct State {
        var status: Int?
        var sent: [UInt8] = []
        var endedAt: ContinuousClock.Instant?
        var lostAt: ContinuousClock.Instant?
    }

    package let request: MockRequest
    private let state = Mutex(State())

    init(_ request: MockRequest) {
        self.request = request
    }

    /// The status that was sent; `nil` before the head, or without one.
    package var status: Int? { state.withLock { $0.status } }
    /// The body that was sent so far, exactly, without its transfer coding.
    package var sentBody: [UInt8] { state.withLock { $0.sent } }
    /// Whether nothing more is sent, however it ended.
    package var isOver: Bool { state.withLock { $0.endedAt != nil || $0.lostAt != nil } }
    /// When the caller closed the connection before the answer was over.
    package var lostAt: ContinuousClock.Instant? { state.withLock { $0.lostAt } }

    func began(_ status: Int) { state.withLock { $0.status = status } }
    func sent(_ bytes: [UInt8]) { state.withLock { $0.sent += bytes } }

    func ended() {
        state.withLock { if $0.lostAt == nil, $0.endedAt == nil { $0.endedAt = .now } }
    }

    func lost() {
        state.withLock { if $0.lostAt == nil, $0.endedAt == nil { $0.lostAt = .now } }
    }
}
