import Logging
import Synchronization

/// How an engine outside has done lately: one that fails several times in a row is left alone for a moment, so that not every
/// request waits for it in vain.
final class EngineStanding: Sendable {
    /// Failures in a row after which it is left alone, and for how long.
    private static let mostFailures = 3
    static let rest = Duration.seconds(2)

    private struct State {
        var failures = 0
        var restsUntil: ContinuousClock.Instant?
    }

    private let name: String
    private let logger: Logger
    private let state = Mutex(State())

    /// - Parameters:
    ///   - name: What logs call the engine.
    ///   - logger: Where it is told when the engine goes away and returns.
    init(_ name: String, logger: Logger) {
        self.name = name
        self.logger = logger
    }

    /// Asks the engine, unless it is left alone, and takes note of how that ended.
    func watch<Answer>(_ ask: () async throws(EngineFault) -> Answer) async throws(EngineFault) -> Answer {
        let isResting = state.withLock { state in state.restsUntil.map { $0 > .now } ?? false }
        guard !isResting else { throw .resting }
        do throws(EngineFault) {
            let answer = try await ask()
            succeeded()
            return answer
        } catch {
            failed(error)
            throw error
        }
    }

    func succeeded() {
        let wasFailing = state.withLock { state in
            defer { state = State() }
            return state.failures > 0
        }
        if wasFailing { logger.notice("an engine answers again", metadata: ["engine": "\(name)"]) }
    }

    private func failed(_ fault: EngineFault) {
        let failures = state.withLock { state in
            state.failures += 1
            if state.failures >= Self.mostFailures { state.restsUntil = .now + Self.rest }
            return state.failures
        }
        // Once for each time it goes away.
        guard failures == 1 else { return }
        logger.warning("an engine does not answer", metadata: ["engine": "\(name)", "error": "\(fault)"])
    }
}
