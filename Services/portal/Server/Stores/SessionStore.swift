import PortalCore
import Storage

/// Reads and writes sessions inside a transaction of the caller's; tokens are here as SHA-256 alone.
enum SessionStore {
    private static let columns = "id, kind, key_id, created_us, last_seen_us, expires_us, peer, agent"

    static func insert(
        _ session: PortalSession,
        token: String,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO session (id, token, kind, key_id, created_us, last_seen_us, expires_us, peer, agent)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [
                session.id, token, session.kind.rawValue, session.keyID, session.createdUS, session.lastSeenUS,
                session.expiresUS, session.peer, session.agent,
            ]
        )
    }

    static func find(token: String, _ connection: any SQLConnection) throws(StoreError) -> PortalSession? {
        try connection.first("SELECT \(columns) FROM session WHERE token = $1", [token], read)
    }

    static func find(id: String, _ connection: any SQLConnection) throws(StoreError) -> PortalSession? {
        try connection.first("SELECT \(columns) FROM session WHERE id = $1", [id], read)
    }

    /// The sessions of the operator or of one key, newest first.
    static func all(
        _ kind: PortalSession.Kind,
        keyID: String? = nil,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [PortalSession] {
        if let keyID {
            return try connection.query(
                """
                SELECT \(columns) FROM session WHERE kind = $1 AND key_id = $2
                ORDER BY created_us DESC, id LIMIT $3
                """,
                [kind.rawValue, keyID, limit],
                read
            )
        }
        return try connection.query(
            "SELECT \(columns) FROM session WHERE kind = $1 ORDER BY created_us DESC, id LIMIT $2",
            [kind.rawValue, limit],
            read
        )
    }

    static func touch(_ id: String, at nowUS: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("UPDATE session SET last_seen_us = $1 WHERE id = $2", [nowUS, id])
    }

    @discardableResult
    static func delete(_ id: String, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.execute("DELETE FROM session WHERE id = $1", [id]) > 0
    }

    @discardableResult
    static func delete(token: String, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.execute("DELETE FROM session WHERE token = $1", [token]) > 0
    }

    @discardableResult
    static func delete(keyID: String, _ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.execute("DELETE FROM session WHERE key_id = $1", [keyID])
    }

    /// Ends every session of a kind but one.
    @discardableResult
    static func deleteAll(
        _ kind: PortalSession.Kind,
        except id: String,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Int {
        try connection.execute("DELETE FROM session WHERE kind = $1 AND id <> $2", [kind.rawValue, id])
    }

    /// Removes what no longer counts.
    static func sweep(
        idleBefore: Int,
        expiredAt nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Int {
        try connection.execute(
            "DELETE FROM session WHERE expires_us <= $1 OR last_seen_us <= $2",
            [nowUS, idleBefore]
        )
    }

    static func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM session") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> PortalSession {
        let kind = try row.get(1, as: String.self)
        guard let kind = PortalSession.Kind(rawValue: kind) else {
            throw StoreError(.corrupt, "a session is of a kind that this build does not know")
        }
        return PortalSession(
            id: try row.get(0),
            kind: kind,
            keyID: try row.get(2),
            createdUS: try row.get(3),
            lastSeenUS: try row.get(4),
            expiresUS: try row.get(5),
            peer: try row.get(6),
            agent: try row.get(7)
        )
    }
}
