import Contracts
import Dialects
import HTTP
import Logging
import NIOCore
import NIOHTTP1
import Observability
import RouterCore

/// How one attempt ended.
enum AttemptEnd {
    /// The client has its answer, whole or with an error event at its end; `attempt` says what it used.
    case answered(Attempt, Outcome, FailureClass?)
    /// Nothing of this attempt has reached the client.
    case failed(Attempt, FailureClass, PassedError?)
    /// The guard stopped the answer; what had been released before is the client's.
    case blocked(Attempt, ClientError)
    /// The key demands that nothing is lost, and on the way to this target these parameters would be: nothing was sent.
    case lossy([String])
}

/// A provider's own error, which the client's library can read as it is.
struct PassedError {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    let body: ByteBuffer
}

extension ChatService {
    /// Tries the candidates in order until one answers, and keeps the record of it.
    func run(_ session: ChatSession) async throws(RequestFailure) {
        metrics.began()
        do throws(RequestFailure) {
            let outcome = try await attempt(session)
            close(session.record(outcome), session.admission)
            metrics.ended(session, outcome)
        } catch {
            let outcome = session.preparation.isBlocked ? .blocked : Self.outcome(of: error)
            close(session.record(outcome), session.admission)
            metrics.ended(session, outcome)
            throw error
        }
    }

    private static func outcome(of failure: RequestFailure) -> Outcome {
        switch failure {
        case .clientGone: .cancelled
        case .passed: .clientError
        case .edge: .clientError
        case .error(let error):
            switch error.kind {
            case .invalidRequest, .contentPolicy, .requestTooLarge: .clientError
            default: .providerError
            }
        }
    }

    private func attempt(_ session: ChatSession) async throws(RequestFailure) -> Outcome {
        var (plan, step) = dispatcher.plan(
            session.targets,
            session.routing.state,
            affinity: session.conversation.affinity
        )
        let pulse = StreamPulse(session, every: keepAlive)
        defer { pulse.stop() }
        var last: (failure: FailureClass, passed: PassedError?)?
        var told = 0
        func tellSkips() {
            guard plan.skipped.count > told else { return }
            session.call.route.skipped(plan.skipped[told...])
            told = plan.skipped.count
        }
        tellSkips()
        var lost: [String] = []
        while case .attempt(let candidate) = step {
            let end = try await measured(candidate, session, pulse)
            switch end {
            case .answered(let attempt, let outcome, let failure):
                session.ended(attempt)
                note(outcome, failure, candidate, session)
                return outcome
            case .blocked(let attempt, let error):
                session.ended(attempt)
                throw .error(error)
            case .lossy(let names):
                for name in names where !lost.contains(name) { lost.append(name) }
                step = dispatcher.skip(candidate, in: &plan)
                tellSkips()
            case .failed(let attempt, let failure, let passed):
                session.ended(attempt)
                if session.call.exchange.isClientGone || Task.isCancelled { throw .clientGone }
                log(failure, candidate, session)
                session.call.route.failed(attempt)
                last = (failure, passed)
                step = dispatcher.next(after: failure, of: candidate, in: &plan)
                tellSkips()
                if caller.timeouts.request <= session.call.elapsed { step = .exhausted(until: nil) }
            }
        }
        guard case .exhausted(let until) = step else { throw .error(ClientError(.internal, "no attempt was planned")) }
        if let passed = last?.passed {
            throw .passed(status: passed.status, headers: passed.headers, body: passed.body)
        }
        if last == nil, !lost.isEmpty { throw .error(ClientError(losing: lost)) }
        throw .error(plan.clientError(after: last?.failure, until: until, now: .now))
    }

    /// Takes note of an answer that the client has, whole or broken off.
    private func note(_ outcome: Outcome, _ failure: FailureClass?, _ candidate: Candidate, _ session: ChatSession) {
        if let failure {
            log(failure, candidate, session)
            dispatcher.failed(failure, candidate)
        } else if outcome == .ok {
            let isOnly = session.attempts.count == 1
            dispatcher.succeeded(candidate, firstTokenMS: isOnly ? session.firstTokenMS : nil)
            keep(session, at: candidate)
            metrics.attemptSucceeded(candidate)
        }
    }

    /// One attempt, noted as load where a chain goes by it.
    private func measured(
        _ candidate: Candidate,
        _ session: ChatSession,
        _ pulse: StreamPulse
    ) async throws(RequestFailure) -> AttemptEnd {
        guard session.routing.state.measuresLoads else { return try await attempt(candidate, session, pulse) }
        let (name, start) = (candidate.target.name, session.call.elapsedMS)
        let before = session.firstTokenMS
        dispatcher.choices.began(name)
        defer {
            // The client's first content, less what earlier attempts took.
            let first = before == nil ? session.firstTokenMS.map { $0 - start } : nil
            dispatcher.choices.ended(name, firstTokenMS: first, now: .now)
        }
        return try await attempt(candidate, session, pulse)
    }

    /// One attempt: noted in the spool before its first byte leaves.
    private func attempt(
        _ candidate: Candidate,
        _ session: ChatSession,
        _ pulse: StreamPulse
    ) async throws(RequestFailure) -> AttemptEnd {
        let opening = session.opening(candidate)
        let timing = AttemptTiming(opening)
        let prepared = try await prepare(session, for: candidate.target)
        guard let endpoint = session.routing.endpoint(of: candidate), let body = try body(session, candidate, prepared)
        else {
            return .failed(timing.ended(0, "no_address"), FailureClass(.refusedByPolicy), nil)
        }
        if session.isStrict, !body.lossy.isEmpty { return .lossy(body.lossy) }
        do throws(SpoolError) {
            try spool.open(session.record(.interrupted, with: opening))
        } catch {
            logger.error("the spool takes no more", metadata: ["error": "\(error)"])
            throw .error(ClientError(.unavailable, "the gateway cannot keep account of requests now", retryAfter: 5))
        }
        let outgoing = UpstreamCaller.Outgoing(
            body: body.bytes,
            isStream: body.streams,
            dialect: body.dialect,
            query: body.dialect == session.call.dialect ? session.call.exchange.query : nil,
            clientHeaders: session.call.exchange.head.headers,
            trace: session.call.trace,
            remaining: max(.milliseconds(1), caller.timeouts.request - session.call.elapsed)
        )
        let response: UpstreamResponse
        do throws(TransportFailure) {
            response = try await caller.send(outgoing, for: candidate, at: endpoint)
        } catch {
            // Who has the request may work on it, and bill it, although the client has left.
            let usage = TokenUsage(input: error == .cancelled ? session.parsed.facts.estimatedInputTokens : 0)
            return .failed(timing.ended(0, error.rawValue, usage: usage, source: .estimated), FailureClass(error), nil)
        }
        guard (200..<300).contains(response.head.status.code) else {
            return await refused(response, body.dialect, candidate, session, timing)
        }
        dispatcher.answers(candidate)
        let way = AnswerWay(
            body,
            session,
            preparer.answerGuard(session.preparation, prepared, session.scope(of: candidate.target))
        )
        if session.isStream, way.streams {
            var relay = StreamRelay(session, candidate, timing, pulse, way)
            return await relay.run(response)
        }
        let relay = UnaryRelay(session: session, candidate: candidate, timing: timing, pulse: pulse, way: way)
        return await relay.run(response)
    }

    /// Lets guard and savers see the request as it goes to a target.
    private func prepare(
        _ session: ChatSession,
        for target: RoutedTarget
    ) async throws(RequestFailure) -> PreparedEdits {
        let others = session.targets.count > 1 ? session.targets.filter { $0 != target }.map(session.scope(of:)) : []
        do throws(ClientError) {
            return try await preparer.prepare(session.preparation, for: session.scope(of: target), others: others)
        } catch {
            throw session.call.exchange.isClientGone ? .clientGone : .error(error)
        }
    }

    private func body(
        _ session: ChatSession,
        _ candidate: Candidate,
        _ prepared: PreparedEdits
    ) throws(RequestFailure) -> AttemptBody? {
        do throws(DialectError) {
            return try session.body(for: candidate.target, prepared)
        } catch {
            throw .error(ClientError(error))
        }
    }

    /// Reads what a provider says against a request.
    private func refused(
        _ response: UpstreamResponse,
        _ dialect: Dialect,
        _ candidate: Candidate,
        _ session: ChatSession,
        _ timing: AttemptTiming
    ) async -> AttemptEnd {
        let status = response.head.status
        let headers = response.head.headers
        let body = await response.beginning(limit: UpstreamCaller.errorBodyLimit)
        let failure = FailureClass(
            status: Int(status.code),
            body: body.readableBytesView,
            dialect: dialect,
            retryAfter: RetryAfter.read(now: session.call.startedUS / 1_000_000) { headers.first(name: $0) }
        )
        let passed =
            failure.passesBody && dialect == session.call.dialect
            ? PassedError(
                status: status,
                headers: session.headers(
                    from: candidate,
                    contentType: headers.first(name: "content-type") ?? "application/json"
                ).without(session.call.baseHeaders),
                body: body
            ) : nil
        return .failed(timing.ended(Int(status.code), failure.reason), failure, passed)
    }

    private func log(_ failure: FailureClass, _ candidate: Candidate, _ session: ChatSession) {
        metrics.attemptFailed(candidate, failure)
        logger.notice(
            "attempt failed",
            metadata: [
                LogKeys.requestID: "\(session.call.requestID)",
                LogKeys.providerName: "\(candidate.target.provider.id)",
                LogKeys.requestModel: "\(candidate.target.model)",
                LogKeys.errorType: "\(failure.reason)",
                LogKeys.responseStatus: "\(failure.fault.status ?? 0)",
                "keirouter.account": "\(candidate.account.id)",
            ]
        )
        logger.debug(
            "what the provider said",
            metadata: [
                LogKeys.requestID: "\(session.call.requestID)", "error": "\(failure.fault.message ?? "")",
            ]
        )
    }
}

/// When an attempt began, and what its note in the record is made from.
struct AttemptTiming {
    private let opening: Attempt
    private let start = ContinuousClock.now

    init(_ opening: Attempt) {
        self.opening = opening
    }

    /// The attempt as it ended.
    ///
    /// - Parameters:
    ///   - status: The HTTP status, 0 when there was none.
    ///   - reason: Why it failed.
    ///   - usage: What it used; nothing when it never answered.
    ///   - source: Who counted.
    /// - Returns: The note.
    func ended(
        _ status: Int,
        _ reason: String?,
        usage: TokenUsage = TokenUsage(),
        source: UsageSource = .provider
    ) -> Attempt {
        var attempt = opening
        attempt.status = status
        attempt.reason = reason
        attempt.durationMS = (.now - start).wholeMilliseconds
        attempt.usage = usage
        attempt.usageSource = source
        return attempt
    }
}

extension HTTPHeaders {
    /// These headers without those of the same names in `others`.
    fileprivate func without(_ others: HTTPHeaders) -> HTTPHeaders {
        var headers = self
        for (name, _) in others { headers.remove(name: name) }
        return headers
    }
}
