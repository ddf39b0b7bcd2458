package import Contracts
import MeterCore
package import Storage

/// Sums up a stretch of time.
package struct SummaryQuery: Sendable {
    /// How fine the buckets are.
    package enum Bucket: String, Sendable {
        case minute
        case hour
        case day

        package var lengthUS: Int {
            switch self {
            case .minute: 60_000_000
            case .hour: HourSum.lengthUS
            case .day: 24 * HourSum.lengthUS
            }
        }

        /// The longest stretch that is answered: minutes are counted in the ledger itself.
        package var longestUS: Int {
            switch self {
            case .minute: 6 * HourSum.lengthUS
            case .hour: 62 * 24 * HourSum.lengthUS
            case .day: 800 * 24 * HourSum.lengthUS
            }
        }
    }

    /// What buckets can be split by.
    package enum Split: String, Sendable {
        case provider
        case model
        case key
    }

    package var bucket: Bucket
    /// Whole buckets.
    package var startUS: Int
    package var endUS: Int
    package var key: Int?
    /// Of the very stretch that was asked for, without rounding.
    package var slices: [Range<Int>] = []
    /// What the buckets are split by.
    package var split: Split?
    /// Whether the totals are all that is wanted.
    package var totalsOnly = false

    /// The most providers, models and keys of an answer.
    private static let maximumGroups = 100
    /// The requests whose times percentiles are made of.
    package static let maximumSamples = 1000
    /// The same for one slice of the stretch.
    private static let samplesOfSlice = 60
    /// The most slices that are asked for at once.
    package static let maximumSlices = 48

    package init(
        bucket: Bucket,
        sinceUS: Int,
        untilUS: Int,
        key: Int?,
        slices count: Int = 0,
        split: Split? = nil
    ) {
        self.bucket = bucket
        self.split = split
        self.key = key
        if count > 0 {
            let length = max(1, (untilUS - sinceUS) / count)
            slices = (0..<count).map { sinceUS + $0 * length..<sinceUS + ($0 + 1) * length }
        }
        startUS = sinceUS / bucket.lengthUS * bucket.lengthUS
        endUS = (untilUS + bucket.lengthUS - 1) / bucket.lengthUS * bucket.lengthUS
    }

    /// Reads everything that an answer holds.
    package func reply(_ connection: any SQLConnection) throws(StoreError) -> SummarizeReply {
        var reply = SummarizeReply()
        if totalsOnly {
            reply.totals = try totals(connection)
            return reply
        }
        var (providers, models, keys): (Groups, Groups, Groups) = (Groups(), Groups(), Groups())
        for group in try groups(connection) {
            reply.totals.add(group.sum)
            keys.add(group.sum, to: group.key)
            // What reached no provider is nobody's.
            guard !group.provider.isEmpty else { continue }
            providers.add(group.sum, to: group.provider)
            models.add(group.sum, to: "\(group.provider)/\(group.model)")
        }
        reply.providers = providers.ranked(Self.maximumGroups)
        reply.models = models.ranked(Self.maximumGroups)
        reply.keys = keys.ranked(Self.maximumGroups)
        reply.buckets = try buckets(connection)
        reply.latency = try latency(connection)
        reply.latencies = try latencies(connection)
        if let split { reply.series = try series(by: split, connection) }
        return reply
    }

    /// Sums by name.
    private struct Groups {
        private var sums: [String: UsageSum] = [:]

        mutating func add(_ sum: UsageSum, to name: String) {
            sums[name, default: UsageSum(name: name)].add(sum)
        }

        /// Those with the most requests first.
        func ranked(_ limit: Int) -> [UsageSum] {
            Array(sums.values.sorted { ($1.requests, $0.name) < ($0.requests, $1.name) }.prefix(limit))
        }
    }

    // MARK: Queries

    /// The sums' columns, and the table with its bounds: hours and days are summed up already, minutes are not.
    var source: (sums: String, table: String, time: String, unitUS: Int) {
        func total(_ text: String) -> String { "CAST(COALESCE(SUM(\(text)), 0) AS BIGINT)" }
        func named(_ sums: [String]) -> String {
            zip(sums, Self.sumNames).map { "\($0) AS \($1)" }.joined(separator: ", ")
        }
        if bucket == .minute {
            let sums = [
                "COUNT(*)", total("CASE WHEN usage.outcome IN (2, 3, 6) THEN 1 ELSE 0 END"),
                total("CASE WHEN usage.outcome = 4 THEN 1 ELSE 0 END"), total("usage.unpriced"),
                total("usage.cost_nano_usd"), total("COALESCE(usage.list_nano_usd, usage.cost_nano_usd)"),
                total("usage.input + usage.cache_read + usage.cache_write_5m + usage.cache_write_1h"),
                total("usage.cache_read"), total("usage.output"), total("usage.saved_tokens"),
            ]
            return (named(sums), "ledger AS usage", "usage.started_us", 1)
        }
        let sums = named(Self.sumNames.map { total("usage.\($0)") })
        return bucket == .hour
            ? (sums, "usage_hour AS usage", "usage.hour", HourSum.lengthUS)
            : (sums, "usage_day AS usage", "usage.day", Bucket.day.lengthUS)
    }

    /// The columns of `usage_hour` and `usage_day` that are summed, in the order that ``sum(_:from:)`` reads.
    static let sumNames = [
        "requests", "errors", "blocked", "unpriced", "cost_nano_usd", "list_nano_usd", "input", "cached", "output",
        "saved",
    ]

    private func bounds(_ time: String, _ unitUS: Int) -> (clause: String, arguments: [any SQLConvertible]) {
        var arguments: [any SQLConvertible] = [startUS / unitUS, endUS / unitUS]
        var clause = "\(time) >= $1 AND \(time) < $2"
        if let key {
            arguments.append(key)
            clause += " AND usage.key_ref = $3"
        }
        return (clause, arguments)
    }

    /// What one key used of one provider's model.
    private struct Group: Sendable {
        var key: String
        var provider: String
        var model: String
        var sum: UsageSum
    }

    /// Where groups are summed up: of a stretch in hours the whole days come from the days' sums.
    private var groupSource: (sums: String, table: String, clause: String, arguments: [any SQLConvertible]) {
        let (sums, table, time, unit) = source
        let (clause, arguments) = bounds(time, unit)
        let (firstDay, endDay) = (
            (startUS + Bucket.day.lengthUS - 1) / Bucket.day.lengthUS, endUS / Bucket.day.lengthUS
        )
        guard bucket == .hour, firstDay < endDay else { return (sums, table, clause, arguments) }
        let columns = (["key_ref", "provider", "model"] + Self.sumNames).joined(separator: ", ")
        // Parameters are numbered in the order of their first use.
        var places: [any SQLConvertible] = []
        func part(_ table: String, _ time: String, _ start: Int, _ end: Int) -> String {
            places += [start, end]
            let clause = "\(time) >= $\(places.count - 1) AND \(time) < $\(places.count)"
            guard let key else { return "SELECT \(columns) FROM \(table) WHERE \(clause)" }
            places.append(key)
            return "SELECT \(columns) FROM \(table) WHERE \(clause) AND key_ref = $\(places.count)"
        }
        let parts = [
            part("usage_hour", "hour", startUS / unit, firstDay * 24), part("usage_day", "day", firstDay, endDay),
            part("usage_hour", "hour", endDay * 24, endUS / unit),
        ]
        return (sums, "(\(parts.joined(separator: " UNION ALL "))) AS usage", "1 = 1", places)
    }

    /// One walk through the stretch for all groupings; names are looked up for the few groups alone.
    private func groups(_ connection: any SQLConnection) throws(StoreError) -> [Group] {
        let (sums, table, clause, arguments) = groupSource
        let named = Self.sumNames.map { "total.\($0)" }.joined(separator: ", ")
        return try connection.query(
            """
            SELECT \(UsageStore.owner("total")), provider.text, model.text, \(named)
            FROM (
              SELECT usage.key_ref, usage.provider, usage.model, \(sums) FROM \(table) WHERE \(clause)
              GROUP BY usage.key_ref, usage.provider, usage.model
            ) AS total
            LEFT JOIN api_key ON api_key.ordinal = total.key_ref
            LEFT JOIN label AS provider ON provider.id = total.provider
            LEFT JOIN label AS model ON model.id = total.model
            """,
            arguments
        ) { row throws(StoreError) in
            Group(
                key: try row.get(0, as: String?.self) ?? "",
                provider: try row.get(1, as: String?.self) ?? "",
                model: try row.get(2, as: String?.self) ?? "",
                sum: try Self.sum(row, from: 3)
            )
        }
    }

    /// What ``groups(_:)`` adds up to.
    private func totals(_ connection: any SQLConnection) throws(StoreError) -> UsageSum {
        let (sums, table, clause, arguments) = groupSource
        let rows = try connection.query("SELECT \(sums) FROM \(table) WHERE \(clause)", arguments) {
            row throws(StoreError) in try Self.sum(row, from: 0)
        }
        return rows.first ?? UsageSum()
    }

    /// The sums by time, in the order of the table's own index.
    private func buckets(_ connection: any SQLConnection) throws(StoreError) -> [UsageSum] {
        let (sums, table, column, unit) = source
        let (clause, arguments) = bounds(column, unit)
        let time = bucket == .minute ? "\(column) / \(bucket.lengthUS)" : column
        let stepUS = bucket == .minute ? bucket.lengthUS : unit
        let rows = try connection.query(
            "SELECT \(time), \(sums) FROM \(table) WHERE \(clause) GROUP BY \(time) ORDER BY \(time)",
            arguments
        ) { row throws(StoreError) in
            var sum = try Self.sum(row, from: 1)
            sum.startUS = try row.get(0, as: Int.self) * stepUS / bucket.lengthUS * bucket.lengthUS
            return sum
        }
        return rows.reduce(into: []) { buckets, row in
            if buckets.last?.startUS == row.startUS {
                buckets[buckets.count - 1].add(row)
            } else {
                buckets.append(row)
            }
        }
    }

    private static func sum(_ row: SQLRow, from first: Int) throws(StoreError) -> UsageSum {
        UsageSum(
            requests: try row.get(first),
            errors: try row.get(first + 1),
            blocked: try row.get(first + 2),
            unpriced: try row.get(first + 3),
            costNanoUSD: try row.get(first + 4),
            listNanoUSD: try row.get(first + 5),
            inputTokens: try row.get(first + 6),
            outputTokens: try row.get(first + 8),
            cachedTokens: try row.get(first + 7),
            // Net of what instructions add, which may be more than was taken away; charts know no less than nothing.
            savedTokens: max(0, try row.get(first + 9, as: Int.self))
        )
    }

    // MARK: Latency

    private func latency(_ connection: any SQLConnection) throws(StoreError) -> UsageLatency {
        try latency(startUS..<endUS, samples: Self.maximumSamples, connection)
    }

    /// The times of each slice that has any: every slice is one short walk along the index, however full it is.
    private func latencies(_ connection: any SQLConnection) throws(StoreError) -> [UsageLatency] {
        var latencies: [UsageLatency] = []
        for slice in slices {
            var latency = try latency(slice, samples: Self.samplesOfSlice, connection)
            latency.startUS = slice.lowerBound
            if latency.samples > 0 { latencies.append(latency) }
        }
        return latencies
    }

    private func latency(
        _ stretch: Range<Int>,
        samples: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> UsageLatency {
        var arguments: [any SQLConvertible] = [stretch.lowerBound, stretch.upperBound]
        var clause = "outcome = 1 AND started_us >= $1 AND started_us < $2"
        if let key {
            arguments.append(key)
            clause += " AND key_ref = $3"
        }
        arguments.append(samples)
        let times = try connection.query(
            "SELECT total_ms, first_token_ms FROM ledger WHERE \(clause) ORDER BY started_us DESC LIMIT $\(arguments.count)",
            arguments
        ) { row throws(StoreError) in
            (total: try row.get(0, as: Int.self), first: try row.get(1, as: Int?.self))
        }
        let totals = times.map(\.total).sorted()
        let firsts = times.compactMap(\.first).sorted()
        return UsageLatency(
            p50MS: Self.percentile(50, of: totals),
            p95MS: Self.percentile(95, of: totals),
            firstTokenP50MS: Self.percentile(50, of: firsts),
            firstTokenP95MS: Self.percentile(95, of: firsts),
            samples: times.count
        )
    }

    /// The smallest value that at least so many hundredths of the sorted values do not exceed.
    static func percentile(_ percent: Int, of sorted: [Int]) -> Int? {
        guard !sorted.isEmpty else { return nil }
        return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
    }
}

extension UsageSum {
    mutating func add(_ other: UsageSum) {
        requests.addClamped(other.requests)
        errors.addClamped(other.errors)
        blocked.addClamped(other.blocked)
        unpriced.addClamped(other.unpriced)
        costNanoUSD.addClamped(other.costNanoUSD)
        listNanoUSD.addClamped(other.listNanoUSD)
        inputTokens.addClamped(other.inputTokens)
        outputTokens.addClamped(other.outputTokens)
        cachedTokens.addClamped(other.cachedTokens)
        savedTokens.addClamped(other.savedTokens)
    }
}
