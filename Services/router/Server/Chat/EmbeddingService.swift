import Contracts
import Dialects
import HTTP
import JSON
import Logging
import NIOCore
import NIOHTTP1
import Observability
import PeerRPC
import RouterCore

/// Answers `router.v1.Embeddings`: vectors of texts for the gateway's own services.
///
/// What it sends goes the way of a client's request, by the same accounts and cool-downs, but past guard and savers, whose own
/// question it is. No key pays for it: the ledger has it under ``UsageRecord/systemKey``.
struct EmbeddingService: Sendable {
    /// What a caller may wait that names no deadline, or a later one.
    static let longestWait = Duration.seconds(10)

    let dispatcher: Dispatcher
    let caller: UpstreamCaller
    let spool: Spool
    let settler: SpoolSettler
    let metrics: RouterMetrics
    let logger: Logger

    func register(on registry: inout RPCRegistry) {
        registry.register(RouterMethods.embed) { [self] request, context throws(ServiceError) in
            try await embed(request, until: min(context.deadline ?? .now + Self.longestWait, .now + Self.longestWait))
        }
    }

    /// What one call works with, and what its record says; of one task.
    private struct Work {
        let parsed: ParsedChat
        let embedding: EmbeddingInput
        let deadline: ContinuousClock.Instant
        let trace = TraceContext.make()
        var record: UsageRecord
    }

    private func embed(
        _ request: EmbedRequest,
        until deadline: ContinuousClock.Instant
    ) async throws(ServiceError) -> EmbedReply {
        let started = ContinuousClock.now
        let (parsed, embedding) = try read(request)
        let routing = dispatcher.routing
        let targets = try targets(request.model, routing.state)
        var work = Work(
            parsed: parsed,
            embedding: embedding,
            deadline: deadline,
            record: UsageRecord(
                requestID: RequestID.make(),
                keyID: UsageRecord.systemKey,
                outcome: .providerError,
                dialect: Dialect.openAIChat.rawValue,
                requestedModel: request.model,
                startedUS: Int(WallClock.now()),
                totalMS: 0
            )
        )
        let result = await run(&work, targets, routing)
        work.record.totalMS = (.now - started).wholeMilliseconds
        // What was never sent is nobody's usage.
        if !work.record.attempts.isEmpty { close(work.record) }
        return EmbedReply(vectors: try result.get())
    }

    // MARK: What is asked

    private func read(_ request: EmbedRequest) throws(ServiceError) -> (ParsedChat, EmbeddingInput) {
        guard (1...EmbedRequest.mostTexts).contains(request.texts.count) else {
            throw .invalid("texts", "1 to \(EmbedRequest.mostTexts) texts")
        }
        guard request.texts.reduce(0, { $0 + $1.utf8.count }) <= EmbedRequest.mostBytes else {
            throw .invalid("texts", "at most \(EmbedRequest.mostBytes) bytes together")
        }
        var writer = JSONWriter()
        writer.object { fields in
            fields.string("model", request.model)
            fields.array("input") { items in for text in request.texts { items.string(text) } }
        }
        guard let document = try? JSONDocument(writer.bytes) else { throw .invalid("texts", "cannot be written") }
        do throws(DialectError) {
            let facts = try Dialects.RequestFacts.readEmbeddings(document)
            guard let embedding = facts.embedding else { throw DialectError("input", "is required") }
            return (ParsedChat(document: document, facts: facts), embedding)
        } catch {
            let field = error.parameter.hasPrefix("input") ? "texts" + error.parameter.dropFirst(5) : error.parameter
            throw .invalid(field, error.problem)
        }
    }

    private func targets(_ model: String, _ state: RouterState) throws(ServiceError) -> [RoutedTarget] {
        let resolution: Resolution
        do throws(ResolutionError) {
            resolution = try ModelResolver.resolve(model, in: state)
        } catch {
            throw .invalid("model", error.message)
        }
        let (fitting, _, refusal) = EmbeddingFit(isTokens: false) { _ in false }.among(resolution.targets)
        if fitting.isEmpty, let refusal { throw .invalid("model", refusal.message) }
        return fitting
    }

    // MARK: Attempts

    private func run(
        _ work: inout Work,
        _ targets: [RoutedTarget],
        _ routing: RoutingTable
    ) async -> Result<[[Double]], ServiceError> {
        var (plan, step) = dispatcher.plan(targets, routing.state, affinity: UInt64.random(in: .min ... .max))
        var last: FailureClass?
        while case .attempt(let candidate) = step, work.deadline > .now, !Task.isCancelled {
            let usage = TokenUsage(input: work.parsed.facts.estimatedInputTokens)
            let opening = Attempt(work.record.attempts.count + 1, at: candidate, reserved: usage)
            if let refusal = keep(opening, work.record) {
                dispatcher.withdraw(candidate, in: plan)
                return .failure(refusal)
            }
            let attempt = await attempt(candidate, AttemptTiming(opening), work, routing)
            work.record.attempts.append(attempt.note)
            switch attempt.end {
            case .vectors(let vectors):
                work.record.outcome = .ok
                dispatcher.succeeded(candidate)
                metrics.attemptSucceeded(candidate)
                return .success(vectors)
            case .failed(let failure):
                last = failure
                metrics.attemptFailed(candidate, failure)
                if failure.reason == TransportFailure.cancelled.rawValue {
                    work.record.outcome = .cancelled
                    dispatcher.withdraw(candidate, in: plan)
                    return .failure(Self.unavailable(failure))
                }
                step = dispatcher.next(after: failure, of: candidate, in: &plan)
            }
        }
        if case .attempt(let candidate) = step { dispatcher.withdraw(candidate, in: plan) }
        return .failure(Self.unavailable(last))
    }

    private static func unavailable(_ failure: FailureClass?) -> ServiceError {
        ServiceError(
            .unavailable,
            reason: failure?.reason ?? "no_account",
            message: failure == nil ? "every account of the model is left alone now" : "the model's provider failed",
            origin: .provider
        )
    }

    private struct Ended {
        enum End {
            case vectors([[Double]])
            case failed(FailureClass)
        }

        var note: Attempt
        var end: End

        static func failed(_ note: Attempt, _ failure: FailureClass) -> Ended {
            Ended(note: note, end: .failed(failure))
        }
    }

    private func attempt(
        _ candidate: Candidate,
        _ timing: AttemptTiming,
        _ work: Work,
        _ routing: RoutingTable
    ) async -> Ended {
        guard let endpoint = routing.endpoint(of: candidate),
            let body = try? AttemptBody.embeddings(work.parsed, work.embedding, for: candidate.target, [])
        else {
            return .failed(timing.ended(0, "no_address"), FailureClass(.refusedByPolicy))
        }
        let outgoing = UpstreamCaller.Outgoing(
            body: body.bytes,
            isStream: false,
            purpose: .embed,
            dialect: body.dialect,
            trace: work.trace,
            remaining: max(.milliseconds(1), work.deadline - .now)
        )
        do throws(TransportFailure) {
            let authorized = UpstreamCaller.Authorized(candidate: candidate, owner: nil)
            let response = try await caller.send(outgoing, for: authorized, at: endpoint)
            let status = Int(response.head.status.code)
            guard (200..<300).contains(status) else {
                let bytes = await response.beginning(limit: UpstreamCaller.errorBodyLimit)
                let headers = response.head.headers
                let failure = FailureClass(
                    status: status,
                    body: bytes.readableBytesView,
                    dialect: body.dialect,
                    retryAfter: RetryAfter.read(now: Int(WallClock.now()) / 1_000_000) { headers.first(name: $0) }
                )
                return .failed(timing.ended(status, failure.reason), failure)
            }
            dispatcher.answers(candidate)
            return vectors(try await response.whole(limit: UnaryRelay.bodyLimit), status, body.dialect, timing, work)
        } catch {
            // Who has the request may bill it, although nobody waits for the answer.
            let usage = TokenUsage(input: error == .cancelled ? work.parsed.facts.estimatedInputTokens : 0)
            return .failed(timing.ended(0, error.rawValue, usage: usage, source: .estimated), FailureClass(error))
        }
    }

    private func vectors(
        _ answer: [UInt8],
        _ status: Int,
        _ dialect: Dialect,
        _ timing: AttemptTiming,
        _ work: Work
    ) -> Ended {
        let facts = UnaryFacts.read(answer, dialect: dialect)
        let usage = facts.usage?.asInput ?? TokenUsage(input: work.parsed.facts.estimatedInputTokens)
        let source: UsageSource = facts.usage == nil ? .estimated : .provider
        do throws(UpstreamFault) {
            if let fault = facts.fault { throw fault }
            let vectors = try EmbeddingTranslation.numbers(in: answer, of: dialect, count: work.embedding.count)
            return Ended(note: timing.ended(status, nil, usage: usage, source: source), end: .vectors(vectors))
        } catch {
            let failure = FailureClass(error)
            return .failed(timing.ended(status, failure.reason, usage: usage, source: source), failure)
        }
    }

    // MARK: The record

    /// Notes an attempt in the spool before its first byte leaves: what it may cost outlives this process.
    ///
    /// - Returns: Why there is no room for it.
    private func keep(_ opening: Attempt, _ record: UsageRecord) -> ServiceError? {
        var record = record
        record.outcome = .interrupted
        record.attempts.append(opening)
        do throws(SpoolError) {
            try spool.open(record)
            return nil
        } catch {
            logger.error("the spool takes no more", metadata: ["error": "\(error)"])
            return ServiceError(.unavailable, reason: "spool", message: error.explanation, origin: .gateway)
        }
    }

    private func close(_ record: UsageRecord) {
        do throws(SpoolError) {
            try spool.close(record)
            settler.wake()
        } catch {
            logger.error("a record could not be kept", metadata: ["error": "\(error)"])
        }
    }
}
