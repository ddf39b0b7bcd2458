package import MeterCore
package import Storage

/// A plan as it is stored.
package struct PlanRow: Hashable, Sendable {
    package var terms: PlanTerms
    package var isDeclared: Bool
    package var version: Int
}

/// Reads and writes plans inside a transaction of the caller's.
package enum PlanStore {
    private static let columns = """
        name, limit_nano_usd, limit_tokens, rpm, tpm, concurrency, period, timezone, allowed_models, alert_at, hard_cutoff,
        cache, strict_lossless, declared, version
        """

    package static func page(
        after name: String,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [PlanRow] {
        try connection.query(
            "SELECT \(columns) FROM plan WHERE name > $1 ORDER BY name LIMIT $2",
            [name, limit],
            read
        )
    }

    package static func plan(_ name: String, _ connection: any SQLConnection) throws(StoreError) -> PlanRow? {
        try connection.first("SELECT \(columns) FROM plan WHERE name = $1", [name], read)
    }

    package static func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM plan") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    package static func put(_ plan: PlanRow, _ connection: any SQLConnection) throws(StoreError) {
        let terms = plan.terms
        let arguments: [any SQLConvertible] = [
            terms.name, MeterState.tenant, terms.limitNanoUSD, terms.limitTokens, terms.rpm, terms.tpm,
            terms.concurrency, terms.period.rawValue, terms.zone.name, Lines.join(terms.allowedModels),
            Lines.join(terms.alertAt.map(String.init)), terms.hardCutoff, terms.cache, terms.strictLossless,
            plan.isDeclared, plan.version,
        ]
        try connection.execute(
            """
            INSERT INTO plan (name, tenant, limit_nano_usd, limit_tokens, rpm, tpm, concurrency, period, timezone,
              allowed_models, alert_at, hard_cutoff, cache, strict_lossless, declared, version)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            ON CONFLICT (name) DO UPDATE SET limit_nano_usd = excluded.limit_nano_usd,
              limit_tokens = excluded.limit_tokens, rpm = excluded.rpm, tpm = excluded.tpm,
              concurrency = excluded.concurrency, period = excluded.period, timezone = excluded.timezone,
              allowed_models = excluded.allowed_models, alert_at = excluded.alert_at,
              hard_cutoff = excluded.hard_cutoff, cache = excluded.cache, strict_lossless = excluded.strict_lossless,
              declared = excluded.declared, version = excluded.version
            """,
            arguments
        )
    }

    package static func delete(_ name: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM plan WHERE name = $1", [name])
    }

    /// Whether a key that is not revoked is on the plan.
    package static func isUsed(_ name: String, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.first(
            "SELECT 1 FROM api_key WHERE plan = $1 AND revoked_us IS NULL LIMIT 1",
            [name]
        ) { row throws(StoreError) in try row.get(0, as: Int.self) } != nil
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> PlanRow {
        let period: String = try row.get(6)
        let zone: String = try row.get(7)
        guard let period = BudgetPeriod(rawValue: period), let zone = PeriodZone(zone) else {
            throw StoreError(.other, "a plan has an unknown period or time zone")
        }
        return PlanRow(
            terms: PlanTerms(
                name: try row.get(0),
                limitNanoUSD: try row.get(1),
                limitTokens: try row.get(2),
                rpm: try row.get(3),
                tpm: try row.get(4),
                concurrency: try row.get(5),
                period: period,
                zone: zone,
                allowedModels: Lines.split(try row.get(8)),
                alertAt: Lines.split(try row.get(9)).compactMap { Int($0) },
                hardCutoff: try row.get(10),
                cache: try row.get(11),
                strictLossless: try row.get(12)
            ),
            isDeclared: try row.get(13),
            version: try row.get(14)
        )
    }
}
