import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import RouterCore
import Tokens

/// Counting the tokens of a request without sending it.
extension ChatService {
    /// How long a provider may take to count before it is counted here.
    private static let countTime = Duration.seconds(5)
    private static let countAnswerLimit = 64 << 10

    /// Who has counted.
    private enum Counter: String {
        /// The target's own provider.
        case provider
        /// The router, with the model's own vocabulary.
        case exact
        /// The router, with another vocabulary or with parts whose tokens only the provider knows.
        case estimate
    }

    /// Answers `countTokens` in Gemini's dialect and `count_tokens` in Anthropic's.
    ///
    /// The first target's provider counts where its dialect has a word for it and no policy of the guard's looks at what
    /// the key sends there: who counts sees the texts, and with them what policies keep from it. Else it is counted here.
    /// Nothing is reserved and nothing is owed.
    @inline(never)
    func count(_ call: ChatCall) async throws(RequestFailure) {
        let digest = try digest(of: call)
        let standing: KeyStanding
        do throws(ClientError) {
            standing = try await meter.identify(keySHA256: digest)
        } catch {
            throw call.exchange.isClientGone ? .clientGone : .error(error)
        }
        let document = try await document(of: call)
        let routing = dispatcher.routing
        let request: CountRequest
        let resolution: Resolution
        do throws(DialectError) {
            request = try CountRequest(document, dialect: call.dialect, path: call.path)
        } catch {
            throw .error(ClientError(error))
        }
        do throws(ResolutionError) {
            resolution = try ModelResolver.resolve(request.facts.model, in: routing.state)
        } catch {
            throw .error(error.clientError(showingHint: true))
        }
        let counted: (tokens: Int, by: Counter)
        if let tokens = try await asked(request, resolution, standing, routing, call) {
            counted = (tokens, .provider)
        } else {
            counted = try here(request, resolution.targets.first)
        }
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: "application/json")
        headers.add(name: "x-keirouter-count", value: counted.by.rawValue)
        let body = CountRequest.answer(counted.tokens, as: call.dialect)
        call.exchange.respond(.ok, headers: headers, body: ByteBuffer(bytes: body))
    }

    // MARK: Here

    /// Counts with what is remembered of earlier turns, so that a turn costs its new text alone.
    ///
    /// The vocabularies lie in the program's file: of one that never counts nothing of them is in memory.
    private func here(
        _ request: CountRequest,
        _ target: RoutedTarget?
    ) throws(RequestFailure) -> (tokens: Int, by: Counter) {
        do throws(DialectError) {
            let known = target.flatMap { CountRequest.vocabulary(of: $0.model) }
            let vocabulary = known ?? .o200k
            let counter = vocabulary == .cl100k ? TokenCounter.cl100k : .o200k
            let count = try request.counted { [counts] text in
                counts.count(text, in: vocabulary.rawValue) { counter.count($0) }
            }
            return (count.tokens, known != nil && count.isTextAlone ? .exact : .estimate)
        } catch {
            throw .error(ClientError(error))
        }
    }

    // MARK: The provider

    /// The count of the first permitted target's provider; `nil` where it has none, may not see the texts, or fails.
    private func asked(
        _ request: CountRequest,
        _ resolution: Resolution,
        _ standing: KeyStanding,
        _ routing: RoutingTable,
        _ call: ChatCall
    ) async throws(RequestFailure) -> Int? {
        let targets = resolution.targets.map { Target(provider: $0.provider.id, model: $0.model) }
        guard let place = standing.allowance.permitted(requested: resolution.requested, targets: targets).first,
            let name = standing.name
        else { return nil }
        let target = resolution.targets[place]
        let scope = RequestScope(
            tenant: "",
            key: name,
            chain: resolution.chain,
            provider: target.provider.id,
            model: target.model
        )
        guard target.provider.connector == nil,
            let dialect = target.provider.dialect(for: call.dialect, model: target.model),
            !preparer.guardLink.rules(.inbound, scope).isActive,
            let candidate = dispatcher.account(for: target, routing.state),
            let endpoint = routing.endpoint(of: candidate),
            let body = try body(request, dialect, target)
        else { return nil }
        let outgoing = UpstreamCaller.Outgoing(
            body: ByteBuffer(bytes: body),
            isStream: false,
            purpose: .count,
            dialect: dialect,
            query: dialect == call.dialect ? call.exchange.query : nil,
            clientHeaders: call.exchange.head.headers,
            trace: call.trace,
            remaining: Self.countTime
        )
        let authorized = UpstreamCaller.Authorized(candidate: candidate, owner: nil)
        guard let response = try? await caller.send(outgoing, for: authorized, at: endpoint) else { return nil }
        let answer = await response.beginning(limit: Self.countAnswerLimit)
        guard response.head.status.code == 200 else { return nil }
        return CountRequest.count(in: answer.readableBytesView, of: dialect)
    }

    private func body(
        _ request: CountRequest,
        _ dialect: Dialect,
        _ target: RoutedTarget
    ) throws(RequestFailure) -> [UInt8]? {
        do throws(DialectError) {
            return try request.body(for: dialect, model: target.model)
        } catch {
            throw .error(ClientError(error))
        }
    }
}
