import Contracts
import Dialects
import HTTP
import Logging
import NIOCore
import NIOHTTP1
import Observability
import RouterCore

extension ChatService {
    /// Tries the candidates in order until one answers, and keeps the record of it.
    func run(_ session: ChatSession) async throws(RequestFailure) {
        metrics.began()
        do throws(RequestFailure) {
            finish(session, try await attempt(session))
        } catch {
            session.call.guardHeader = session.preparation.guardHeader
            finish(session, session.preparation.isBlocked ? .blocked : Self.outcome(of: error))
            throw error
        }
    }

    @inline(never)
    private func finish(_ session: ChatSession, _ outcome: Outcome) {
        close(session.record(outcome), session.admission)
        metrics.ended(session, outcome)
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
        let targets = try await session.parsed.facts.embedding == nil ? session.targets : able(session)
        let (plan, step) = dispatcher.plan(targets, session.routing.state, affinity: session.conversation.affinity)
        let course = AttemptCourse(plan: plan, step: step)
        let pulse = StreamPulse(session, every: keepAlive)
        defer { pulse.stop() }
        course.tellSkips(&session.call.route)
        while case .attempt(let first) = course.step {
            let (candidate, end) = try await hedged(first, session, pulse, course)
            if let outcome = try take(end, of: candidate, session, course) { return outcome }
        }
        throw course.failure
    }

    /// Takes note of how an attempt ended, and finds where the request goes next.
    ///
    /// - Returns: How the request ended; `nil` where it goes on.
    @inline(never)
    private func take(
        _ end: AttemptEnd,
        of candidate: Candidate,
        _ session: ChatSession,
        _ course: AttemptCourse
    ) throws(RequestFailure) -> Outcome? {
        switch end {
        case .answered(let attempt, let outcome, let failure):
            session.ended(attempt)
            note(outcome, failure, candidate, session)
            return outcome
        case .blocked(let attempt, let error):
            session.ended(attempt)
            throw .error(error)
        case .broken(let attempt, let failure, let partial):
            goOn(with: partial, after: attempt, failure, of: candidate, session, course)
        case .lossy(let names):
            course.lose(names)
            course.step = dispatcher.skip(candidate, for: "lossy", in: &course.plan)
        case .failed(let attempt, let failure, let passed):
            session.ended(attempt)
            if session.call.exchange.isClientGone || Task.isCancelled {
                dispatcher.withdraw(candidate, in: course.plan)
                throw .clientGone
            }
            log(failure, candidate, session)
            session.call.route.failed(attempt)
            course.last = (failure, passed)
            course.step = dispatcher.next(after: failure, of: candidate, in: &course.plan)
            if caller.timeouts.request <= session.waiting { course.step = .exhausted(until: nil) }
        }
        if session.partial != nil { leaveOut(course) { session.goesOn($0) } }
        course.tellSkips(&session.call.route)
        return nil
    }

    /// Passes over the targets that a request cannot go to any more.
    private func leaveOut(_ course: AttemptCourse, unless fits: (RoutedTarget) -> Bool) {
        while case .attempt(let next) = course.step, !fits(next.target) {
            course.step = dispatcher.skip(next, for: "no_prefill", in: &course.plan)
        }
    }

    /// Takes note of an attempt that broke off, and tells a client of events who goes on.
    private func goOn(
        with partial: PartialAnswer,
        after attempt: Attempt,
        _ failure: FailureClass,
        of candidate: Candidate,
        _ session: ChatSession,
        _ course: AttemptCourse
    ) {
        log(failure, candidate, session)
        course.broken = failure
        course.step = dispatcher.next(after: failure, of: candidate, in: &course.plan)
        leaveOut(course) { session.goesOn($0) }
        var attempt = attempt
        defer { session.ended(attempt) }
        guard case .attempt(let next) = course.step else { return }
        let reason = attempt.reason ?? "unknown"
        attempt.reason = "\(reason)_resumed"
        session.goesOn(with: partial)
        guard session.call.form == nil else { return }
        let name = HeaderText.safe(next.target.name, atMost: RouteNote.nameLimit)
        session.call.exchange.writeIfReady(ByteBuffer(string: ": resumed by \(name) after \(reason)\n\n"))
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
    func measured(
        _ candidate: Candidate,
        _ session: ChatSession,
        _ pulse: StreamPulse
    ) async throws(RequestFailure) -> AttemptEnd {
        guard session.routing.state.measuresLoads else { return try await attempt(candidate, session, pulse) }
        let (load, start) = (dispatcher.choices.load(of: candidate.target), session.call.elapsedMS)
        let before = session.firstTokenMS
        load.began()
        defer {
            // The client's first content, less what earlier attempts took; who is still silent when another one speaks has
            // taken that long at least.
            let hasLost = session.race?.hasLost(candidate.target.name) ?? false
            let first =
                hasLost
                ? session.call.elapsedMS - start : before == nil ? session.firstTokenMS.map { $0 - start } : nil
            load.ended(firstTokenMS: first, now: .now)
        }
        return try await attempt(candidate, session, pulse)
    }

    /// One attempt: noted in the spool before its first byte leaves.
    ///
    /// What hardly any attempt needs stands in functions that are not inlined: this one's frame is paid for by every request.
    private func attempt(
        _ candidate: Candidate,
        _ session: ChatSession,
        _ pulse: StreamPulse
    ) async throws(RequestFailure) -> AttemptEnd {
        let timing = AttemptTiming(session.opening(candidate))
        let prepared: PreparedEdits
        if let ready = preparer.preparedAtOnce(session.preparation, for: session.scope(of: candidate.target)) {
            prepared = ready
        } else {
            prepared = try await prepare(session, for: candidate.target)
        }
        guard let endpoint = session.routing.endpoint(of: candidate), let body = try body(session, candidate, prepared)
        else {
            return Self.refused(timing, "no_address")
        }
        let answerGuard = answerGuard(body, session, candidate, prepared)
        if session.partial != nil, answerGuard != nil {
            // It would see the second half alone.
            return Self.refused(timing, "guarded")
        }
        if session.isStrict, !body.lossy.isEmpty { return .lossy(body.lossy) }
        let authorized: UpstreamCaller.Authorized
        if let ready = caller.authorizedAtOnce(candidate) {
            authorized = ready
        } else {
            switch await authorization(candidate, at: endpoint, timing) {
            case .success(let ready): authorized = ready
            case .failure(let end): return end.end
            }
        }
        try keep(timing, session)
        var outgoing = outgoing(body, session)
        outgoing.abort = session.race?.left(candidate.target.name)
        let response: UpstreamResponse
        do throws(TransportFailure) {
            response = try await caller.send(outgoing, for: authorized, at: endpoint)
        } catch {
            return unanswered(error, candidate, session, timing)
        }
        guard (200..<300).contains(response.head.status.code) else {
            return await refused(response, body.dialect, candidate, session, timing)
        }
        dispatcher.answers(candidate)
        let way = AnswerWay(
            body,
            session,
            answerGuard,
            savings: prepared.savings
        )
        if session.isStream, way.streams { return await streamed(response, candidate, session, timing, pulse, way) }
        let relay = UnaryRelay(session: session, candidate: candidate, timing: timing, pulse: pulse, way: way)
        return await relay.run(response)
    }

    /// An attempt that may not leave.
    @inline(never)
    private static func refused(_ timing: AttemptTiming, _ reason: String) -> AttemptEnd {
        .failed(timing.ended(0, reason), FailureClass(.refusedByPolicy), nil)
    }

    /// An attempt that ended before it could leave.
    private struct Halted: Error {
        let end: AttemptEnd
    }

    @inline(never)
    private func authorization(
        _ candidate: Candidate,
        at endpoint: UpstreamEndpoint,
        _ timing: AttemptTiming
    ) async -> Result<UpstreamCaller.Authorized, Halted> {
        do throws(GoogleTokens.Refusal) {
            return .success(try await caller.authorized(candidate, at: endpoint))
        } catch {
            return .failure(Halted(end: .failed(timing.ended(error.status, error.failure.reason), error.failure, nil)))
        }
    }

    /// Who looks at an attempt's answer.
    @inline(never)
    private func answerGuard(
        _ body: AttemptBody,
        _ session: ChatSession,
        _ candidate: Candidate,
        _ prepared: PreparedEdits
    ) -> AnswerGuard? {
        guard body.embedding == nil else { return nil }
        return preparer.answerGuard(session.preparation, prepared, session.scope(of: candidate.target))
    }

    /// An attempt that got no answer.
    @inline(never)
    private func unanswered(
        _ error: TransportFailure,
        _ candidate: Candidate,
        _ session: ChatSession,
        _ timing: AttemptTiming
    ) -> AttemptEnd {
        // Who has the request may work on it, and bill it, although the client has left.
        let usage = TokenUsage(input: error == .cancelled ? session.parsed.facts.estimatedInputTokens : 0)
        let failure = FailureClass(error, message: told(error, candidate))
        return .failed(timing.ended(0, error.rawValue, usage: usage, source: .estimated), failure, nil)
    }

    @inline(never)
    private func streamed(
        _ response: UpstreamResponse,
        _ candidate: Candidate,
        _ session: ChatSession,
        _ timing: AttemptTiming,
        _ pulse: StreamPulse,
        _ way: AnswerWay
    ) async -> AttemptEnd {
        var relay = StreamRelay(session, candidate, timing, pulse, way)
        return await relay.run(response)
    }

    /// What a client is told of a failure whose kind does not say enough: that a way out is down is no provider's doing.
    private func told(_ failure: TransportFailure, _ candidate: Candidate) -> String? {
        guard failure == .proxiesDown else { return nil }
        return "\(candidate.target.provider.id): \(failure.explanation(behind: candidate.account.proxy))"
    }

    /// Notes an attempt in the spool before its first byte leaves.
    @inline(never)
    private func keep(_ timing: AttemptTiming, _ session: ChatSession) throws(RequestFailure) {
        session.began(timing)
        do throws(SpoolError) {
            try spool.open(session.record(.interrupted))
        } catch {
            session.took(back: timing)
            logger.error("the spool takes no more", metadata: ["error": "\(error)"])
            throw .error(ClientError(.unavailable, error.explanation, retryAfter: 5))
        }
    }

    private func outgoing(_ body: AttemptBody, _ session: ChatSession) -> UpstreamCaller.Outgoing {
        UpstreamCaller.Outgoing(
            body: body.bytes,
            isStream: body.streams,
            purpose: body.embedding == nil ? .answer : .embed,
            dialect: body.dialect,
            query: body.dialect == session.call.dialect ? session.call.exchange.query : nil,
            clientHeaders: session.call.exchange.head.headers,
            trace: session.call.trace,
            remaining: max(.milliseconds(1), caller.timeouts.request - session.waiting)
        )
    }

    /// Lets guard and savers see the request as it goes to a target.
    @inline(never)
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

    @inline(never)
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
    @inline(never)
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

    func log(_ failure: FailureClass, _ candidate: Candidate, _ session: ChatSession) {
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
