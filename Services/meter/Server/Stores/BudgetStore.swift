package import MeterCore
package import Storage

/// Reads what budgets start from, and files alerts.
package enum BudgetStore {
    /// What a key used in the latest periods of a calendar, latest first.
    package static func periods(
        key ordinal: Int,
        span: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [(startUS: Int, spent: Totals)] {
        try connection.query(
            """
            SELECT spent_nano_usd, tokens, requests, unpriced, period_start_us FROM budget_state
            WHERE key_ref = $1 AND span = $2 ORDER BY period_start_us DESC LIMIT $3
            """,
            [ordinal, span, limit]
        ) { row throws(StoreError) in (startUS: try row.get(4), spent: try totals(row)) }
    }

    /// Counts a key's period anew from the ledger: its calendar has changed, and the old counters do not fit it.
    package static func recount(
        key ordinal: Int,
        span: String,
        startUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Totals {
        let totals =
            startUS == 0
            ? try lifetime(key: ordinal, connection)
            : try ledger(key: ordinal, since: startUS, connection)
        try connection.execute(
            """
            INSERT INTO budget_state (key_ref, span, period_start_us, spent_nano_usd, tokens, requests, unpriced)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (key_ref, span, period_start_us) DO UPDATE SET spent_nano_usd = excluded.spent_nano_usd,
              tokens = excluded.tokens, requests = excluded.requests, unpriced = excluded.unpriced
            """,
            [ordinal, span, startUS, totals.nanoUSD, totals.tokens, totals.requests, totals.unpriced]
        )
        return totals
    }

    private static func ledger(
        key ordinal: Int,
        since startUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Totals {
        try connection.first(
            """
            SELECT COALESCE(SUM(cost_nano_usd), 0),
              COALESCE(SUM(input + cache_read + cache_write_5m + cache_write_1h + output), 0), COUNT(*),
              COALESCE(SUM(unpriced), 0)
            FROM ledger WHERE key_ref = $1 AND started_us >= $2
            """,
            [ordinal, startUS],
            totals
        ) ?? Totals()
    }

    /// All that one key ever used: the ledger may have forgotten its beginning.
    private static func lifetime(key ordinal: Int, _ connection: any SQLConnection) throws(StoreError) -> Totals {
        try connection.first(
            "SELECT spent_nano_usd, tokens, requests, unpriced FROM key_total WHERE key_ref = $1",
            [ordinal],
            totals
        ) ?? Totals()
    }

    /// Everything that keys ever used, by ordinal.
    package static func lifetimes(
        _ connection: any SQLConnection
    ) throws(StoreError) -> [Int: (totals: Totals, lastUsedUS: Int)] {
        let rows = try connection.query(
            "SELECT spent_nano_usd, tokens, requests, unpriced, last_used_us, key_ref FROM key_total"
        ) { row throws(StoreError) in
            (key: try row.get(5, as: Int.self), totals: try totals(row), lastUsedUS: try row.get(4, as: Int.self))
        }
        return Dictionary(rows.map { ($0.key, (totals: $0.totals, lastUsedUS: $0.lastUsedUS)) }) { first, _ in first }
    }

    /// What keys used since an instant, by ordinal: requests and tokens that rates count.
    package static func recent(
        sinceUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [(key: Int, requests: Int, tokens: Int)] {
        try connection.query(
            """
            SELECT key_ref, COUNT(*), SUM(input + cache_write_5m + cache_write_1h + output)
            FROM ledger WHERE started_us >= $1 GROUP BY key_ref
            """,
            [sinceUS]
        ) { row throws(StoreError) in
            let tokens: Int = try row.get(2)
            return (key: try row.get(0), requests: try row.get(1), tokens: tokens)
        }
    }

    // MARK: Alerts

    /// The alerts raised in periods that began since an instant, and in those without an end: by key and period.
    package static func raised(
        sinceUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [Int: [Int: Set<BudgetAlert.Mark>]] {
        let rows = try connection.query(
            """
            SELECT key_ref, period_start_us, measure, threshold FROM alert
            WHERE period_start_us >= $1 OR period_start_us = 0
            """,
            [sinceUS]
        ) { row throws(StoreError) in
            let measure: String = try row.get(2)
            let mark = BudgetAlert.Mark(measure: .init(rawValue: measure) ?? .money, threshold: try row.get(3))
            return (key: try row.get(0, as: Int.self), startUS: try row.get(1, as: Int.self), mark: mark)
        }
        var raised: [Int: [Int: Set<BudgetAlert.Mark>]] = [:]
        for row in rows { raised[row.key, default: [:]][row.startUS, default: []].insert(row.mark) }
        return raised
    }

    package static func raise(
        _ alert: BudgetAlert,
        key ordinal: Int,
        at nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let mark = alert.mark
        try connection.execute(
            """
            INSERT INTO alert (id, key_ref, period_start_us, measure, threshold, at_us, message)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING
            """,
            [
                id(of: alert), ordinal, alert.periodStartUS, mark.measure.rawValue, mark.threshold, nowUS,
                message(of: alert),
            ]
        )
    }

    package static func id(of alert: BudgetAlert) -> String {
        "\(alert.keyID):\(alert.periodStartUS):\(alert.mark.measure.rawValue):\(alert.mark.threshold)"
    }

    package static func message(of alert: BudgetAlert) -> String {
        switch alert.mark.measure {
        case .money:
            "\(alert.mark.threshold) % of the budget is spent: \(USD.text(alert.used)) of \(USD.text(alert.limit))"
        case .tokens:
            "\(alert.mark.threshold) % of the token budget is used: \(alert.used) of \(alert.limit) tokens"
        }
    }

    private static func totals(_ row: SQLRow) throws(StoreError) -> Totals {
        Totals(nanoUSD: try row.get(0), tokens: try row.get(1), requests: try row.get(2), unpriced: try row.get(3))
    }
}

/// Money for people: nano-USD rounded to a hundredth of a cent.
enum USD {
    static func text(_ nanoUSD: Int) -> String {
        let units = (max(0, nanoUSD) / 50_000 + 1) / 2
        let fraction = String(units % 10_000)
        return "\(units / 10_000).\(String(repeating: "0", count: 4 - fraction.count))\(fraction) USD"
    }
}
