import HTTP
import NIOCore
import RouterCore

/// Two attempts of one request beside each other, until one has something for the client.
///
/// The first runs in the request's own task, for most requests never see another one; the second has a task. Confined to
/// the request's event loop: what happens in it happens one after another.
final class HedgeRace: CoarseAlarm {
    /// The reason of an attempt that was given up because another one answered.
    static let lost = "hedge_lost"

    typealias End = (candidate: Candidate, result: Result<AttemptEnd, RequestFailure>)

    private struct Runner {
        let name: String
        let start = ContinuousClock.now
        /// Whether its request is on its way: what it costs is spent.
        var hasLeft = false
        /// Whether it ended without an answer.
        var hasEnded = false
    }

    private let loop: any EventLoop
    private lazy var signal = LoopSignal(loop)
    private let abort = UpstreamAbort()
    private var first: Runner
    private var second: Runner?
    private var task: Task<Void, Never>?
    /// Begins the second attempt, if there is anybody to ask.
    private var late: ((HedgeRace) -> Void)?
    private var ends: [End] = []
    private var running = 1
    private var winner: String?
    private var isDue = false
    /// Whether nobody waits for it any more.
    private(set) var isOver = false

    /// A race in which one runs so far.
    ///
    /// - Parameters:
    ///   - first: Who runs.
    ///   - loop: The request's.
    ///   - late: Called once when the first attempt has been on its way for too long without a word.
    init(_ first: Candidate, on loop: any EventLoop, late: @escaping (HedgeRace) -> Void) {
        self.loop = loop
        self.first = Runner(name: first.target.name)
        self.late = late
    }

    // MARK: For the one who waits

    /// Whether there was a second attempt.
    var hasSecond: Bool { second != nil }

    /// Whether an attempt is under way.
    var isRunning: Bool { running > 0 }

    /// Begins the second attempt; it runs up to its first wait before this returns.
    func run(_ candidate: Candidate, _ attempt: @escaping () async throws(RequestFailure) -> AttemptEnd) {
        second = Runner(name: candidate.target.name)
        running += 1
        let bound = NIOLoopBound((self, attempt), eventLoop: loop)
        let task = Task.immediate(executorPreference: LoopExecutor(loop)) {
            let (race, attempt) = bound.value
            let end: Result<AttemptEnd, RequestFailure>
            do throws(RequestFailure) {
                end = .success(try await attempt())
            } catch {
                end = .failure(error)
            }
            race.finished(candidate, end)
        }
        self.task = task
    }

    /// Calls for a second attempt when the first one is silent for longer than this.
    func allow(_ time: Duration) {
        CoarseTimer.current(loop).wait(time, then: self)
    }

    func ring() {
        isDue = true
        if first.hasLeft { callLate() }
    }

    private func callLate() {
        guard winner == nil, let late else { return }
        self.late = nil
        late(self)
    }

    /// Lets go of everything: nothing is asked or told any more.
    func end() {
        isOver = true
        late = nil
        task = nil
    }

    /// Waits for the next attempt to end; a cancelled task waits for them, which are given up, all the same.
    ///
    /// - Returns: `nil` when none is under way any more.
    func next() async -> End? {
        while true {
            if !ends.isEmpty { return ends.removeFirst() }
            guard isRunning else { return nil }
            if Task.isCancelled {
                giveUp()
                await task?.value
            } else {
                await signal.wait()
            }
        }
    }

    /// Gives up every attempt that is under way.
    func giveUp() {
        abort.abort()
        task?.cancel()
    }

    func finished(_ candidate: Candidate, _ end: Result<AttemptEnd, RequestFailure>) {
        running -= 1
        ends.append((candidate, end))
        signal.fire()
    }

    // MARK: For attempts

    /// An attempt has ended without an answer.
    func ends(_ target: String) {
        guard winner != target else { return }
        if isFirst(target) { first.hasEnded = true } else { second?.hasEnded = true }
    }

    /// The request to a target is about to be on its way.
    ///
    /// - Returns: What gives it up.
    func left(_ target: String) -> NIOLoopBound<UpstreamAbort>? {
        guard isFirst(target) else {
            second?.hasLeft = true
            return nil
        }
        first.hasLeft = true
        if isDue { callLate() }
        return NIOLoopBound(abort, eventLoop: loop)
    }

    func hasLeft(_ target: String) -> Bool { isFirst(target) ? first.hasLeft : second?.hasLeft ?? false }

    /// Whether another attempt answers.
    func hasLost(_ target: String) -> Bool { winner.map { $0 != target } ?? false }

    /// Lets a target answer; the other attempt is given up.
    ///
    /// - Returns: Who is given up for it, with the time it had; `nil` when the other one answers already.
    func claim(_ target: String) -> [(name: String, milliseconds: Int)]? {
        guard winner == nil else { return winner == target ? [] : nil }
        winner = target
        guard let second else { return [] }
        let other = isFirst(target) ? second : first
        if isFirst(target) { task?.cancel() } else { abort.abort() }
        return other.hasEnded ? [] : [(other.name, (ContinuousClock.now - other.start).wholeMilliseconds)]
    }

    private func isFirst(_ target: String) -> Bool { target == first.name }
}
