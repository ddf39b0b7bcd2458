import Synchronization

/// What conversations have sent, as far as it is remembered: the memory behind "a text is sent again as it was sent".
///
/// A conversation is remembered as a whole or not at all, so that what is forgotten is forgotten evenly.
package final class ConversationTable: Sendable {
    /// What it holds unless told otherwise.
    package static let standardLimit = 16 << 20

    /// What is known of a conversation's texts.
    package struct View: Sendable {
        /// Whether any turn of it is remembered.
        package var isKnown: Bool
        /// Whether turns went out of whose texts nothing was noted: they were sent as they were.
        package var hasUnseenTurns: Bool
        /// Whether no more texts of it are noted.
        package var isFull: Bool
        /// The forms of the texts that were asked for, `nil` for one that was not sent yet.
        package var forms: [SentForm?]
        package var treatment: Treatment?
    }

    private let memory: Mutex<BoundedMemory<SentForms>>

    /// - Parameter limit: The most bytes to hold.
    package init(limit: Int = ConversationTable.standardLimit) {
        memory = Mutex(BoundedMemory(limit: max(0, limit)) { $0.weight })
    }

    package var count: Int { memory.withLock { $0.count } }
    package var bytes: Int { memory.withLock { $0.bytes } }
    package var evictions: Int { memory.withLock { $0.evictions } }

    /// Whether any turn of a conversation is remembered.
    package func knows(_ id: ConversationID) -> Bool {
        memory.withLock { $0.count > 0 && $0.value(of: Self.key(id)) != nil }
    }

    /// Looks up texts.
    package func view(_ id: ConversationID, _ texts: [MemoryKey]) -> View {
        memory.withLock { memory in
            guard let forms = memory.value(of: Self.key(id)) else {
                return View(
                    isKnown: false,
                    hasUnseenTurns: false,
                    isFull: false,
                    forms: Array(repeating: nil, count: texts.count)
                )
            }
            return View(
                isKnown: forms.turns > 0,
                hasUnseenTurns: forms.hasUnseenTurns,
                isFull: forms.isFull,
                forms: texts.map { forms.form(of: $0) },
                treatment: forms.treatment
            )
        }
    }

    /// Takes note of a turn before it is sent.
    ///
    /// - Parameters:
    ///   - id: The conversation.
    ///   - texts: Its texts, with the form that each is to have.
    ///   - now: When.
    /// - Returns: The form of each text: another request of the conversation may have been first.
    package func settle(
        _ id: ConversationID,
        _ texts: [(key: MemoryKey, form: SentForm)],
        now: ContinuousClock.Instant
    ) -> [SentForm] {
        memory.withLock { memory in
            memory.update(Self.key(id), or: SentForms(now: now)) { forms in
                forms.use(now: now)
                return texts.map { forms.settle($0.key, $0.form) }
            }
        }
    }

    /// The treatment of a conversation: that of its first turn, else this one.
    package func settle(_ id: ConversationID, _ treatment: Treatment, now: ContinuousClock.Instant) -> Treatment {
        memory.withLock { memory in
            memory.update(Self.key(id), or: SentForms(now: now)) { $0.settle(treatment) }
        }
    }

    /// Takes note of a turn whose texts go out as they are while the settings are not known.
    package func passed(_ id: ConversationID, now: ContinuousClock.Instant) {
        memory.withLock { memory in
            memory.update(Self.key(id), or: SentForms(now: now)) { forms in
                forms.use(now: now)
                forms.hasUnseenTurns = true
            }
        }
    }

    private static func key(_ id: ConversationID) -> MemoryKey {
        MemoryKey(high: id.high, low: id.low)
    }
}
