import Contracts
import MeterCore
import Storage

/// Deletes what has been kept long enough, a bounded batch at a time and in turn with the settlements.
struct Retention: Sendable {
    /// Rows in one transaction: a few milliseconds, so that nothing waits noticeably.
    static let batch = 1000
    /// Counters and alerts of a present month must outlive any shorter retention.
    private static let shortestCounters = 62 * 86_400_000_000

    let database: any Database
    let queue: WriteQueue
    let retentionUS: Int

    private static let ledger = """
        DELETE FROM ledger WHERE request_id IN (
          SELECT request_id FROM ledger WHERE started_us < $1 ORDER BY started_us LIMIT $2
        )
        """
    private static let rollup = """
        DELETE FROM rollup WHERE (day, key_ref, provider, model) IN (
          SELECT day, key_ref, provider, model FROM rollup WHERE day < $1 ORDER BY day LIMIT $2
        )
        """
    private static let hours = """
        DELETE FROM usage_hour WHERE (hour, key_ref, provider, model) IN (
          SELECT hour, key_ref, provider, model FROM usage_hour WHERE hour < $1 ORDER BY hour LIMIT $2
        )
        """
    private static let days = """
        DELETE FROM usage_day WHERE (day, key_ref, provider, model) IN (
          SELECT day, key_ref, provider, model FROM usage_day WHERE day < $1 ORDER BY day LIMIT $2
        )
        """
    private static let savings = """
        DELETE FROM saving_hour WHERE (hour, key_ref, saver, rule, price_class) IN (
          SELECT hour, key_ref, saver, rule, price_class FROM saving_hour WHERE hour < $1 ORDER BY hour LIMIT $2
        )
        """
    private static let trials = """
        DELETE FROM trial WHERE (name, conversation, held_out) IN (
          SELECT name, conversation, held_out FROM trial WHERE last_us < $1 ORDER BY last_us LIMIT $2
        )
        """
    private static let budgets = """
        DELETE FROM budget_state WHERE (key_ref, span, period_start_us) IN (
          SELECT key_ref, span, period_start_us FROM budget_state
          WHERE period_start_us > 0 AND period_start_us < $1 ORDER BY period_start_us LIMIT $2
        )
        """
    private static let alerts = """
        DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE at_us < $1 ORDER BY at_us LIMIT $2)
        """
    /// The youngest key stays, so that no later one gets its number and with it what is left of its counters.
    private static let keys = """
        DELETE FROM api_key WHERE id IN (
          SELECT id FROM api_key WHERE revoked_us < $1 AND ordinal < (SELECT MAX(ordinal) FROM api_key)
            AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.key_ref = api_key.ordinal)
          ORDER BY ordinal LIMIT $2
        )
        """
    private static let totals = """
        DELETE FROM key_total WHERE key_ref IN (
          SELECT key_ref FROM key_total
          WHERE key_ref < $1 AND NOT EXISTS (SELECT 1 FROM api_key WHERE api_key.ordinal = key_total.key_ref) LIMIT $2
        )
        """

    private static let lifetimes = """
        DELETE FROM budget_state WHERE (key_ref, span, period_start_us) IN (
          SELECT key_ref, span, period_start_us FROM budget_state
          WHERE key_ref < $1 AND NOT EXISTS (SELECT 1 FROM api_key WHERE api_key.ordinal = budget_state.key_ref) LIMIT $2
        )
        """
    private static let routers = """
        DELETE FROM router_instance WHERE name IN (SELECT name FROM router_instance WHERE seen_us < $1 LIMIT $2)
        """
    private static let routerMemoryUS = 7 * 86_400_000_000

    /// Whether the wall clock can be believed: between two looks it went about as far as the clock that never jumps.
    ///
    /// A clock that has jumped years ahead would have the whole ledger deleted.
    static func isSteady(from earlier: Moment, to now: Moment) -> Bool {
        let (wall, steady) = (now.epochUS - earlier.epochUS, now.uptimeUS - earlier.uptimeUS)
        return abs(wall - steady) < 300_000_000
    }

    /// Sweeps once.
    ///
    /// - Returns: How many rows went.
    func sweep(nowUS: Int) async throws -> Int {
        let cutoff = nowUS - retentionUS
        let counters = min(cutoff, nowUS - Self.shortestCounters)
        let steps = [
            (Self.ledger, cutoff), (Self.rollup, cutoff / 86_400_000_000),
            (Self.hours, cutoff / HourSum.lengthUS), (Self.days, cutoff / 86_400_000_000),
            (Self.savings, cutoff / HourSum.lengthUS), (Self.trials, cutoff),
            (Self.budgets, counters), (Self.alerts, counters),
            (Self.keys, cutoff), (Self.totals, Int.max),
            (Self.lifetimes, Int.max), (Self.routers, nowUS - Self.routerMemoryUS),
        ]
        var deleted = 0
        for (sql, bound) in steps where bound > 0 {
            while !Task.isCancelled {
                let count = try await queue.perform { () async throws(ServiceError) in
                    try await database.writing { connection throws(StoreError) -> Verdict<Int> in
                        .done(try connection.execute(sql, [bound, Self.batch]))
                    }
                }
                deleted += count
                if count < Self.batch { break }
            }
        }
        return deleted
    }
}
