import Contracts
import Dialects
import HTTP
import NIOCore
import RouterCore

extension ChatService {
    /// The least and the most that a first target is waited for, whatever its usual times are.
    private static let hedgeDelays = Duration.milliseconds(100)...Duration.seconds(30)
    /// How often a request that guard or savers still look at is looked for.
    private static let hedgeLook = Duration.milliseconds(20)

    /// What happens while one or two attempts are under way.
    private enum HedgeEvent: Sendable {
        /// The first one is late.
        case late
        /// `nil` for one that was given up before it had anything to tell.
        case ended(Candidate, Result<AttemptEnd, RequestFailure>?)
    }

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
        if session.mayHedge, session.partial == nil, let slow = dispatcher.choices.slow(first.target.name) {
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
        let delay = min(max(slow, Self.hedgeDelays.lowerBound), Self.hedgeDelays.upperBound)
        let race = HedgeRace()
        session.race = race
        defer { session.race = nil }
        let confined = NIOLoopBound((session, pulse), eventLoop: session.call.exchange.loop)
        var decided: (Candidate, Result<AttemptEnd, RequestFailure>)?
        await withTaskGroup(of: HedgeEvent.self) { group in
            race.starts(first.target.name)
            group.addTask { await self.run(first, confined, race) }
            group.addTask { await Self.wait(delay, first, race) }
            var running = 1
            while let event = await group.next() {
                switch event {
                case .late:
                    guard decided == nil, race.isOpen, running == 1, !Task.isCancelled,
                        let second = dispatcher.beside(first, in: &course.plan)
                    else { continue }
                    running += 1
                    race.starts(second.target.name)
                    group.addTask { await self.run(second, confined, race) }
                case .ended(let candidate, let end):
                    running -= 1
                    guard decided == nil, !race.hasLost(candidate.target.name), let end else {
                        giveUp(candidate, end, race, session, course.plan)
                        continue
                    }
                    race.ends(candidate.target.name)
                    guard running > 0, passes(candidate, end, session, &course.plan) else {
                        decided = (candidate, end)
                        group.cancelAll()
                        continue
                    }
                }
            }
        }
        guard let (candidate, end) = decided else { throw .clientGone }
        do throws(RequestFailure) {
            return (candidate, try end.get())
        } catch {
            dispatcher.withdraw(candidate, in: course.plan)
            throw error
        }
    }

    /// An attempt that ends as soon as the other one answers.
    private func run(
        _ candidate: Candidate,
        _ confined: NIOLoopBound<(ChatSession, StreamPulse)>,
        _ race: HedgeRace
    ) async -> HedgeEvent {
        await withTaskGroup(of: Result<AttemptEnd, RequestFailure>?.self) { group in
            group.addTask {
                let (session, pulse) = confined.value
                do throws(RequestFailure) {
                    return .success(try await self.measured(candidate, session, pulse))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await race.untilLost(candidate.target.name)
                return nil
            }
            var end: Result<AttemptEnd, RequestFailure>?
            while let result = await group.next() {
                if let result { end = result }
                group.cancelAll()
            }
            return .ended(candidate, end)
        }
    }

    private static func wait(_ delay: Duration, _ first: Candidate, _ race: HedgeRace) async -> HedgeEvent {
        try? await Task.sleep(for: delay)
        while !race.hasLeft(first.target.name), !Task.isCancelled { try? await Task.sleep(for: hedgeLook) }
        return .late
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
        _ end: Result<AttemptEnd, RequestFailure>?,
        _ race: HedgeRace,
        _ session: ChatSession,
        _ plan: AttemptPlan
    ) {
        dispatcher.withdraw(candidate, in: plan)
        guard case .success(let end)? = end else { return }
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
