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
    /// What other replicas on a database server listen to.
    package static let channel = "settings"

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
        try connection.notify(channel)
        return stored
    }

    /// The settings that hold now, whoever put them there.
    package static func latest(_ connection: any SQLConnection) throws(StoreError) -> StoredBook? {
        let row = try connection.first("SELECT settings, ordinal FROM epoch ORDER BY ordinal DESC LIMIT 1") {
            row throws(StoreError) -> (String, Int) in
            (try row.get(0), try row.get(1))
        }
        guard let (text, ordinal) = row, let book = try? SettingsBook(text: text) else { return nil }
        return StoredBook(book: book, ordinal: ordinal)
    }

    /// `nil` when that version is not kept; what cannot be read any more is as good as not kept.
    package static func book(_ epoch: String, _ connection: any SQLConnection) throws(StoreError) -> SettingsBook? {
        let text = try connection.first("SELECT settings FROM epoch WHERE id = $1", [epoch]) { row throws(StoreError) in
            try row.get(0, as: String.self)
        }
        return text.flatMap { try? SettingsBook(text: $0) }
    }
}
