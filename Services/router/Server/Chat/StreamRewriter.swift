import Contracts
import Dialects
import NIOCore
import RouterCore

/// Rewrites one stream: from the upstream's dialect into the client's, and through the guard's window where it looks.
///
/// Confined to the session's event loop.
final class StreamRewriter {
    private let scan: AnswerScan?
    private var translator: StreamTranslator
    /// What the frames since the last release said, in order.
    private var events: [AnswerEvent] = []
    private var bytes: [UInt8] = []

    init(_ session: ChatSession, _ way: AnswerWay, _ context: AnswerContext) {
        scan = way.answerGuard?.scan()
        let client = session.call.dialect
        translator =
            session.partial.map { StreamTranslator(from: way.upstream, to: client, context: context, after: $0) }
            ?? StreamTranslator(from: way.upstream, to: client, context: context)
    }

    var machine: StreamMachine { translator.machine }
    /// Where the client's stream stands.
    var position: StreamPosition { translator.position }

    /// Takes one frame of the upstream.
    func read(_ frame: ByteBuffer) -> StreamRelay.Step {
        switch frame.withUnsafeReadableBytes({ translator.read($0, into: &events) }) {
        case .failure(let fault): .failed(FailureClass(fault))
        case .terminal: .terminal
        case .forward, .content, .drop: .goOn
        }
    }

    /// Says how the stream ended when the upstream has sent its last byte.
    func finish() -> StreamEnd {
        translator.finish(into: &events)
    }

    /// Writes what may go to the client by now.
    ///
    /// - Parameters:
    ///   - isLast: Whether the stream is whole: then nothing is held back any more, and the dialect's end follows.
    ///   - out: Takes the frames.
    /// - Returns: Whether to go on.
    func release(isLast: Bool, into out: inout ByteBuffer) async -> StreamRelay.Step {
        bytes.removeAll(keepingCapacity: true)
        defer { if !bytes.isEmpty { out.writeBytes(bytes) } }
        do throws(ScanFailure) {
            try await releaseEvents()
            guard isLast else { return .goOn }
            if let scan {
                for (channel, text) in try await scan.finish() { encode(channel, text) }
            }
            translator.encodeEnd(into: &bytes)
            return .goOn
        } catch {
            return .stopped(error)
        }
    }

    private func releaseEvents() async throws(ScanFailure) {
        let waiting = events
        events.removeAll(keepingCapacity: true)
        guard let scan else {
            for event in waiting { encode(event) }
            return
        }
        var place = 0
        while place < waiting.count {
            if case .text(let channel, var text) = waiting[place] {
                // Pieces that came at once go through the guard's window at once.
                while place + 1 < waiting.count, case .text(channel, let next) = waiting[place + 1] {
                    text += next
                    place += 1
                }
                encode(channel, try await scan.push(channel, text))
            } else {
                if let channel = waiting[place].flushes { encode(channel, try await scan.flush(channel)) }
                encode(waiting[place])
            }
            place += 1
        }
    }

    private func encode(_ channel: AnswerChannel, _ released: String) {
        if !released.isEmpty { encode(.text(channel, released)) }
    }

    private func encode(_ event: AnswerEvent) {
        translator.encode(event, into: &bytes)
    }
}
