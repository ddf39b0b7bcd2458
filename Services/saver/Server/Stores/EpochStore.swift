package import SaverCore
package import Storage

/// Settings with their place in the order of changes.
package struct StoredBook: Hashable, Sendable {
    package var book: SettingsBook
    package var ordinal: Int
}

/// The versions that the settings have had: texts of conversations that began under one are judged by it.
package enum EpochStore {
    /// How many are kept.
    package static let kept = 64

    /// Takes note of the settings that hold from now on.
    package static func record(
        _ book: SettingsBook,
        _ connection: any SQLConnection
    ) throws(StoreError) -> StoredBook {
        let ordinal = try connection.first("SELECT COALESCE(MAX(ordinal), 0) + 1 FROM epoch") {
            row throws(StoreError) in
            try row.get(0, as: Int.self)
        }
        let stored = StoredBook(book: book, ordinal: ordinal ?? 1)
        try connection.execute(
            """
            INSERT INTO epoch (id, ordinal, settings) VALUES ($1, $2, $3)
            ON CONFLICT (id) DO UPDATE SET ordinal = excluded.ordinal
            """,
            [book.epoch, stored.ordinal, book.text]
        )
        try connection.execute(
            "DELETE FROM epoch WHERE id IN (SELECT id FROM epoch ORDER BY ordinal DESC LIMIT 1000 OFFSET $1)",
            [kept]
        )
        return stored
    }

    /// `nil` when that version is not kept; what cannot be read any more is as good as not kept.
    package static func book(_ epoch: String, _ connection: any SQLConnection) throws(StoreError) -> SettingsBook? {
        let text = try connection.first("SELECT settings FROM epoch WHERE id = $1", [epoch]) { row throws(StoreError) in
            try row.get(0, as: String.self)
        }
        return text.flatMap { try? SettingsBook(text: $0) }
    }
}
