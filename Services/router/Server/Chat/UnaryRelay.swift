import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Passes a whole answer on: byte for byte where the dialects are the same and nothing in it changes, else rewritten.
struct UnaryRelay {
    /// The largest answer that is taken.
    private static let bodyLimit = 64 << 20

    let session: ChatSession
    let candidate: Candidate
    let timing: AttemptTiming
    let way: AnswerWay

    func run(_ response: UpstreamResponse) async -> AttemptEnd {
        let status = Int(response.head.status.code)
        var contentType = response.head.headers.first(name: "content-type") ?? "application/json"
        var body: ByteBuffer
        do throws(UpstreamError) {
            body = try await response.collect(limit: Self.bodyLimit)
        } catch {
            let failure = TransportFailure(error)
            // The provider was working on it when the client left or the connection broke: the input at least is billed.
            return .failed(
                timing.ended(status, failure.rawValue, usage: estimate(output: 0), source: .estimated),
                FailureClass(failure),
                nil
            )
        }
        let facts = body.withUnsafeReadableBytes { UnaryFacts.read($0, dialect: way.upstream) }
        if let fault = facts.fault { return failed(fault, status) }
        guard session.takes(way, candidate) else {
            return .failed(ended(status, HedgeRace.lost, facts), FailureClass(.cancelled), nil)
        }
        switch await rewritten(body) {
        case .unchanged: break
        case .changed(let bytes):
            body = ByteBuffer(bytes: bytes)
            contentType = "application/json"
        case .failed(let fault): return failed(fault, status)
        case .stopped(let error):
            let reason = error.isBlock ? "content_policy" : "guard_unavailable"
            return .blocked(ended(status, reason, facts), error.clientError)
        }
        if session.call.isLegacy {
            body = ByteBuffer(bytes: LegacyCompletions.answer(body.readableBytesView))
            contentType = "application/json"
        }
        session.firstTokenMS = session.call.elapsedMS
        let attempt = ended(status, nil, facts)
        let headers = session.headers(from: candidate, contentType: contentType)
        session.call.exchange.respond(response.head.status, headers: headers, body: body)
        let isGone = session.call.exchange.isClientGone
        return .answered(attempt, isGone ? .cancelled : .ok, nil)
    }

    // MARK: Rewriting

    private enum Rewriting {
        case unchanged
        case changed([UInt8])
        case failed(UpstreamFault)
        case stopped(ScanFailure)
    }

    private func rewritten(_ body: ByteBuffer) async -> Rewriting {
        guard let context = way.context else { return .unchanged }
        var answer: CanonicalAnswer
        do throws(UpstreamFault) {
            answer = try AnswerTranslation.read(body.readableBytesView, from: way.upstream)
        } catch {
            return .failed(error)
        }
        var isChanged = way.upstream != session.call.dialect
        if let answerGuard = way.answerGuard {
            let texts = answer.texts
            do throws(ScanFailure) {
                let edited = try await answerGuard.inspect(texts.map { .init(kind: $0.channel.kind, text: $0.text) })
                for (place, text) in edited.enumerated() {
                    guard let text else { continue }
                    isChanged = true
                    answer.replaceText(at: place, with: text)
                }
            } catch {
                return .stopped(error)
            }
        }
        guard isChanged else { return .unchanged }
        return .changed(AnswerTranslation.write(answer, as: session.call.dialect, context, lossy: &session.lossy))
    }

    // MARK: Ends

    private func failed(_ fault: UpstreamFault, _ status: Int) -> AttemptEnd {
        let failure = FailureClass(fault)
        return .failed(timing.ended(status, failure.reason), failure, nil)
    }

    private func ended(_ status: Int, _ reason: String?, _ facts: UnaryFacts) -> Attempt {
        timing.ended(
            status,
            reason,
            usage: facts.usage ?? estimate(output: facts.estimatedOutputTokens),
            source: facts.usage == nil ? .estimated : .provider
        )
    }

    private func estimate(output: Int) -> TokenUsage {
        TokenUsage(input: session.parsed.facts.estimatedInputTokens, output: output)
    }
}
