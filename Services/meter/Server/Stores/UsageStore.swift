package import Contracts
import MeterCore
package import Storage

/// Reads the ledger, the rollups and the alerts for people, newest first and a page at a time.
///
/// Every query is a constant text chosen by which filters are set, so that each walks an index backwards from where the
/// last page ended; `MeterServerTests` checks the plans.
package enum UsageStore {
    /// A query with its arguments.
    package struct Query: Sendable {
        package var sql: String
        package var arguments: [any SQLConvertible]
    }

    // MARK: Ledger

    package struct LedgerFilter: Hashable, Sendable {
        package var key: Int?
        package var outcome: Int?
        package var sinceUS: Int
        package var untilUS: Int
        package var provider: String?
        package var model: String?
        /// Where the last page ended.
        package var after: Position?

        package struct Position: Hashable, Sendable {
            package var startedUS: Int
            package var requestID: String
        }

        package init(
            key: Int? = nil,
            outcome: Int? = nil,
            sinceUS: Int = 0,
            untilUS: Int = .max,
            provider: String? = nil,
            model: String? = nil,
            after: Position? = nil
        ) {
            self.provider = provider
            self.model = model
            self.key = key
            self.outcome = outcome
            self.sinceUS = sinceUS
            self.untilUS = untilUS
            self.after = after
        }
    }

    package static func query(_ filter: LedgerFilter, limit: Int) -> Query {
        var arguments: [any SQLConvertible] = [filter.sinceUS, min(filter.untilUS, filter.after?.startedUS ?? .max)]
        var clauses = ["ledger.started_us >= $1", "ledger.started_us <= $2"]
        if let after = filter.after {
            arguments.append(contentsOf: [after.startedUS, after.requestID] as [any SQLConvertible])
            clauses.append("(ledger.started_us < $3 OR ledger.request_id < $4)")
        }
        if let key = filter.key {
            arguments.append(key)
            clauses.append("ledger.key_ref = $\(arguments.count)")
        }
        // The name's number first, so that no row is joined only to be thrown away.
        for case (let column, let name?) in [("provider", filter.provider), ("model", filter.model)] {
            arguments.append(name)
            clauses.append("ledger.\(column) = (SELECT id FROM label WHERE text = $\(arguments.count))")
        }
        if let outcome = filter.outcome {
            arguments.append(outcome)
            clauses.append("ledger.outcome = $\(arguments.count)")
            // The index holds no successes, and only a query that says so may use it.
            if outcome != LedgerStore.code(of: .ok) { clauses.append("ledger.outcome <> 1") }
        }
        arguments.append(limit)
        let sql = """
            SELECT \(rowColumns)
            FROM \(rowTables)
            WHERE \(clauses.joined(separator: " AND "))
            ORDER BY ledger.started_us DESC, ledger.request_id DESC LIMIT $\(arguments.count)
            """
        return Query(sql: sql, arguments: arguments)
    }

    /// Whose a row is: a key's, or the gateway's own, which no key stands for.
    static func owner(_ table: String) -> String {
        "CASE WHEN \(table).key_ref = 0 THEN '\(UsageRecord.systemKey)' ELSE api_key.id END"
    }

    /// A row as a list shows it, in the order that ``item(_:)`` reads.
    static let rowColumns = """
        ledger.request_id, \(owner("ledger")), ledger.started_us, ledger.outcome, provider.text, model.text,
        ledger.input, ledger.cache_read, ledger.cache_write_5m, ledger.cache_write_1h, ledger.output,
        ledger.reasoning, ledger.audio_in, ledger.audio_out, ledger.units, ledger.cost_nano_usd, ledger.unpriced,
        ledger.attempts, ledger.first_token_ms, ledger.total_ms, ledger.saved_tokens, verdict.text, requested.text
        """

    static let rowTables = """
        ledger
        LEFT JOIN api_key ON api_key.ordinal = ledger.key_ref
        LEFT JOIN label AS provider ON provider.id = ledger.provider
        LEFT JOIN label AS model ON model.id = ledger.model
        LEFT JOIN label AS requested ON requested.id = ledger.requested
        LEFT JOIN label AS verdict ON verdict.id = ledger.guard_action
        """

    package static func usage(
        _ filter: LedgerFilter,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [UsageItem] {
        let query = query(filter, limit: limit)
        return try connection.query(query.sql, query.arguments, item)
    }

    static func item(_ row: SQLRow) throws(StoreError) -> UsageItem {
        let cost: Int = try row.get(15)
        let unpriced: Int = try row.get(16)
        return UsageItem(
            requestID: try row.get(0),
            keyID: try row.get(1, as: String?.self) ?? "",
            startedUS: try row.get(2),
            outcome: LedgerStore.outcome(of: try row.get(3)),
            provider: try row.get(4, as: String?.self) ?? "",
            model: try row.get(5, as: String?.self) ?? "",
            requestedModel: try row.get(22, as: String?.self) ?? "",
            usage: try tokens(row, from: 6),
            costNanoUSD: unpriced > 0 && cost == 0 ? nil : cost,
            priced: unpriced == 0,
            attempts: try row.get(17),
            firstTokenMS: try row.get(18),
            totalMS: try row.get(19),
            savedTokens: try row.get(20),
            guardAction: try row.get(21, as: String?.self).map(GuardAction.init(rawValue:))
        )
    }

    // MARK: Rollups

    package struct RollupFilter: Hashable, Sendable {
        package var key: Int?
        package var provider: String?
        package var model: String?
        package var sinceDay: Int
        package var untilDay: Int
        package var after: Position?

        /// A rollup's primary key.
        package struct Position: Hashable, Sendable {
            package var day: Int
            package var key: Int
            package var provider: Int
            package var model: Int
        }

        package init(
            key: Int? = nil,
            provider: String? = nil,
            model: String? = nil,
            sinceDay: Int = 0,
            untilDay: Int = .max,
            after: Position? = nil
        ) {
            self.key = key
            self.provider = provider
            self.model = model
            self.sinceDay = sinceDay
            self.untilDay = untilDay
            self.after = after
        }
    }

    package static func query(_ filter: RollupFilter, limit: Int) -> Query {
        var arguments: [any SQLConvertible] = [filter.sinceDay, min(filter.untilDay, filter.after?.day ?? .max)]
        var clauses = ["rollup.day >= $1", "rollup.day <= $2"]
        if let after = filter.after {
            arguments.append(contentsOf: [after.day, after.key, after.provider, after.model] as [any SQLConvertible])
            clauses.append("(rollup.day, rollup.key_ref, rollup.provider, rollup.model) < ($3, $4, $5, $6)")
        }
        let names: [(column: String, value: (any SQLConvertible)?)] = [
            ("rollup.key_ref", filter.key), ("provider.text", filter.provider), ("model.text", filter.model),
        ]
        for case (let column, let value?) in names {
            arguments.append(value)
            clauses.append("\(column) = $\(arguments.count)")
        }
        arguments.append(limit)
        let sql = """
            SELECT rollup.day, rollup.key_ref, rollup.provider, rollup.model, \(owner("rollup")), provider.text,
              model.text, rollup.requests, rollup.errors, rollup.cost_nano_usd, rollup.unpriced, rollup.input, rollup.cache_read,
              rollup.cache_write_5m, rollup.cache_write_1h, rollup.output, rollup.reasoning, rollup.audio_in,
              rollup.audio_out, rollup.units
            FROM rollup
            LEFT JOIN api_key ON api_key.ordinal = rollup.key_ref
            LEFT JOIN label AS provider ON provider.id = rollup.provider
            LEFT JOIN label AS model ON model.id = rollup.model
            WHERE \(clauses.joined(separator: " AND "))
            ORDER BY rollup.day DESC, rollup.key_ref DESC, rollup.provider DESC, rollup.model DESC
            LIMIT $\(arguments.count)
            """
        return Query(sql: sql, arguments: arguments)
    }

    package static func rollups(
        _ filter: RollupFilter,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [(position: RollupFilter.Position, item: RollupItem)] {
        let query = query(filter, limit: limit)
        return try connection.query(query.sql, query.arguments) { row throws(StoreError) in
            let position = RollupFilter.Position(
                day: try row.get(0),
                key: try row.get(1),
                provider: try row.get(2),
                model: try row.get(3)
            )
            let item = RollupItem(
                id: PageToken([position.day, position.key, position.provider, position.model]).text,
                day: CivilDate(day: position.day).text,
                keyID: try row.get(4, as: String?.self) ?? "",
                provider: try row.get(5, as: String?.self) ?? "",
                model: try row.get(6, as: String?.self) ?? "",
                requests: try row.get(7),
                errors: try row.get(8),
                usage: try tokens(row, from: 11),
                costNanoUSD: try row.get(9),
                unpriced: try row.get(10)
            )
            return (position, item)
        }
    }

    // MARK: Alerts

    package static func alerts(
        key: Int?,
        after: (atUS: Int, id: String)?,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [AlertItem] {
        var arguments: [any SQLConvertible] = [after?.atUS ?? .max]
        var clauses = ["alert.at_us <= $1"]
        if let after {
            arguments.append(contentsOf: [after.atUS, after.id] as [any SQLConvertible])
            clauses.append("(alert.at_us < $2 OR alert.id < $3)")
        }
        if let key {
            arguments.append(key)
            clauses.append("alert.key_ref = $\(arguments.count)")
        }
        arguments.append(limit)
        return try connection.query(
            """
            SELECT alert.id, api_key.id, alert.threshold, alert.at_us, alert.message FROM alert
            LEFT JOIN api_key ON api_key.ordinal = alert.key_ref
            WHERE \(clauses.joined(separator: " AND ")) ORDER BY alert.at_us DESC, alert.id DESC LIMIT $\(arguments.count)
            """,
            arguments
        ) { row throws(StoreError) in
            AlertItem(
                id: try row.get(0),
                keyID: try row.get(1, as: String?.self) ?? "",
                threshold: try row.get(2),
                atUS: try row.get(3),
                message: try row.get(4)
            )
        }
    }

    private static func tokens(_ row: SQLRow, from first: Int) throws(StoreError) -> TokenUsage {
        TokenUsage(
            input: try row.get(first),
            cacheRead: try row.get(first + 1),
            cacheWrite5m: try row.get(first + 2),
            cacheWrite1h: try row.get(first + 3),
            output: try row.get(first + 4),
            reasoning: try row.get(first + 5),
            audioIn: try row.get(first + 6),
            audioOut: try row.get(first + 7),
            units: try row.get(first + 8)
        )
    }
}
