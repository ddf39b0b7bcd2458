package import Contracts
import MeterCore
package import Storage

/// Keeps what savers saved by the hour, and the conversations of trials.
package enum SavingStore {
    struct Cell: Hashable {
        var hour: Int
        var key: Int
        var saver: Int
        var rule: Int
        var priceClass: Int
    }

    struct Sum {
        var requests = 0
        var before = 0
        var after = 0
        var nanoUSD = 0

        mutating func add(_ priced: PricedSaving) {
            requests.addClamped(1)
            before.addClamped(max(0, priced.saving.tokensBefore))
            after.addClamped(max(0, priced.saving.tokensAfter))
            nanoUSD.addClamped(priced.nanoUSD)
        }
    }

    struct TrialCell: Hashable {
        var name: Int
        var conversation: String
        var isHeldOut: Bool
    }

    /// What a batch adds to a cell.
    struct TrialIncrement {
        var answers = 0
        var output = 0
        var outputNanoUSD = 0
        var overhead = 0
        var overheadNanoUSD = 0
        var lastUS = 0

        mutating func add(_ answer: TrialAnswer, at timeUS: Int) {
            answers.addClamped(1)
            output.addClamped(answer.outputTokens)
            outputNanoUSD.addClamped(answer.outputNanoUSD)
            overhead.addClamped(answer.overheadTokens)
            overheadNanoUSD.addClamped(answer.overheadNanoUSD)
            lastUS = max(lastUS, timeUS)
        }
    }

    /// By their codes; a class that is not known is code 0.
    static let classes = ["input", "cache_read", "cache_write", "output", Saving.heldOut, Saving.cacheLost]

    static func code(of priceClass: String) -> Int {
        (classes.firstIndex(of: priceClass) ?? -1) + 1
    }

    // MARK: Writing

    private static let insertion = LedgerStore.adding(
        to: "saving_hour",
        key: ["hour", "key_ref", "saver", "rule", "price_class"],
        ["requests", "tokens_before", "tokens_after", "nano_usd"]
    )

    static func add(_ sum: Sum, to cell: Cell, _ connection: any SQLConnection) throws(StoreError) {
        let counters = [sum.requests, sum.before, sum.after, sum.nanoUSD].map { min($0, LedgerStore.ceiling) }
        let key = [cell.hour, cell.key, cell.saver, cell.rule, cell.priceClass]
        try connection.execute(insertion, key + counters)
    }

    private static let trial = LedgerStore.adding(
        to: "trial",
        key: ["name", "conversation", "held_out"],
        ["answers", "output", "output_nano_usd", "overhead", "overhead_nano_usd"],
        also: "last_us"
    )

    static func add(_ sum: TrialIncrement, to cell: TrialCell, _ connection: any SQLConnection) throws(StoreError) {
        let counters = [sum.answers, sum.output, sum.outputNanoUSD, sum.overhead, sum.overheadNanoUSD]
        let key: [any SQLConvertible] = [cell.name, cell.conversation, cell.isHeldOut]
        try connection.execute(trial, key + counters.map { min($0, LedgerStore.ceiling) } + [sum.lastUS])
    }

    // MARK: Reading

    /// What a list is about.
    package struct Filter: Sendable {
        package var sinceUS = 0
        package var untilUS = Int.max
        package var key: Int?
        package var saver: String?
        package var isByKey = false
    }

    /// The sums of a stretch of whole hours, what saved most first.
    package static func savings(
        _ filter: Filter,
        limit: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> [SavingItem] {
        func total(_ column: String) -> String { "CAST(SUM(saving_hour.\(column)) AS BIGINT)" }
        var arguments: [any SQLConvertible] = [
            filter.sinceUS / HourSum.lengthUS, filter.untilUS / HourSum.lengthUS,
        ]
        var clause = "saving_hour.hour >= $1 AND saving_hour.hour <= $2"
        if let key = filter.key {
            arguments.append(key)
            clause += " AND saving_hour.key_ref = $\(arguments.count)"
        }
        if let saver = filter.saver {
            arguments.append(saver)
            clause += " AND saver.text = $\(arguments.count)"
        }
        arguments.append(limit)
        let key = filter.isByKey ? "COALESCE(api_key.id, '')" : "CAST('' AS TEXT)"
        return try connection.query(
            """
            SELECT \(key), saver.text, rule.text, saving_hour.price_class, \(total("requests")),
              \(total("tokens_before")), \(total("tokens_after")), \(total("nano_usd"))
            FROM saving_hour
            JOIN label AS saver ON saver.id = saving_hour.saver
            JOIN label AS rule ON rule.id = saving_hour.rule
            LEFT JOIN api_key ON api_key.ordinal = saving_hour.key_ref
            WHERE \(clause)
            GROUP BY 1, 2, 3, 4 ORDER BY 8 DESC, 1, 2, 3, 4 LIMIT $\(arguments.count)
            """,
            arguments
        ) { row throws(StoreError) in
            let (key, saver, rule): (String, String, String) = (try row.get(0), try row.get(1), try row.get(2))
            let code = try row.get(3, as: Int.self)
            let priceClass = classes.indices.contains(code - 1) ? classes[code - 1] : "unknown"
            return SavingItem(
                id: (key.isEmpty ? "" : key + "/") + "\(saver)/\(rule)/\(priceClass)",
                keyID: key,
                saver: saver,
                rule: rule,
                priceClass: priceClass,
                requests: try row.get(4),
                tokensBefore: try row.get(5),
                tokensAfter: try row.get(6),
                savedNanoUSD: try row.get(7)
            )
        }
    }

    private struct Arm {
        var name: String
        var isHeldOut: Bool
        var sinceUS: Int
        var sum: TrialSum
        var outputNanoUSD: Int
        var overhead: Int
        var overheadNanoUSD: Int
    }

    /// The trials, by name; the present length of each conversation counts.
    package static func trials(limit: Int, _ connection: any SQLConnection) throws(StoreError) -> [TrialItem] {
        func real(_ column: String, by other: String? = nil) -> String {
            let product = other.map { " * trial.\($0)" } ?? ""
            return "SUM(CAST(trial.\(column) AS DOUBLE PRECISION)\(product))"
        }
        func whole(_ column: String) -> String { "CAST(SUM(trial.\(column)) AS BIGINT)" }
        let arms = try connection.query(
            """
            SELECT label.text, trial.held_out, MIN(trial.last_us), COUNT(*), \(real("answers")),
              \(real("output")), \(real("answers", by: "answers")), \(real("output", by: "output")),
              \(real("answers", by: "output")),
              \(whole("output_nano_usd")), \(whole("overhead")), \(whole("overhead_nano_usd"))
            FROM trial JOIN label ON label.id = trial.name
            GROUP BY label.text, trial.held_out ORDER BY label.text LIMIT $1
            """,
            [limit * 2],
            arm
        )
        return arms.reduce(into: [String: [Arm]]()) { $0[$1.name, default: []].append($1) }
            .sorted { $0.key < $1.key }.map { item(of: $0.key, $0.value) }
    }

    private static func arm(_ row: SQLRow) throws(StoreError) -> Arm {
        Arm(
            name: try row.get(0),
            isHeldOut: try row.get(1),
            sinceUS: try row.get(2),
            sum: TrialSum(
                conversations: try row.get(3),
                answers: try row.get(4),
                output: try row.get(5),
                answersSquared: try row.get(6),
                outputSquared: try row.get(7),
                product: try row.get(8)
            ),
            outputNanoUSD: try row.get(9),
            overhead: try row.get(10),
            overheadNanoUSD: try row.get(11)
        )
    }

    private static func item(of name: String, _ arms: [Arm]) -> TrialItem {
        let treated = arms.first { !$0.isHeldOut }
        let heldOut = arms.first(where: \.isHeldOut)
        var item = TrialItem(
            id: name,
            sinceUS: arms.map(\.sinceUS).min() ?? 0,
            treated: treated?.sum.conversations ?? 0,
            heldOut: heldOut?.sum.conversations ?? 0,
            overheadTokens: treated?.overhead ?? 0,
            overheadNanoUSD: treated?.overheadNanoUSD ?? 0
        )
        guard let treated, let heldOut, let outcome = TrialOutcome(treated: treated.sum, heldOut: heldOut.sum) else {
            return item
        }
        item.savedShare = outcome.share
        item.savedLow = outcome.low
        item.savedHigh = outcome.high
        item.savedNanoUSD = TrialOutcome.worth(outcome.share, ofTreated: treated.outputNanoUSD)
        item.savedNanoLow = TrialOutcome.worth(outcome.low, ofTreated: treated.outputNanoUSD)
        item.savedNanoHigh = TrialOutcome.worth(outcome.high, ofTreated: treated.outputNanoUSD)
        return item
    }
}
