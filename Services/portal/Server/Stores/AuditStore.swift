import Storage

/// One admin act: who did what to which item, and how it ended; it holds no value of the item.
package struct AuditRow: Hashable, Sendable, Identifiable {
    package var id: String
    package var atUS: Int
    /// The session's id, or `nobody` before a sign-in.
    package var who: String
    package var peer: String
    /// `put`, `delete`, `sign-in` and so on.
    package var act: String
    package var resource: String
    package var item: String
    /// `ok`, or the reason of the refusal.
    package var outcome: String
    package var requestID: String
}

/// Reads and writes the audit inside a transaction of the caller's.
enum AuditStore {
    private static let columns = "id, at_us, who, peer, act, resource, item, outcome, request"

    static func insert(_ row: AuditRow, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO audit (id, at_us, who, peer, act, resource, item, outcome, request)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            [row.id, row.atUS, row.who, row.peer, row.act, row.resource, row.item, row.outcome, row.requestID]
        )
    }

    /// Rows before a place, newest first; an empty resource means all.
    static func page(
        before place: (atUS: Int, id: String),
        resource: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [AuditRow] {
        try connection.query(
            """
            SELECT \(columns) FROM audit
            WHERE (at_us < $1 OR (at_us = $1 AND id < $2)) AND ($3 = '' OR resource = $3)
            ORDER BY at_us DESC, id DESC LIMIT $4
            """,
            [place.atUS, place.id, resource, limit],
            read
        )
    }

    /// Removes what is too old, then what is too much.
    static func sweep(before atUS: Int, keep rows: Int, _ connection: any SQLConnection) throws(StoreError) -> Int {
        let old = try connection.execute("DELETE FROM audit WHERE at_us < $1", [atUS])
        let surplus = try connection.execute(
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY at_us DESC, id DESC LIMIT 10000 OFFSET $1)",
            [rows]
        )
        return old + surplus
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> AuditRow {
        AuditRow(
            id: try row.get(0),
            atUS: try row.get(1),
            who: try row.get(2),
            peer: try row.get(3),
            act: try row.get(4),
            resource: try row.get(5),
            item: try row.get(6),
            outcome: try row.get(7),
            requestID: try row.get(8)
        )
    }
}
