import Contracts
import MeterCore
import Storage

/// What one provider and model did for one key in an hour, or in a day.
struct HourSum: Sendable {
    static let lengthUS = 3_600_000_000

    var requests = 0
    var errors = 0
    var blocked = 0
    var unpriced = 0
    var costNanoUSD = 0
    var listNanoUSD = 0
    var input = 0
    var cached = 0
    var output = 0
    var saved = 0

    static func hour(of timeUS: Int) -> Int { timeUS / lengthUS }

    /// Adds what an attempt used.
    mutating func add(_ share: PricedRecord.Share) {
        costNanoUSD.addClamped(share.costNanoUSD)
        listNanoUSD.addClamped(share.listNanoUSD)
        input.addClamped(share.usage.promptTokens)
        cached.addClamped(share.usage.cacheRead)
        output.addClamped(share.usage.output)
    }

    /// Counts a request, where its last attempt was.
    mutating func count(_ priced: PricedRecord) {
        requests.addClamped(1)
        switch priced.record.outcome {
        case .clientError, .providerError, .interrupted: errors.addClamped(1)
        case .blocked: blocked.addClamped(1)
        default: break
        }
        unpriced.addClamped(priced.totals.unpriced)
        saved.addClamped(priced.savedTokens)
    }
}

extension PricedRecord {
    /// What all attempts would have cost without the providers' caches and without savers.
    var listNanoUSD: Int { shares.reduce(0) { $0.addingClamped($1.listNanoUSD) } }
}

/// Keeps sums by the hour and by the day, so that a chart of a month reads hundreds of rows and not the ledger.
enum HourStore {
    private static let hours = insertion("usage_hour", "hour")
    private static let days = insertion("usage_day", "day")

    private static func insertion(_ table: String, _ time: String) -> String {
        LedgerStore.adding(to: table, key: [time, "key_ref", "provider", "model"], SummaryQuery.sumNames)
    }

    static func add(_ sum: HourSum, toHour cell: LedgerSums.Cell, _ connection: any SQLConnection) throws(StoreError) {
        try add(sum, to: cell, hours, connection)
    }

    static func add(_ sum: HourSum, toDay cell: LedgerSums.Cell, _ connection: any SQLConnection) throws(StoreError) {
        try add(sum, to: cell, days, connection)
    }

    private static func add(
        _ sum: HourSum,
        to cell: LedgerSums.Cell,
        _ insertion: String,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        let counters = [
            sum.requests, sum.errors, sum.blocked, sum.unpriced, sum.costNanoUSD, sum.listNanoUSD, sum.input,
            sum.cached, sum.output, sum.saved,
        ]
        let key = [cell.day, cell.key, cell.provider, cell.model]
        try connection.execute(insertion, key + counters.map { min($0, LedgerStore.ceiling) })
    }
}
