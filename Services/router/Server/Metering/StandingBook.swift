package import Contracts
import Synchronization

/// What the meter said of a key, outside of a request.
package struct KeyStanding: Sendable, Equatable {
    /// The models that the plan and the key itself allow.
    package var allowance: ModelAllowance
    /// When the key ends, in microseconds since 1970; `nil`: never.
    package var expiresUS: Int?
    /// What policies call the key; `nil` while the meter has not said it.
    package var name: String?

    package init(allowance: ModelAllowance, expiresUS: Int? = nil, name: String? = nil) {
        self.allowance = allowance
        self.expiresUS = expiresUS
        self.name = name
    }
}

/// Remembers good keys for a minute, so that clients which list models often cost the meter little.
///
/// Only what is good is kept, and only as long as no change of it can have been missed.
package final class StandingBook: Sendable {
    /// How long a standing is believed.
    package static let length = Duration.seconds(60)
    /// Keys that are remembered.
    package static let keyLimit = 1_000

    private struct Entry {
        var standing: KeyStanding
        var heard: ContinuousClock.Instant
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// Counts what was forgotten: an answer that was on its way meanwhile is not kept.
        var changes = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Looks a key up.
    ///
    /// - Parameters:
    ///   - keySHA256: The key's digest.
    ///   - now: The time by the clock that ages what is remembered.
    ///   - wallUS: The time of day in microseconds since 1970, by which keys end.
    /// - Returns: Its standing, if it is remembered and still holds.
    package func standing(of keySHA256: String, now: ContinuousClock.Instant, wallUS: Int) -> KeyStanding? {
        state.withLock { state in
            guard let entry = state.entries[keySHA256], now - entry.heard < Self.length,
                entry.standing.expiresUS ?? .max > wallUS
            else { return nil }
            return entry.standing
        }
    }

    /// What a question is asked with, so that its answer can be told from one that a change has overtaken.
    package var edition: Int { state.withLock { $0.changes } }

    /// Keeps an answer of the meter, unless something was forgotten since the question.
    package func keep(_ standing: KeyStanding, of keySHA256: String, edition: Int, now: ContinuousClock.Instant) {
        state.withLock { state in
            guard state.changes == edition else { return }
            if state.entries.count >= Self.keyLimit, state.entries[keySHA256] == nil {
                state.entries = state.entries.filter { now - $0.value.heard < Self.length }
                if state.entries.count >= Self.keyLimit, let any = state.entries.keys.first { state.entries[any] = nil }
            }
            state.entries[keySHA256] = Entry(standing: standing, heard: now)
        }
    }

    /// The meter told of a change of this key.
    package func forget(_ keySHA256: String) {
        state.withLock { state in
            state.changes += 1
            state.entries[keySHA256] = nil
        }
    }

    /// A plan changed, or changes may have been missed.
    package func forgetAll() {
        state.withLock { state in
            state.changes += 1
            state.entries = [:]
        }
    }
}
