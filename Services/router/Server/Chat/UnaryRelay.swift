import Contracts
import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import RouterCore

/// Passes a whole answer on, byte for byte, after a look at what it says of itself.
struct UnaryRelay {
    /// The largest answer that is taken.
    private static let bodyLimit = 64 << 20

    let session: ChatSession
    let candidate: Candidate
    let timing: AttemptTiming

    func run(_ response: UpstreamResponse) async -> AttemptEnd {
        let status = Int(response.head.status.code)
        let contentType = response.head.headers.first(name: "content-type") ?? "application/json"
        let body: ByteBuffer
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
        let facts = body.withUnsafeReadableBytes { UnaryFacts.read($0, dialect: session.call.dialect) }
        if let fault = facts.fault {
            let failure = FailureClass(fault)
            return .failed(timing.ended(status, failure.reason), failure, nil)
        }
        session.firstTokenMS = session.call.elapsedMS
        let attempt = timing.ended(
            status,
            nil,
            usage: facts.usage ?? estimate(output: facts.estimatedOutputTokens),
            source: facts.usage == nil ? .estimated : .provider
        )
        let headers = session.headers(from: candidate, contentType: contentType)
        session.call.exchange.respond(response.head.status, headers: headers, body: body)
        let isGone = session.call.exchange.isClientGone
        return .answered(attempt, isGone ? .cancelled : .ok, nil)
    }

    private func estimate(output: Int) -> TokenUsage {
        TokenUsage(input: session.parsed.facts.estimatedInputTokens, output: output)
    }
}
