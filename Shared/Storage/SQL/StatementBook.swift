import Synchronization

/// Checks each SQL text once and remembers what it takes, so that a repeated statement costs one look-up.
final class StatementBook: Sendable {
    struct Entry: Sendable {
        let parameterCount: Int
        /// Whether the driver should keep the prepared statement.
        ///
        /// The book is bounded: SQL made up at run time, beyond any sensible number of texts, is prepared each time
        /// instead of filling the memory.
        let isKept: Bool
        /// Whether it changes rows and nothing else: no table comes or goes with it.
        let changesRows: Bool
    }

    private static let rowChanges: Set<String> = ["INSERT", "UPDATE", "DELETE"]

    static let maximumEntries = 512

    private static let refused: Set<String> = [
        "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "ATTACH", "DETACH", "VACUUM", "START",
        "SET",
    ]

    private struct Pages {
        var entries: [String: Entry] = [:]
        /// The text asked for last: a batch repeats one text, and equal texts that are one and the same compare at once.
        var latest: (sql: String, entry: Entry)?
    }

    private let pages = Mutex(Pages())

    /// What is known about this text.
    ///
    /// - Throws: ``StoreError/Kind/other`` when it is not one statement, a refused one, or numbers its parameters otherwise
    ///   than in the order of first use.
    func entry(for sql: String, argumentCount: Int) throws(StoreError) -> Entry {
        let entry: Entry
        if let known = pages.withLock({ Self.known(sql, in: &$0) }) {
            entry = known
        } else {
            entry = try add(sql)
        }
        guard entry.parameterCount == argumentCount else {
            throw StoreError(
                .other,
                "the SQL has \(entry.parameterCount) parameters, \(argumentCount) arguments given: \(sql.prefix(200))"
            )
        }
        return entry
    }

    private static func known(_ sql: String, in pages: inout Pages) -> Entry? {
        if let latest = pages.latest, latest.sql == sql { return latest.entry }
        guard let entry = pages.entries[sql] else { return nil }
        pages.latest = (sql, entry)
        return entry
    }

    private func add(_ sql: String) throws(StoreError) -> Entry {
        let (count, changesRows) = try Self.facts(of: sql)
        return pages.withLock { pages in
            let entry = Entry(
                parameterCount: count,
                isKept: pages.entries.count < Self.maximumEntries,
                changesRows: changesRows
            )
            if entry.isKept { pages.entries[sql] = entry }
            return entry
        }
    }

    private static func facts(of sql: String) throws(StoreError) -> (parameterCount: Int, changesRows: Bool) {
        let statements = try SQLText.statements(sql)
        guard let statement = statements.first, statements.count == 1 else {
            throw StoreError(.other, "\(statements.count) statements where one was expected: \(sql.prefix(200))")
        }
        var changesRows = false
        if case .word(let word) = statement.tokens[0] {
            guard !refused.contains(word) else { throw StoreError(.other, "\(word) is not for a connection to run") }
            changesRows = rowChanges.contains(word)
        }
        var count = 0
        for case .parameter(let number) in statement.tokens {
            guard number <= count + 1 else {
                throw StoreError(.other, "$\(number) is used before $\(count + 1): \(sql.prefix(200))")
            }
            count = max(count, number)
        }
        return (count, changesRows)
    }
}
