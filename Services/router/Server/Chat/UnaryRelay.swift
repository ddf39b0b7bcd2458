import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Gives the client an answer that is whole before its first byte leaves: byte for byte where the dialects are the same and
/// nothing in it changes, else rewritten.
///
/// A provider that answers in streams alone is listened to until its stream is whole; of the whole answer of one that does
/// not stream the client's stream is made at once, while comments have kept it open.
struct UnaryRelay {
    /// The largest answer that is taken.
    static let bodyLimit = 64 << 20

    let session: ChatSession
    let candidate: Candidate
    let timing: AttemptTiming
    let pulse: StreamPulse
    let way: AnswerWay

    /// An answer that has come; a reference, as one that was put together from a stream is large.
    final class Arrival {
        let status: HTTPResponseStatus
        let contentType: String
        /// Set where it came as a body.
        let body: ByteBuffer
        /// Set where it came as a stream, or is translated.
        let answer: CanonicalAnswer?
        /// What it cost.
        let usage: TokenUsage
        let source: UsageSource

        init(
            status: HTTPResponseStatus,
            contentType: String,
            body: ByteBuffer,
            answer: CanonicalAnswer? = nil,
            usage: TokenUsage,
            source: UsageSource
        ) {
            self.status = status
            self.contentType = contentType
            self.body = body
            self.answer = answer
            self.usage = usage
            self.source = source
        }
    }

    /// How an answer comes, or why it does not.
    enum Arriving {
        case whole(Arrival)
        case failed(AttemptEnd)
    }

    func run(_ response: UpstreamResponse) async -> AttemptEnd {
        let arriving: Arriving
        if way.streams {
            arriving = await StreamCollector(relay: self).run(response)
        } else if let body = response.bodyAtHand(limit: Self.bodyLimit) {
            arriving = read(body, of: response)
        } else {
            arriving = await collect(response)
        }
        let arrival: Arrival
        switch arriving {
        case .whole(let whole): arrival = whole
        case .failed(let end): return end
        }
        guard session.takes(way, candidate) else {
            return .failed(ended(arrival, HedgeRace.lost), FailureClass(.cancelled), nil)
        }
        guard way.isRewritten else { return answered(arrival, arrival.body, arrival.contentType) }
        switch await rewritten(arrival) {
        case .unchanged: return answered(arrival, arrival.body, arrival.contentType)
        case .changed(let bytes): return answered(arrival, ByteBuffer(bytes: bytes), "application/json")
        case .failed(let fault): return failed(FailureClass(fault), Int(arrival.status.code))
        case .stopped(let error):
            let reason = error.isBlock ? "content_policy" : "guard_unavailable"
            return .blocked(ended(arrival, reason), error.clientError)
        }
    }

    /// Waits for the rest of a body.
    @inline(never)
    private func collect(_ response: UpstreamResponse) async -> Arriving {
        do throws(UpstreamError) {
            return read(try await response.collect(limit: Self.bodyLimit), of: response)
        } catch {
            let failure = TransportFailure(error)
            // The provider was working on it when the client left or the connection broke: the input at least is billed.
            let attempt = timing.ended(
                Int(response.head.status.code),
                failure.rawValue,
                usage: estimate(output: 0),
                source: .estimated
            )
            return .failed(.failed(attempt, FailureClass(failure), nil))
        }
    }

    /// What a whole body is.
    @inline(never)
    private func read(_ body: ByteBuffer, of response: UpstreamResponse) -> Arriving {
        guard !isTranslated else { return translated(body, of: response) }
        var facts = body.withUnsafeReadableBytes { UnaryFacts.read($0, dialect: way.upstream) }
        if way.embedding != nil {
            facts.usage = facts.usage?.asInput
            facts.estimatedOutputTokens = 0
        }
        if let fault = facts.fault {
            return .failed(failed(FailureClass(fault), Int(response.head.status.code)))
        }
        return .whole(arrival(body, of: response, facts.usage, estimated: facts.estimatedOutputTokens))
    }

    /// What a whole body says, for a client of another dialect: read once, its count and what speaks against it with it.
    private func translated(_ body: ByteBuffer, of response: UpstreamResponse) -> Arriving {
        let bytes = body.readableBytesView
        do throws(UpstreamFault) {
            let answer = try AnswerTranslation.read(
                bytes,
                from: way.upstream,
                findsEveryText: way.answerGuard != nil
            )
            var usage = answer.usage
            var estimated = 0
            if usage == nil {
                let facts = UnaryFacts.read(bytes, dialect: way.upstream)
                (usage, estimated) = (facts.usage, facts.estimatedOutputTokens)
            }
            return .whole(arrival(body, of: response, usage, estimated: estimated, answer))
        } catch {
            return .failed(failed(FailureClass(error), Int(response.head.status.code)))
        }
    }

    private func arrival(
        _ body: ByteBuffer,
        of response: UpstreamResponse,
        _ usage: TokenUsage?,
        estimated: Int,
        _ answer: CanonicalAnswer? = nil
    ) -> Arrival {
        Arrival(
            status: response.head.status,
            contentType: response.head.headers.first(name: "content-type") ?? "application/json",
            body: body,
            answer: answer,
            usage: usage ?? estimate(output: estimated),
            source: usage == nil ? .estimated : .provider
        )
    }

    // MARK: Rewriting

    /// Whether the answer is read as a whole, its count with it.
    private var isTranslated: Bool {
        way.context != nil && way.embedding == nil && way.upstream != session.call.dialect
    }

    private enum Rewriting {
        case unchanged
        case changed([UInt8])
        case failed(UpstreamFault)
        case stopped(ScanFailure)
    }

    // A function of its own: most answers are passed on as they came, and what is needed here is large.
    @inline(never)
    private func rewritten(_ arrival: Arrival) async -> Rewriting {
        if let embedding = way.embedding { return vectors(arrival, embedding) }
        guard let context = way.context else { return .unchanged }
        let client = session.call.dialect
        var isChanged = way.upstream != client || way.streams != session.isStream
        do throws(UpstreamFault) {
            var answer: CanonicalAnswer
            if way.streams, let pieces = arrival.answer {
                let body = AnswerTranslation.write(pieces, as: client, context, lossy: &session.lossy)
                guard way.answerGuard != nil else { return .changed(body) }
                // What was put together has no places of its own; the client's form of it has.
                answer = try AnswerTranslation.read(body, from: client)
            } else if let read = arrival.answer {
                answer = read
            } else {
                answer = try AnswerTranslation.read(
                    arrival.body.readableBytesView,
                    from: way.upstream,
                    findsEveryText: way.answerGuard != nil
                )
            }
            do throws(ScanFailure) {
                if try await guarded(&answer) { isChanged = true }
            } catch {
                return .stopped(error)
            }
            guard isChanged else { return .unchanged }
            return .changed(
                session.isStream
                    ? AnswerTranslation.stream(answer, as: client, context, lossy: &session.lossy)
                    : AnswerTranslation.write(answer, as: client, context, lossy: &session.lossy)
            )
        } catch {
            return .failed(error)
        }
    }

    /// An answer with vectors: as it came in the client's dialect, else said in it.
    private func vectors(_ arrival: Arrival, _ embedding: EmbeddingInput) -> Rewriting {
        guard way.upstream != session.call.dialect else { return .unchanged }
        do throws(UpstreamFault) {
            return .changed(
                try EmbeddingTranslation.answer(
                    arrival.body.readableBytesView,
                    from: way.upstream,
                    to: embedding,
                    model: candidate.target.model,
                    usage: arrival.usage,
                    base64: Base64.encoded
                )
            )
        } catch {
            return .failed(error)
        }
    }

    /// Lets the guard look at an answer's texts, where one does.
    ///
    /// - Returns: Whether it has changed any.
    private func guarded(_ answer: inout CanonicalAnswer) async throws(ScanFailure) -> Bool {
        guard let answerGuard = way.answerGuard else { return false }
        var isChanged = false
        let texts = answer.texts
        let edited = try await answerGuard.inspect(texts.map { .init(kind: $0.channel.kind, text: $0.text) })
        for (place, text) in edited.enumerated() {
            guard let text else { continue }
            isChanged = true
            answer.replaceText(at: place, with: text)
        }
        return isChanged
    }

    // MARK: Ends

    /// Gives the client its answer.
    @inline(never)
    private func answered(_ arrival: Arrival, _ body: ByteBuffer, _ contentType: String) -> AttemptEnd {
        session.firstTokenMS = session.call.elapsedMS
        if session.isStream {
            stream(body)
        } else {
            respond(arrival.status, body, contentType)
        }
        let isGone = session.call.exchange.isClientGone
        return .answered(ended(arrival, nil), isGone ? .cancelled : .ok, nil)
    }

    private func respond(_ status: HTTPResponseStatus, _ body: ByteBuffer, _ contentType: String) {
        var body = body
        var contentType = contentType
        if session.call.isLegacy {
            body = ByteBuffer(bytes: LegacyCompletions.answer(body.readableBytesView))
            contentType = "application/json"
        }
        let headers = session.headers(from: candidate, contentType: contentType)
        session.call.exchange.respond(status, headers: headers, body: body)
    }

    private func stream(_ frames: ByteBuffer) {
        pulse.stop()
        let exchange = session.call.exchange
        if !exchange.hasBegun { exchange.begin(.ok, headers: session.streamHeaders(from: candidate)) }
        exchange.finish(with: session.call.formed(frames, isLast: true))
    }

    func failed(_ failure: FailureClass, _ status: Int) -> AttemptEnd {
        .failed(timing.ended(status, failure.reason), failure, nil)
    }

    private func ended(_ arrival: Arrival, _ reason: String?) -> Attempt {
        timing.ended(Int(arrival.status.code), reason, usage: arrival.usage, source: arrival.source)
    }

    func estimate(output: Int) -> TokenUsage {
        TokenUsage(input: session.parsed.facts.estimatedInputTokens, output: output)
    }
}
