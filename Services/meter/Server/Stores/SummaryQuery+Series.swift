import Contracts
import MeterCore
import Storage

/// What each provider, model or key used over time.
extension SummaryQuery {
    /// The most series of an answer.
    private static let maximumSeries = 24

    /// The buckets of each, those with the most requests first.
    func series(by split: Split, _ connection: any SQLConnection) throws(StoreError) -> [UsageSeries] {
        var all: [String: UsageSeries] = [:]
        let count = (endUS - startUS) / bucket.lengthUS
        for row in try cells(by: split, connection) {
            let index = (row.timeUS - startUS) / bucket.lengthUS
            // What reached no provider is nobody's.
            guard (0..<count).contains(index), !row.name.isEmpty else { continue }
            if all[row.name] == nil {
                let empty = [Int](repeating: 0, count: count)
                all[row.name] = UsageSeries(
                    name: row.name,
                    startUS: startUS,
                    requests: empty,
                    tokens: empty,
                    costNanoUSD: empty
                )
            }
            all[row.name]?.requests[index].addClamped(row.requests)
            all[row.name]?.tokens[index].addClamped(row.tokens)
            all[row.name]?.costNanoUSD[index].addClamped(row.costNanoUSD)
        }
        let ranked = all.values.map { (sum: $0.requests.reduce(0) { $0.addingClamped($1) }, series: $0) }.sorted {
            ($1.sum, $0.series.name) < ($0.sum, $1.series.name)
        }
        return ranked.prefix(Self.maximumSeries).map(\.series)
    }

    /// What one of them used in one bucket.
    private struct Cell: Sendable {
        var timeUS: Int
        var name: String
        var requests: Int
        var costNanoUSD: Int
        var tokens: Int
    }

    private func cells(by split: Split, _ connection: any SQLConnection) throws(StoreError) -> [Cell] {
        let (_, table, time, unitUS) = source
        var arguments: [any SQLConvertible] = [startUS / unitUS, endUS / unitUS]
        var clause = "\(time) >= $1 AND \(time) < $2"
        if let key {
            arguments.append(key)
            clause += " AND usage.key_ref = $3"
        }
        let columns =
            switch split {
            case .provider: "usage.provider AS provider, 0 AS model, 0 AS key_ref"
            case .model: "usage.provider AS provider, usage.model AS model, 0 AS key_ref"
            case .key: "0 AS provider, 0 AS model, usage.key_ref AS key_ref"
            }
        let groups =
            switch split {
            case .provider: "usage.provider"
            case .model: "usage.provider, usage.model"
            case .key: "usage.key_ref"
            }
        func total(_ text: String) -> String { "CAST(COALESCE(SUM(\(text)), 0) AS BIGINT)" }
        return try connection.query(
            """
            SELECT total.time, provider.text, model.text, \(UsageStore.owner("total")), total.requests, total.cost,
              total.tokens
            FROM (
              SELECT \(time) AS time, \(columns), \(total("usage.requests")) AS requests,
                \(total("usage.cost_nano_usd")) AS cost, \(total("usage.input + usage.output")) AS tokens
              FROM \(table) WHERE \(clause) GROUP BY \(time), \(groups)
            ) AS total
            LEFT JOIN label AS provider ON provider.id = total.provider
            LEFT JOIN label AS model ON model.id = total.model
            LEFT JOIN api_key ON api_key.ordinal = total.key_ref
            """,
            arguments
        ) { row throws(StoreError) in
            let provider = try row.get(1, as: String?.self) ?? ""
            let name =
                switch split {
                case .provider: provider
                case .model: provider.isEmpty ? "" : "\(provider)/\(try row.get(2, as: String?.self) ?? "")"
                case .key: try row.get(3, as: String?.self) ?? ""
                }
            return Cell(
                timeUS: try row.get(0, as: Int.self) * unitUS,
                name: name,
                requests: try row.get(4),
                costNanoUSD: try row.get(5),
                tokens: try row.get(6)
            )
        }
    }
}
