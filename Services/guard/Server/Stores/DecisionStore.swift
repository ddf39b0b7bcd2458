package import Contracts
import JSON
package import Storage

/// Reads and writes the audit inside a transaction of the caller's; what was found is told by kind and place alone.
package enum DecisionStore {
    package struct Filter: Sendable {
        package var key: String?
        package var action: String?
        package var direction: String?
        package var requestID: String?
        package var detector: String?
        package var sinceUS = 0
        package var untilUS = Int.max
    }

    private static let columns = """
        id, at_us, request_id, direction, tenant, key_id, chain, provider, model, action, reason, policy_version, findings,
        duration_us
        """

    package static func insert(_ item: DecisionItem, _ connection: any SQLConnection) throws(StoreError) {
        var writer = JSONWriter()
        writer.array { items in
            for finding in item.findings { items.value { finding.write(to: &$0) } }
        }
        let detectors = Set(item.findings.map(\.detector)).sorted()
        try connection.execute(
            """
            INSERT INTO decision (id, at_us, request_id, direction, tenant, key_id, chain, provider, model, action, detectors,
              reason, policy_version, findings, duration_us)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            ON CONFLICT (id) DO NOTHING
            """,
            [
                item.id, item.atUS, item.requestID, item.direction.rawValue, item.scope.tenant, item.scope.key,
                item.scope.chain, item.scope.provider, item.scope.model, item.action.rawValue,
                "|" + detectors.joined(separator: "|") + "|", item.reason, item.policyVersion,
                String(decoding: writer.bytes, as: UTF8.self), item.durationUS,
            ]
        )
    }

    /// The newest first, those before a place.
    package static func page(
        before place: (atUS: Int, id: String),
        limit: Int,
        filter: Filter,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [DecisionItem] {
        var arguments: [any SQLConvertible] = [place.atUS, place.id, filter.sinceUS, filter.untilUS]
        var conditions = ""
        func require(_ column: String, _ value: String?) {
            guard let value else { return }
            arguments.append(value)
            conditions += " AND \(column) = $\(arguments.count)"
        }
        require("key_id", filter.key)
        require("action", filter.action)
        require("direction", filter.direction)
        require("request_id", filter.requestID)
        if let detector = filter.detector {
            arguments.append("%|\(detector)|%")
            conditions += " AND detectors LIKE $\(arguments.count)"
        }
        arguments.append(limit)
        return try connection.query(
            """
            SELECT \(columns) FROM decision
            WHERE (at_us < $1 OR (at_us = $1 AND id < $2)) AND at_us >= $3 AND at_us <= $4\(conditions)
            ORDER BY at_us DESC, id DESC LIMIT $\(arguments.count)
            """,
            arguments,
            read
        )
    }

    package static func decision(_ id: String, _ connection: any SQLConnection) throws(StoreError) -> DecisionItem? {
        try connection.first("SELECT \(columns) FROM decision WHERE id = $1", [id], read)
    }

    /// Deletes at most so many rows that are older.
    ///
    /// - Returns: How many went.
    package static func delete(
        beforeUS: Int,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Int {
        try connection.execute(
            "DELETE FROM decision WHERE id IN (SELECT id FROM decision WHERE at_us < $1 ORDER BY at_us, id LIMIT $2)",
            [beforeUS, limit]
        )
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> DecisionItem {
        let findings: String = try row.get(12)
        return DecisionItem(
            id: try row.get(0),
            atUS: try row.get(1),
            requestID: try row.get(2),
            direction: Direction(rawValue: try row.get(3)),
            scope: RequestScope(
                tenant: try row.get(4),
                key: try row.get(5),
                chain: try row.get(6),
                provider: try row.get(7),
                model: try row.get(8)
            ),
            action: GuardAction(rawValue: try row.get(9)),
            reason: try row.get(10),
            policyVersion: try row.get(11),
            findings: Self.findings(findings),
            durationUS: try row.get(13)
        )
    }

    private static func findings(_ text: String) -> [Finding] {
        guard let root = try? JSONDocument(Array(text.utf8)).root else { return [] }
        return root.elements.compactMap { try? Finding(from: $0) }
    }
}
