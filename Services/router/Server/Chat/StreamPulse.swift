import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Keeps a quiet stream open: a comment after every interval in which nothing else is sent.
///
/// Proxies and clients cut connections that say nothing, also before the first token. A comment leaves between frames only
/// and is no part of the answer, so a later failure still moves to the next account. Confined to the session's event loop.
final class StreamPulse {
    /// The interval that a running gateway has.
    static let usualInterval = Duration.seconds(15)
    private static let comment = ByteBuffer(staticString: ": keep-alive\n\n")

    private let session: ChatSession
    private let interval: TimeAmount
    private var lastBeat = NIODeadline.now()
    private var timer: Scheduled<Void>?
    private var isStopped: Bool

    init(_ session: ChatSession, every interval: Duration) {
        self.session = session
        self.interval = .milliseconds(Int64(interval.wholeMilliseconds))
        isStopped = !session.isStream
        arm(at: lastBeat + self.interval)
    }

    /// Something was sent.
    func beat() {
        lastBeat = .now()
    }

    func stop() {
        isStopped = true
        timer?.cancel()
        timer = nil
    }

    private func arm(at deadline: NIODeadline) {
        guard !isStopped else { return }
        timer = session.call.exchange.loop.assumeIsolated().scheduleTask(deadline: deadline) { self.wake() }
    }

    private func wake() {
        guard !isStopped else { return }
        let now = NIODeadline.now()
        if now - lastBeat >= interval {
            let exchange = session.call.exchange
            if !exchange.hasBegun { exchange.begin(.ok, headers: session.streamHeaders(from: nil)) }
            exchange.writeIfReady(session.call.formed(Self.comment))
            lastBeat = now
        }
        arm(at: lastBeat + interval)
    }
}
