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

    /// Adds a row unless the ledger has one for the request.
    ///
    /// - Returns: Whether it was added.
    package static func insert(_ row: LedgerRow, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.execute(insertion, values: values(of: row)) == 1
    }

    package static func contains(_ requestID: String, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.first("SELECT 1 FROM ledger WHERE request_id = $1", [requestID]) { row throws(StoreError) in
            try row.get(0, as: Int.self)
        } != nil
    }

    private static let insertion = """
        INSERT INTO ledger (request_id, key_ref, started_us, outcome, cache, provider, model, requested, dialect, chain,
          account, conversation, status, reason, attempts, estimated, first_token_ms, total_ms, input, cache_read,
          cache_write_5m, cache_write_1h, output, reasoning, audio_in, audio_out, units, saved_tokens, guard_action,
          cost_nano_usd, unpriced, list_nano_usd, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
          $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
        ON CONFLICT (request_id) DO NOTHING
        """

    /// As the engine takes them, without a box for each: the ledger has a row for every request.
    private static func values(of row: LedgerRow) -> [SQLValue] {
        let record = row.priced.record
        let names = row.names
        let usage = row.priced.usage
        let isEstimated = record.attempts.contains { $0.usageSource == .estimated && !$0.usage.isZero }
        return [
            .text(record.requestID), .integer(row.priced.keyOrdinal), .integer(record.startedUS),
            .integer(code(of: record.outcome)), .integer(cacheCode(record.cache)), .integer(names.provider),
            .integer(names.model), .integer(names.requested), .integer(names.dialect), .integer(names.chain),
            .integer(names.account), .text(row.conversation), .integer(record.attempts.last?.status),
            .integer(names.reason), .integer(record.attempts.count), .integer(isEstimated ? 1 : 0),
            .integer(record.firstTokenMS), .integer(record.totalMS), .integer(usage.input), .integer(usage.cacheRead),
            .integer(usage.cacheWrite5m), .integer(usage.cacheWrite1h), .integer(usage.output),
            .integer(usage.reasoning), .integer(usage.audioIn), .integer(usage.audioOut), .integer(usage.units),
            .integer(row.priced.savedTokens), .integer(names.guardAction), .integer(row.priced.totals.nanoUSD),
            .integer(row.priced.totals.unpriced), .integer(row.priced.listNanoUSD),
            .text(LedgerDetail.text(of: record)),
        ]
    }

    private static func cacheCode(_ cache: String) -> Int {
        switch cache {
        case "exact": 1
        case "semantic": 2
        default: 0
        }
    }

    static func cacheName(of code: Int) -> String {
        switch code {
        case 1: "exact"
        case 2: "semantic"
        default: "none"
        }
    }

    // MARK: Counters

    /// Adds what new rows sum up to: one statement for each counter touched, however many rows there are.
    package static func count(_ rows: [LedgerRow], _ connection: any SQLConnection) throws(StoreError) {
        var sums = LedgerSums()
        for row in rows { sums.add(row) }
        for (cell, sum) in sums.rollups.all { try add(sum, to: cell, connection) }
        for (cell, sum) in sums.hours.all { try HourStore.add(sum, toHour: cell, connection) }
        for (cell, sum) in sums.days.all { try HourStore.add(sum, toDay: cell, connection) }
        for (cell, sum) in sums.savings { try SavingStore.add(sum, to: cell, connection) }
        for (cell, sum) in sums.trials { try SavingStore.add(sum, to: cell, connection) }
        for (period, totals) in sums.periods.all { try add(totals, to: period, connection) }
        for (key, sum) in sums.keys.all { try add(sum.totals, usedAt: sum.lastUsedUS, toKey: key, connection) }
    }

    /// No counter goes beyond this, since a sum of 64 bits that overflows reads back as no whole number at all.
    static let ceiling = 4_000_000_000_000_000_000

    /// An insertion that adds to the row which is there, and stays where it is at the ceiling.
    static func adding(to table: String, key: [String], _ counters: [String], also: String = "") -> String {
        let additions = counters.map { counter in
            "\(counter) = CASE WHEN \(table).\(counter) >= \(ceiling) THEN \(table).\(counter) "
                + "ELSE \(table).\(counter) + excluded.\(counter) END"
        }
        let columns = key + counters + (also.isEmpty ? [] : [also])
        let latest =
            also.isEmpty
            ? []
            : [
                "\(also) = CASE WHEN excluded.\(also) > \(table).\(also) THEN excluded.\(also) "
                    + "ELSE \(table).\(also) END"
            ]
        return """
            INSERT INTO \(table) (\(columns.joined(separator: ", ")))
            VALUES (\((1...columns.count).map { "$\($0)" }.joined(separator: ", ")))
            ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \((additions + latest).joined(separator: ", "))
            """
    }

    private static let rollup = adding(
        to: "rollup",
        key: ["day", "key_ref", "provider", "model"],
        [
            "requests", "errors", "input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning",
            "audio_in", "audio_out", "units", "cost_nano_usd", "unpriced",
        ]
    )

    private static func add(
        _ sum: PricedRecord.Share,
        to cell: LedgerSums.Cell,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let usage = sum.usage
        let counters = [
            sum.requests, sum.errors, usage.input, usage.cacheRead, usage.cacheWrite5m, usage.cacheWrite1h,
            usage.output, usage.reasoning, usage.audioIn, usage.audioOut, usage.units, sum.costNanoUSD, sum.unpriced,
        ]
        let key = [cell.day, cell.key, cell.provider, cell.model]
        try connection.execute(rollup, key + counters.map { min($0, ceiling) })
    }

    private static let period = adding(
        to: "budget_state",
        key: ["key_ref", "span", "period_start_us"],
        ["spent_nano_usd", "tokens", "requests", "unpriced"]
    )

    private static func add(
        _ totals: Totals,
        to cell: LedgerSums.Period,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let key: [any SQLConvertible] = [cell.key, cell.span, cell.startUS]
        try connection.execute(period, key + counters(totals))
    }

    private static let keyTotal = adding(
        to: "key_total",
        key: ["key_ref"],
        ["spent_nano_usd", "tokens", "requests", "unpriced"],
        also: "last_used_us"
    )

    private static func add(
        _ totals: Totals,
        usedAt lastUsedUS: Int,
        toKey key: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        try connection.execute(keyTotal, [key] + counters(totals) + [lastUsedUS])
    }

    private static func counters(_ totals: Totals) -> [any SQLConvertible] {
        [totals.nanoUSD, totals.tokens, totals.requests, totals.unpriced].map { min($0, ceiling) }
    }
}

/// A record on its way into the ledger, with the numbers of its names.
package struct LedgerRow: Sendable {
    package var priced: PricedRecord
    package var names: Names

    package struct Names: Sendable {
        var provider: Int
        var model: Int
        var requested: Int
        var dialect: Int
        var chain: Int?
        var account: Int?
        var reason: Int?
        var guardAction: Int?
        /// Provider and model of each share.
        var shares: [(provider: Int, model: Int)]
        /// Saver and rule of each saving.
        var savings: [(saver: Int, rule: Int)]
        var trial: Int?
    }

    /// Gives the record's names their numbers; those that have no row yet are added to the list.
    package init(_ priced: PricedRecord, labels: inout Labels, added: inout [(id: Int, text: String)]) {
        func number(_ name: String) -> Int { labels.number(name, added: &added) }
        func model(_ name: String) -> Int { labels.number(name, isMadeUp: true, added: &added) }
        let record = priced.record
        let last = record.attempts.last
        let shares = priced.shares.map { (provider: number($0.provider), model: model($0.model)) }
        self.priced = priced
        names = Names(
            provider: shares.last?.provider ?? 0,
            model: shares.last?.model ?? 0,
            requested: model(record.requestedModel),
            dialect: number(record.dialect),
            chain: record.chain.map(number),
            account: last.map { number($0.account) },
            reason: last?.reason.map(number),
            guardAction: record.guardVerdict.map { number($0.action.rawValue) },
            shares: shares,
            savings: priced.savings.map { (saver: model($0.saving.saver), rule: model($0.saving.rule)) },
            trial: priced.trial.map { model($0.name) }
        )
    }
}

extension LedgerRow {
    /// A conversation's hash: at most 32 visible characters.
    var conversation: String? {
        guard let text = priced.record.conversation else { return nil }
        let isPlain = text.utf8.count <= 32 && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !isPlain else { return text }
        return String(decoding: text.utf8.filter { (0x21...0x7E).contains($0) }.prefix(32), as: UTF8.self)
    }
}

/// What a batch of records adds, by counter.
struct LedgerSums {
    struct Cell: Hashable {
        /// The day, or in ``hours`` the hour, counted from the epoch.
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

    var rollups = RunningSums<Cell, PricedRecord.Share>(zero: .none)
    var hours = RunningSums<Cell, HourSum>(zero: HourSum())
    var days = RunningSums<Cell, HourSum>(zero: HourSum())
    var periods = RunningSums<Period, Totals>(zero: Totals())
    var keys = RunningSums<Int, (totals: Totals, lastUsedUS: Int)>(zero: (Totals(), 0))
    var savings: [SavingStore.Cell: SavingStore.Sum] = [:]
    var trials: [SavingStore.TrialCell: SavingStore.TrialIncrement] = [:]

    /// The hour and the day of a record, both of UTC: a key's own day, which ``rollups`` goes by, may begin elsewhere.
    private static func cells(_ record: PricedRecord, _ names: (provider: Int, model: Int)) -> (hour: Cell, day: Cell) {
        let hour = HourSum.hour(of: record.startedUS)
        let cell = Cell(day: hour, key: record.keyOrdinal, provider: names.provider, model: names.model)
        var day = cell
        day.day = hour / 24
        return (cell, day)
    }

    mutating func add(_ row: LedgerRow) {
        let record = row.priced
        for (share, names) in zip(record.shares, row.names.shares) {
            let cell = Cell(day: record.day, key: record.keyOrdinal, provider: names.provider, model: names.model)
            rollups.add(to: cell) { $0.add(share) }
            let (hour, day) = Self.cells(record, names)
            hours.add(to: hour) { $0.add(share) }
            days.add(to: day) { $0.add(share) }
        }
        if let last = row.names.shares.last {
            let (hour, day) = Self.cells(record, last)
            hours.add(to: hour) { $0.count(record) }
            days.add(to: day) { $0.count(record) }
        }
        for (priced, names) in zip(record.savings, row.names.savings) {
            let cell = SavingStore.Cell(
                hour: HourSum.hour(of: record.startedUS),
                key: record.keyOrdinal,
                saver: names.saver,
                rule: names.rule,
                priceClass: SavingStore.code(of: priced.saving.priceClass)
            )
            savings[cell, default: SavingStore.Sum()].add(priced)
        }
        if let trial = record.trial, let name = row.names.trial, let conversation = row.conversation {
            let cell = SavingStore.TrialCell(name: name, conversation: conversation, isHeldOut: trial.isHeldOut)
            trials[cell, default: SavingStore.TrialIncrement()].add(trial, at: record.startedUS)
        }
        let period = Period(key: record.keyOrdinal, span: record.span, startUS: record.periodStartUS)
        periods.add(to: period) { $0.add(record.totals) }
        keys.add(to: record.keyOrdinal) { sum in
            sum.totals.add(record.totals)
            sum.lastUsedUS = max(sum.lastUsedUS, record.startedUS)
        }
    }
}

/// Sums by key.
///
/// Rows in a row mostly have the same key, whose sum is held apart: such a row costs no look-up.
struct RunningSums<Key: Hashable, Sum> {
    private let zero: Sum
    private var sums: [Key: Sum] = [:]
    private var key: Key?
    private var sum: Sum

    init(zero: Sum) {
        self.zero = zero
        sum = zero
    }

    mutating func add(to key: Key, _ body: (inout Sum) -> Void) {
        if self.key != key {
            putAway()
            sum = sums[key] ?? zero
            self.key = key
        }
        body(&sum)
    }

    /// Every key with its sum.
    var all: [Key: Sum] {
        var copy = self
        copy.putAway()
        return copy.sums
    }

    private mutating func putAway() {
        if let key { sums[key] = sum }
    }
}
