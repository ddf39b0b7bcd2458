import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Passes a stream on frame by frame: byte for byte where the dialects are the same and nobody scans, else rewritten.
///
/// Until the first frame of model output nothing leaves: what has come is held, so that any failure can move to the next
/// account unseen. From then on a failure becomes the dialect's error event.
struct StreamRelay {
    /// What is held before the first output; more structure than this is no stream of the dialect.
    private static let heldLimit = 1 << 20
    /// What is read after the last frame, for the connection to be used again, and how long that may take.
    private static let restLimit = 64 << 10
    private static let restTime = TimeAmount.milliseconds(250)

    private let session: ChatSession
    private let candidate: Candidate
    private let timing: AttemptTiming
    private let pulse: StreamPulse
    private let way: AnswerWay
    /// Judges the frames of a stream that is passed on as it is.
    private var plain: StreamMachine
    /// Judges and rewrites the frames of every other stream.
    private let rewriter: StreamRewriter?
    private var splitter: UpstreamFrames
    /// Frames that wait to be written.
    private var out = ByteBuffer()
    private var hasBegun: Bool
    /// Frames of an answer that somebody else may go on with.
    private var kept: [ByteBuffer]?
    private var keptBytes = 0
    /// Whether the client has the beginning of the answer from another attempt.
    private let isContinued: Bool

    init(
        _ session: ChatSession,
        _ candidate: Candidate,
        _ timing: AttemptTiming,
        _ pulse: StreamPulse,
        _ way: AnswerWay
    ) {
        self.session = session
        self.candidate = candidate
        self.timing = timing
        self.pulse = pulse
        self.way = way
        splitter = UpstreamFrames(way.upstream.framing)
        plain = StreamMachine(dialect: way.upstream, hidesUsage: way.hidesUsage)
        rewriter = way.context.map { StreamRewriter(session, way, $0) }
        isContinued = session.partial != nil
        hasBegun = isContinued
        kept = session.mayGoOn(way) ? [] : nil
    }

    private var position: StreamPosition { rewriter?.position ?? plain.position }

    private var machine: StreamMachine { rewriter?.machine ?? plain }

    /// What one piece of the stream means for the relay.
    enum Step {
        case goOn
        case terminal
        indirect case failed(FailureClass)
        case stopped(ScanFailure)
    }

    mutating func run(_ response: UpstreamResponse) async -> AttemptEnd {
        let status = Int(response.head.status.code)
        let contentType = response.head.headers.first(name: "content-type")
        guard UpstreamFrames.announces(way.upstream.framing, contentType: contentType) else {
            return await Self.notAStream(response, way.upstream, timing)
        }
        while true {
            let piece: ByteBuffer?
            do throws(UpstreamError) {
                piece = try await response.next()
            } catch {
                return await broken(FailureClass(TransportFailure(error)), status)
            }
            switch await step(piece) {
            case .failed(let failure):
                response.cancel()
                return await broken(failure, status)
            case .stopped(let failure):
                guard takes() else { return lost(response, status) }
                response.cancel()
                return stopped(failure, status)
            case .terminal:
                guard takes() else { return lost(response, status) }
                return await complete(response, status)
            case .goOn:
                guard machine.hasContent, out.readableBytes > 0 else { continue }
                guard takes() else { return lost(response, status) }
                guard await write() else {
                    response.cancel()
                    return gone(status)
                }
            }
        }
    }

    // MARK: Frames

    // The next bytes; none when the upstream has sent its last.
    private mutating func step(_ piece: ByteBuffer?) async -> Step {
        guard let rewriter else { return piece.map { take($0) } ?? last() }
        let step = piece.map { take($0) } ?? last()
        // What the frames said is released before their end is told.
        switch await rewriter.release(isLast: step.isTerminal, into: &out) {
        case .goOn: return step
        case let failure: return failure
        }
    }

    private mutating func take(_ piece: ByteBuffer) -> Step {
        splitter.append(piece)
        do throws(StreamError) {
            while let frame = try splitter.next() {
                switch read(frame) {
                case .goOn: continue
                case let step: return step
                }
            }
        } catch {
            return .failed(FailureClass(.malformed))
        }
        guard hasBegun || machine.hasContent || out.readableBytes <= Self.heldLimit else {
            return .failed(FailureClass(.tooLarge))
        }
        return .goOn
    }

    /// The upstream has sent its last byte.
    private mutating func last() -> Step {
        if let rest = splitter.finish() {
            switch read(rest) {
            case .goOn: break
            case let step: return step
            }
        }
        switch rewriter?.finish() ?? plain.finish() {
        case .complete: return .terminal
        case .failure(let fault): return .failed(FailureClass(fault))
        }
    }

    private mutating func read(_ frame: ByteBuffer) -> Step {
        keep(frame)
        if let rewriter { return rewriter.read(frame) }
        switch frame.withUnsafeReadableBytes({ plain.read($0) }) {
        case .drop: return .goOn
        case .failure(let fault): return .failed(FailureClass(fault))
        case .forward, .content: append(frame)
        case .terminal:
            append(frame)
            return .terminal
        }
        return .goOn
    }

    private mutating func append(_ frame: ByteBuffer) {
        if out.readableBytes == 0 {
            out = frame
        } else {
            out.writeImmutableBuffer(frame)
        }
    }

    private mutating func keep(_ frame: ByteBuffer) {
        guard kept != nil else { return }
        keptBytes += frame.readableBytes
        if keptBytes > Self.heldLimit { kept = nil } else { kept?.append(frame) }
    }

    // MARK: Writing

    private mutating func begin() {
        guard !hasBegun else { return }
        hasBegun = true
        session.firstTokenMS = session.call.elapsedMS
        let exchange = session.call.exchange
        if !exchange.hasBegun { exchange.begin(.ok, headers: session.streamHeaders(from: candidate)) }
    }

    /// Writes what waits; false when nobody reads it any more.
    private mutating func write() async -> Bool {
        begin()
        let bytes = session.call.formed(out)
        out = ByteBuffer()
        guard bytes.readableBytes > 0 else { return true }
        pulse.beat()
        do throws(HTTPServerError) {
            try await session.call.exchange.write(bytes)
            return true
        } catch {
            return false
        }
    }

    // MARK: Ends

    /// Whether this attempt is the one that the client hears.
    private mutating func takes() -> Bool {
        hasBegun || session.takes(way, candidate)
    }

    /// Another attempt was quicker.
    private func lost(_ response: UpstreamResponse, _ status: Int) -> AttemptEnd {
        response.cancel()
        return .failed(ended(status, HedgeRace.lost), FailureClass(.cancelled), nil)
    }

    private func ended(_ status: Int, _ reason: String?) -> Attempt {
        timing.ended(status, reason, usage: usage, source: source)
    }

    private mutating func complete(_ response: UpstreamResponse, _ status: Int) async -> AttemptEnd {
        begin()
        pulse.stop()
        let isGone = session.call.exchange.isClientGone
        session.call.exchange.finish(with: session.call.formed(out, isLast: true))
        let attempt = timing.ended(status, nil, usage: usage, source: source)
        await drain(response)
        return .answered(attempt, isGone ? .cancelled : .ok, nil)
    }

    /// Reads the little that follows the last frame, so that the connection can be used again.
    ///
    /// The record waits for it: a provider that does not end its response must not hold the key's slot.
    private func drain(_ response: UpstreamResponse) async {
        let limit = cancelLater(response)
        defer { limit.cancel() }
        var count = 0
        while let piece = try? await response.next() {
            count += piece.readableBytes
            guard count <= Self.restLimit else { break }
        }
        response.cancel()
    }

    private func cancelLater(_ response: UpstreamResponse) -> Scheduled<Void> {
        session.call.exchange.loop.assumeIsolated().scheduleTask(in: Self.restTime) { response.cancel() }
    }

    private mutating func broken(_ failure: FailureClass, _ status: Int) async -> AttemptEnd {
        if session.call.exchange.isClientGone { return gone(status) }
        // A rewritten answer may have said something of which nothing is released yet.
        let hasSpoken = isContinued ? machine.hasContent : hasBegun || (rewriter == nil && machine.hasContent)
        guard hasSpoken else {
            return .failed(timing.ended(status, failure.reason), failure, nil)
        }
        guard takes() else { return .failed(ended(status, HedgeRace.lost), FailureClass(.cancelled), nil) }
        // What came before the failure is the client's.
        begin()
        if let partial = partial() {
            guard await write() else { return gone(status) }
            session.call.position = position
            return .broken(ended(status, failure.reason), failure, partial)
        }
        // One error event ends the stream.
        pulse.stop()
        let error = ClientError(failure.fault).with(requestID: session.call.requestID)
        out.writeBytes(ErrorBody.streamEvent(error, dialect: session.call.dialect, at: position))
        session.call.exchange.finish(with: session.call.formed(out, isLast: true))
        return .answered(timing.ended(status, failure.reason, usage: usage, source: source), .providerError, failure)
    }

    /// The guard stopped the answer: what it had released is the client's, and the error follows it.
    private mutating func stopped(_ failure: ScanFailure, _ status: Int) -> AttemptEnd {
        pulse.stop()
        session.call.position = position
        if hasBegun { session.call.exchange.writeIfReady(session.call.formed(out)) }
        let reason = failure.isBlock ? "content_policy" : "guard_unavailable"
        return .blocked(timing.ended(status, reason, usage: usage, source: source), failure.clientError)
    }

    /// What somebody else may go on with.
    private func partial() -> PartialAnswer? {
        guard let kept, !kept.isEmpty else { return nil }
        // The frame that told of the failure says nothing.
        return PartialAnswer(
            kept.map(\.readableBytesView),
            from: way.upstream,
            to: session.call.dialect,
            context: way.context ?? RequestTranslation.context(session.parsed.facts)
        )
    }

    private func gone(_ status: Int) -> AttemptEnd {
        .answered(timing.ended(status, "cancelled", usage: usage, source: source), .cancelled, nil)
    }

    /// A success status with something else than a stream: an error page, or an answer to another question.
    static func notAStream(
        _ response: UpstreamResponse,
        _ upstream: Dialect,
        _ timing: AttemptTiming
    ) async -> AttemptEnd {
        let status = Int(response.head.status.code)
        let body = await response.beginning(limit: UpstreamCaller.errorBodyLimit)
        let facts = body.withUnsafeReadableBytes { UnaryFacts.read($0, dialect: upstream) }
        let failure = FailureClass(
            facts.fault ?? UpstreamFault(kind: .malformed, status: status, message: "no stream of the dialect")
        )
        return .failed(timing.ended(status, failure.reason), failure, nil)
    }

    // MARK: Usage

    private var source: UsageSource { machine.isUsageComplete ? .provider : .estimated }

    /// The provider's own count; what it had not counted yet when the stream ended is estimated from what came.
    private var usage: TokenUsage {
        guard var usage = machine.usage else {
            return TokenUsage(
                input: session.parsed.facts.estimatedInputTokens,
                output: machine.estimatedOutputTokens
            )
        }
        if !machine.isUsageComplete { usage.output = max(usage.output, machine.estimatedOutputTokens) }
        return usage
    }
}

extension StreamRelay.Step {
    fileprivate var isTerminal: Bool {
        if case .terminal = self { true } else { false }
    }
}
