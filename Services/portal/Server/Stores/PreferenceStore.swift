import Storage

/// Small settings of the portal itself, such as how pages look for a browser that has not chosen.
enum PreferenceStore {
    static func value(_ name: String, _ connection: any SQLConnection) throws(StoreError) -> String? {
        try connection.first("SELECT value FROM preference WHERE name = $1", [name]) { row throws(StoreError) in
            try row.get(0, as: String.self)
        }
    }

    static func set(
        _ name: String,
        _ value: String,
        at nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO preference (name, value, changed_us) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_us = excluded.changed_us
            """,
            [name, value, nowUS]
        )
        // A cap, because a table without one is a mistake waiting to happen.
        try connection.execute(
            """
            DELETE FROM preference WHERE name IN
              (SELECT name FROM preference ORDER BY changed_us DESC, name LIMIT 1000 OFFSET $1)
            """,
            [PortalSchema.Caps.preferences]
        )
    }
}
