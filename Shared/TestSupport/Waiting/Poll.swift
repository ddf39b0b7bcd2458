/// Waits for something to become true, and not for ever.
package enum Poll {
    /// How long a test waits unless it says otherwise; a debug build on a busy machine needs some of it.
    package static let patience = Duration.seconds(20)

    /// Asks again and again until the answer is yes.
    ///
    /// - Throws: ``PollTimeout`` when it is still no at the deadline.
    package static func until(
        _ what: String,
        deadline: Duration = patience,
        every pause: Duration = .milliseconds(10),
        _ condition: () async throws -> Bool
    ) async throws {
        _ = try await value(what, deadline: deadline, every: pause) { try await condition() ? true : nil }
    }

    /// Asks again and again until there is an answer.
    package static func value<Value>(
        _ what: String,
        deadline: Duration = patience,
        every pause: Duration = .milliseconds(10),
        _ body: () async throws -> Value?
    ) async throws -> Value {
        let end = ContinuousClock.now + deadline
        while true {
            if let value = try await body() { return value }
            guard ContinuousClock.now < end else { throw PollTimeout(what: what, deadline: deadline) }
            try await Task.sleep(for: pause)
        }
    }
}

/// Something did not happen in time.
package struct PollTimeout: Error, CustomStringConvertible {
    package let what: String
    package let deadline: Duration

    package var description: String { "not within \(deadline): \(what)" }
}
