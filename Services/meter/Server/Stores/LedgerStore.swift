package import Contracts
package import MeterCore
package import Storage

/// Writes settled records: one row each, and what they add to rollups and counters, in the caller's transaction.
package enum LedgerStore {
    /// The number that stands for an outcome; 0 for one that this build does not know.
    package static func code(of outcome: Outcome) -> Int {
        (Outcome.known.firstIndex(of: outcome) ?? -1) + 1
    }

    package static func outcome(of code: Int) -> Outcome {
        Outcome.known.indices.contains(code - 1) ? Outcome.known[code - 1] : Outcome(rawValue: "unknown")
    }

    /// The names in a record that are filed as labels.
    package static func names(in priced: PricedRecord) -> [String] {
        let record = priced.record
        let action = record.guardVerdict?.action.rawValue ?? ""
        var names = [record.requestedModel, record.dialect, "", record.chain ?? "", action]
        for attempt in record.attempts {
            names.append(contentsOf: [attempt.provider, attempt.model, attempt.account, attempt.reason ?? ""])
        }
        return names
    }

    /// Adds a row unless the ledger has one for the request.
    ///
    /// - Returns: Whether it was added.
    package static func insert(
        _ priced: PricedRecord,
        labels: Labels,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Bool {
        try connection.execute(insertion, arguments(priced, labels)) == 1
    }

    private static let insertion = """
        INSERT INTO ledger (request_id, key_ref, started_us, outcome, cache, provider, model, requested, dialect, chain,
          account, conversation, status, reason, attempts, estimated, first_token_ms, total_ms, input, cache_read,
          cache_write_5m, cache_write_1h, output, reasoning, audio_in, audio_out, units, saved_tokens, guard_action,
          cost_nano_usd, unpriced)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25, $26, $27, $28, $29, $30, $31)
        ON CONFLICT (request_id) DO NOTHING
        """

    private static func arguments(_ priced: PricedRecord, _ labels: Labels) -> [any SQLConvertible] {
        let record = priced.record
        let last = record.attempts.last
        let usage = priced.usage
        let isEstimated = record.attempts.contains { $0.usageSource == .estimated && !$0.usage.isZero }
        let saved = record.savings.reduce(0) { sum, saving in
            sum.addingClamped(max(0, saving.tokensBefore.addingClamped(-max(0, saving.tokensAfter))))
        }
        return [
            record.requestID, priced.keyOrdinal, record.startedUS, code(of: record.outcome), cacheCode(record.cache),
            labels[last?.provider ?? ""], labels[last?.model ?? ""], labels[record.requestedModel],
            labels[record.dialect], labels[record.chain], labels[last?.account],
            record.conversation.map { String($0.filter { $0 != "\0" }.prefix(32)) }, last?.status, labels[last?.reason],
            record.attempts.count,
            isEstimated, record.firstTokenMS, record.totalMS, usage.input, usage.cacheRead, usage.cacheWrite5m,
            usage.cacheWrite1h, usage.output, usage.reasoning, usage.audioIn, usage.audioOut, usage.units, saved,
            labels[record.guardVerdict?.action.rawValue], priced.totals.nanoUSD, priced.totals.unpriced,
        ]
    }

    private static func cacheCode(_ cache: String) -> Int {
        switch cache {
        case "exact": 1
        case "semantic": 2
        default: 0
        }
    }

    // MARK: Counters

    /// Adds what new records sum up to: one statement for each counter touched, however many records there are.
    package static func count(
        _ records: [PricedRecord],
        labels: Labels,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        var sums = LedgerSums()
        for record in records { sums.add(record, labels: labels) }
        for (cell, sum) in sums.rollups { try add(sum, to: cell, connection) }
        for (period, totals) in sums.periods { try add(totals, to: period, connection) }
        for (key, sum) in sums.keys { try add(sum.totals, usedAt: sum.lastUsedUS, toKey: key, connection) }
    }

    private static func add(
        _ sum: PricedRecord.Share,
        to cell: LedgerSums.Cell,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let usage = sum.usage
        let arguments: [any SQLConvertible] = [
            cell.day, cell.key, cell.provider, cell.model, sum.requests, sum.errors, usage.input, usage.cacheRead,
            usage.cacheWrite5m, usage.cacheWrite1h, usage.output, usage.reasoning, usage.audioIn, usage.audioOut,
            usage.units, sum.costNanoUSD, sum.unpriced,
        ]
        try connection.execute(
            """
            INSERT INTO rollup (day, key_ref, provider, model, requests, errors, input, cache_read, cache_write_5m,
              cache_write_1h, output, reasoning, audio_in, audio_out, units, cost_nano_usd, unpriced)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
            ON CONFLICT (day, key_ref, provider, model) DO UPDATE SET requests = rollup.requests + excluded.requests,
              errors = rollup.errors + excluded.errors, input = rollup.input + excluded.input,
              cache_read = rollup.cache_read + excluded.cache_read,
              cache_write_5m = rollup.cache_write_5m + excluded.cache_write_5m,
              cache_write_1h = rollup.cache_write_1h + excluded.cache_write_1h,
              output = rollup.output + excluded.output, reasoning = rollup.reasoning + excluded.reasoning,
              audio_in = rollup.audio_in + excluded.audio_in, audio_out = rollup.audio_out + excluded.audio_out,
              units = rollup.units + excluded.units, cost_nano_usd = rollup.cost_nano_usd + excluded.cost_nano_usd,
              unpriced = rollup.unpriced + excluded.unpriced
            """,
            arguments
        )
    }

    private static func add(
        _ totals: Totals,
        to period: LedgerSums.Period,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO budget_state (key_ref, span, period_start_us, spent_nano_usd, tokens, requests, unpriced)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (key_ref, span, period_start_us) DO UPDATE SET
              spent_nano_usd = budget_state.spent_nano_usd + excluded.spent_nano_usd,
              tokens = budget_state.tokens + excluded.tokens, requests = budget_state.requests + excluded.requests,
              unpriced = budget_state.unpriced + excluded.unpriced
            """,
            [
                period.key, period.span, period.startUS, totals.nanoUSD, totals.tokens, totals.requests,
                totals.unpriced,
            ]
        )
    }

    private static func add(
        _ totals: Totals,
        usedAt lastUsedUS: Int,
        toKey key: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(
            """
            INSERT INTO key_total (key_ref, spent_nano_usd, tokens, requests, unpriced, last_used_us)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (key_ref) DO UPDATE SET
              spent_nano_usd = key_total.spent_nano_usd + excluded.spent_nano_usd,
              tokens = key_total.tokens + excluded.tokens, requests = key_total.requests + excluded.requests,
              unpriced = key_total.unpriced + excluded.unpriced,
              last_used_us = CASE WHEN excluded.last_used_us > key_total.last_used_us THEN excluded.last_used_us
                ELSE key_total.last_used_us END
            """,
            [key, totals.nanoUSD, totals.tokens, totals.requests, totals.unpriced, lastUsedUS]
        )
    }
}

/// What a batch of records adds, by counter.
struct LedgerSums {
    struct Cell: Hashable {
        var day: Int
        var key: Int
        var provider: Int
        var model: Int
    }

    struct Period: Hashable {
        var key: Int
        var span: String
        var startUS: Int
    }

    var rollups: [Cell: PricedRecord.Share] = [:]
    var periods: [Period: Totals] = [:]
    var keys: [Int: (totals: Totals, lastUsedUS: Int)] = [:]

    mutating func add(_ record: PricedRecord, labels: Labels) {
        for share in record.shares {
            let cell = Cell(
                day: record.day,
                key: record.keyOrdinal,
                provider: labels[share.provider],
                model: labels[share.model]
            )
            rollups[cell, default: PricedRecord.Share.none].add(share)
        }
        let period = Period(key: record.keyOrdinal, span: record.span, startUS: record.periodStartUS)
        periods[period, default: Totals()].add(record.totals)
        var key = keys[record.keyOrdinal] ?? (Totals(), 0)
        key.totals.add(record.totals)
        key.lastUsedUS = max(key.lastUsedUS, record.startedUS)
        keys[record.keyOrdinal] = key
    }
}
