package import Contracts
import JSON
package import Storage

/// What a ledger row's columns do not hold, as one compact text.
///
/// A request of one attempt without savings and decisions, as most are, keeps the attempt's duration alone: everything
/// else about it is in the columns.
enum LedgerDetail {
    /// A text beyond this is left out: it would be a router's mistake, and nobody reads so many attempts.
    private static let maximumBytes = 64 << 10

    static func text(of record: UsageRecord) -> String? {
        var writer = JSONWriter(capacity: 64)
        writer.object { fields in
            if record.attempts.count == 1, let only = record.attempts.first {
                fields.integer("ms", only.durationMS)
            } else if !record.attempts.isEmpty {
                fields.array("attempts") { items in
                    for attempt in record.attempts { items.value { attempt.write(to: &$0) } }
                }
            }
            if !record.savings.isEmpty {
                fields.array("savings") { items in
                    for saving in record.savings { items.value { saving.write(to: &$0) } }
                }
            }
            if let ids = record.guardVerdict?.decisionIDs, !ids.isEmpty {
                fields.array("decisions") { items in
                    for id in ids { items.string(id) }
                }
            }
        }
        guard writer.bytes.count <= maximumBytes else { return nil }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What a text holds; nothing for one that cannot be read.
    struct Parts {
        var attempts: [Attempt] = []
        var savings: [Saving] = []
        var decisionIDs: [String] = []
        /// The duration of the only attempt.
        var durationMS: Int?

        init(_ text: String?) {
            guard let text, let document = try? JSONDocument(Array(text.utf8)) else { return }
            let root = document.root
            durationMS = root["ms"]?.integer
            attempts = root["attempts"]?.elements.compactMap { try? Attempt(from: $0) } ?? []
            savings = root["savings"]?.elements.compactMap { try? Saving(from: $0) } ?? []
            decisionIDs = root["decisions"]?.elements.compactMap(\.string) ?? []
        }
    }
}

extension UsageStore {
    /// One row with all that is known of it.
    package static func row(_ id: String, _ connection: any SQLConnection) throws(StoreError) -> UsageItem? {
        try connection.first(
            """
            SELECT \(rowColumns), dialect.text, chain.text, ledger.conversation, ledger.cache,
              account.text, ledger.status, reason.text, ledger.estimated, ledger.detail
            FROM \(rowTables)
            LEFT JOIN label AS dialect ON dialect.id = ledger.dialect
            LEFT JOIN label AS chain ON chain.id = ledger.chain
            LEFT JOIN label AS account ON account.id = ledger.account
            LEFT JOIN label AS reason ON reason.id = ledger.reason
            WHERE ledger.request_id = $1
            """,
            [id]
        ) { row throws(StoreError) in
            var item = try item(row)
            item.detail = try detail(row, from: 22, of: item)
            return item
        }
    }

    private static func detail(
        _ row: SQLRow,
        from first: Int,
        of item: UsageItem
    ) throws(StoreError) -> UsageDetail {
        let parts = LedgerDetail.Parts(try row.get(first + 9, as: String?.self))
        var attempts = parts.attempts
        if attempts.isEmpty, item.attempts == 1 {
            attempts = [
                Attempt(
                    n: 1,
                    provider: item.provider,
                    model: item.model,
                    account: try row.get(first + 5, as: String?.self) ?? "",
                    status: try row.get(first + 6, as: Int?.self) ?? 0,
                    reason: try row.get(first + 7),
                    durationMS: parts.durationMS ?? item.totalMS,
                    usage: item.usage,
                    usageSource: try row.get(first + 8, as: Int.self) == 1 ? .estimated : .provider
                )
            ]
        }
        let cache: Int = try row.get(first + 4)
        return UsageDetail(
            requestedModel: try row.get(first, as: String?.self) ?? "",
            dialect: try row.get(first + 1, as: String?.self) ?? "",
            chain: try row.get(first + 2),
            conversation: try row.get(first + 3),
            cache: LedgerStore.cacheName(of: cache),
            attempts: attempts,
            savings: parts.savings,
            guardVerdict: item.guardAction.map { GuardSummary(action: $0, decisionIDs: parts.decisionIDs) }
        )
    }
}
