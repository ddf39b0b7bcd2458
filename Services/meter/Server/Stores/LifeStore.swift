package import Storage

/// What one life of the meter leaves for the next: whether it ended in order, and which routers it knew.
package enum LifeStore {
    /// How the last life ended.
    package struct Ending: Hashable, Sendable {
        package var isClean: Bool
        package var openLeases: Int
    }

    /// How the last life ended; `nil` when this is the first.
    package static func lastEnding(_ connection: any SQLConnection) throws(StoreError) -> Ending? {
        try connection.first("SELECT is_clean, open_leases FROM life WHERE id = 1") { row throws(StoreError) in
            Ending(isClean: try row.get(0), openLeases: try row.get(1))
        }
    }

    package static func record(_ ending: Ending, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO life (id, is_clean, open_leases) VALUES (1, $1, $2)
            ON CONFLICT (id) DO UPDATE SET is_clean = excluded.is_clean, open_leases = excluded.open_leases
            """,
            [ending.isClean, ending.openLeases]
        )
    }

    package static func saw(router name: String, at nowUS: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO router_instance (name, seen_us) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET seen_us = excluded.seen_us
            """,
            [name, nowUS]
        )
        try connection.execute(
            """
            DELETE FROM router_instance WHERE name IN (
              SELECT name FROM router_instance ORDER BY seen_us DESC, name LIMIT 1000 OFFSET $1
            )
            """,
            [MeterCaps.routers]
        )
    }

    package static func routers(seenSince sinceUS: Int, _ connection: any SQLConnection) throws(StoreError) -> [String]
    {
        try connection.query("SELECT name FROM router_instance WHERE seen_us >= $1", [sinceUS]) {
            row throws(StoreError) in try row.get(0, as: String.self)
        }
    }
}
