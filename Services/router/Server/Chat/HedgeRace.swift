import HTTP
import NIOCore
import RouterCore

/// Attempts of one request that run beside each other, each in a task of its own, until one has something for the client.
///
/// Confined to the request's event loop: what happens in it happens one after another.
final class HedgeRace: CoarseAlarm {
    /// The reason of an attempt that was given up because another one answered.
    static let lost = "hedge_lost"

    /// What happens while attempts are under way.
    enum Event {
        /// The only one has been on its way for too long without a word.
        case late
        case ended(Candidate, Result<AttemptEnd, RequestFailure>)
    }

    private struct Runner {
        let name: String
        let start = ContinuousClock.now
        /// Whether its request is on its way: what it costs is spent.
        var hasLeft = false
        /// Whether it ended without an answer.
        var hasEnded = false
        var task: Task<Void, Never>?
    }

    private let loop: any EventLoop
    private let signal: LoopSignal
    /// One, or two once the first is late.
    private var runners: [Runner] = []
    private var ends: [(Candidate, Result<AttemptEnd, RequestFailure>)] = []
    private var running = 0
    private var winner: String?
    private var isDue = false
    /// Whether nobody waits for it any more.
    private(set) var isOver = false

    init(_ loop: any EventLoop) {
        self.loop = loop
        signal = LoopSignal(loop)
    }

    // MARK: For the one who waits

    /// Whether an attempt is under way.
    var isRunning: Bool { running > 0 }

    /// Begins an attempt at a target that none is made at yet; it runs up to its first wait before this returns.
    func run(_ candidate: Candidate, _ attempt: @escaping () async throws(RequestFailure) -> AttemptEnd) {
        let place = runners.count
        runners.append(Runner(name: candidate.target.name))
        running += 1
        let bound = NIOLoopBound((self, attempt), eventLoop: loop)
        runners[place].task = Task.immediate(executorPreference: LoopExecutor(loop)) {
            let (race, attempt) = bound.value
            let end: Result<AttemptEnd, RequestFailure>
            do throws(RequestFailure) {
                end = .success(try await attempt())
            } catch {
                end = .failure(error)
            }
            race.finished(candidate, end)
        }
    }

    /// Tells ``Event/late`` when the first attempt is silent for longer than this.
    func allow(_ time: Duration) {
        CoarseTimer.current(loop).wait(time, then: self)
    }

    func ring() {
        isDue = true
        signal.fire()
    }

    /// Lets go of everything: nothing is asked or told any more.
    func end() {
        isOver = true
        runners.removeAll()
    }

    /// Waits for what happens next; a cancelled task waits for the attempts, which are given up, all the same.
    ///
    /// - Returns: `nil` when no attempt is under way any more.
    func next() async -> Event? {
        while true {
            if !ends.isEmpty {
                let (candidate, end) = ends.removeFirst()
                return .ended(candidate, end)
            }
            guard isRunning else { return nil }
            if isDue, winner == nil, runners.count == 1, runners[0].hasLeft, !Task.isCancelled {
                isDue = false
                return .late
            }
            if Task.isCancelled {
                giveUp()
                for runner in runners { await runner.task?.value }
            } else {
                await signal.wait()
            }
        }
    }

    /// Gives up every attempt that is under way.
    func giveUp() {
        for runner in runners { runner.task?.cancel() }
    }

    private func finished(_ candidate: Candidate, _ end: Result<AttemptEnd, RequestFailure>) {
        running -= 1
        ends.append((candidate, end))
        signal.fire()
    }

    // MARK: For attempts

    /// An attempt has ended without an answer.
    func ends(_ target: String) {
        guard winner != target, let place = place(target) else { return }
        runners[place].hasEnded = true
    }

    /// The request to a target is on its way.
    func left(_ target: String) {
        guard let place = place(target) else { return }
        runners[place].hasLeft = true
        if isDue { signal.fire() }
    }

    func hasLeft(_ target: String) -> Bool { place(target).map { runners[$0].hasLeft } ?? false }

    /// Whether another attempt answers.
    func hasLost(_ target: String) -> Bool { winner.map { $0 != target } ?? false }

    /// Lets a target answer; the other attempts are given up.
    ///
    /// - Returns: Those that are given up for it, with the time they had; `nil` when another one answers already.
    func claim(_ target: String) -> [(name: String, milliseconds: Int)]? {
        guard winner == nil else { return winner == target ? [] : nil }
        winner = target
        var others: [(name: String, milliseconds: Int)] = []
        for runner in runners where runner.name != target && !runner.hasEnded {
            others.append((runner.name, (ContinuousClock.now - runner.start).wholeMilliseconds))
            runner.task?.cancel()
        }
        return others
    }

    private func place(_ target: String) -> Int? { runners.firstIndex { $0.name == target } }
}
