import Contracts
import Dialects
import HTTP
import RouterCore

extension ChatService {
    /// The least and the most that a first target is waited for, whatever its usual times are.
    private static let hedgeDelays = Duration.milliseconds(100)...Duration.seconds(30)

    /// One attempt, and a second one at another target where the chain hedges and the first is late.
    ///
    /// It is late when it has said nothing for as long as it takes in 95 of 100 cases. Who has the first content answers; the
    /// other one is given up.
    ///
    /// - Returns: The attempt that counts; what became of the other one is noted.
    func hedged(
        _ first: Candidate,
        _ session: ChatSession,
        _ pulse: StreamPulse,
        _ course: AttemptCourse
    ) async throws(RequestFailure) -> (Candidate, AttemptEnd) {
        if session.mayHedge, session.partial == nil, let slow = dispatcher.choices.load(of: first.target).slow {
            return try await raced(first, slow, session, pulse, course)
        }
        do throws(RequestFailure) {
            return (first, try await measured(first, session, pulse))
        } catch {
            dispatcher.withdraw(first, in: course.plan)
            throw error
        }
    }

    /// A first attempt, and a second one beside it when it is late.
    @inline(never)
    private func raced(
        _ first: Candidate,
        _ slow: Duration,
        _ session: ChatSession,
        _ pulse: StreamPulse,
        _ course: AttemptCourse
    ) async throws(RequestFailure) -> (Candidate, AttemptEnd) {
        let race = HedgeRace(first, on: session.call.exchange.loop) { race in
            guard let second = self.dispatcher.beside(first, in: &course.plan) else { return }
            race.run(second) { () throws(RequestFailure) in try await self.measured(second, session, pulse) }
        }
        session.race = race
        defer {
            session.race = nil
            race.end()
        }
        race.allow(min(max(slow, Self.hedgeDelays.lowerBound), Self.hedgeDelays.upperBound))
        let end: Result<AttemptEnd, RequestFailure>
        do throws(RequestFailure) {
            let answer = try await measured(first, session, pulse)
            if !race.hasSecond { return (first, answer) }
            end = .success(answer)
        } catch {
            end = .failure(error)
        }
        race.finished(first, end)
        let (candidate, counted) = try await decided(race, session, course)
        do throws(RequestFailure) {
            return (candidate, try counted.get())
        } catch {
            dispatcher.withdraw(candidate, in: course.plan)
            throw error
        }
    }

    /// Waits for the attempts of a race, and finds the one that counts; what became of the other one is noted.
    @inline(never)
    private func decided(
        _ race: HedgeRace,
        _ session: ChatSession,
        _ course: AttemptCourse
    ) async throws(RequestFailure) -> HedgeRace.End {
        var decided: HedgeRace.End?
        while let (candidate, end) = await race.next() {
            guard decided == nil, !race.hasLost(candidate.target.name) else {
                giveUp(candidate, end, race, session, course.plan)
                continue
            }
            race.ends(candidate.target.name)
            guard race.isRunning, passes(candidate, end, session, &course.plan) else {
                decided = (candidate, end)
                race.giveUp()
                continue
            }
        }
        guard let decided else { throw .clientGone }
        return decided
    }

    /// Takes note of an attempt that failed while another one is under way.
    ///
    /// - Returns: Whether the other one goes on: a request that is at fault itself would fail there too.
    private func passes(
        _ candidate: Candidate,
        _ end: Result<AttemptEnd, RequestFailure>,
        _ session: ChatSession,
        _ plan: inout AttemptPlan
    ) -> Bool {
        switch end {
        case .success(.failed(let attempt, let failure, _)):
            guard failure.action != .stop, !session.call.exchange.isClientGone else { return false }
            session.ended(attempt)
            session.call.route.failed(attempt)
            log(failure, candidate, session)
            dispatcher.failed(failure, candidate, in: &plan)
            return true
        case .success(.lossy):
            dispatcher.passOver(candidate, in: &plan)
            return true
        case .success(.answered), .success(.blocked), .success(.broken), .failure: return false
        }
    }

    /// Takes note of an attempt that another one made needless: what it had sent is paid for.
    private func giveUp(
        _ candidate: Candidate,
        _ end: Result<AttemptEnd, RequestFailure>,
        _ race: HedgeRace,
        _ session: ChatSession,
        _ plan: AttemptPlan
    ) {
        dispatcher.withdraw(candidate, in: plan)
        guard case .success(let end) = end else { return }
        switch end {
        case .answered(var attempt, _, _), .blocked(var attempt, _), .failed(var attempt, _, _),
            .broken(var attempt, _, _):
            if race.hasLost(candidate.target.name) { attempt.reason = HedgeRace.lost }
            if attempt.usage == TokenUsage(), race.hasLeft(candidate.target.name) {
                attempt.usage = TokenUsage(input: session.parsed.facts.estimatedInputTokens)
                attempt.usageSource = .estimated
            }
            session.ended(attempt)
        case .lossy: break
        }
    }
}
