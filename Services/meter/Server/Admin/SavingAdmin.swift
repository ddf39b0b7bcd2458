import Contracts
import MeterCore
import Storage

/// Lists what savers saved, and what instructions are worth.
struct SavingAdmin: Sendable {
    let context: AdminContext

    /// The rows that save most; more than a page of rules there is none of.
    func savings(_ request: ListRequest) async throws(ServiceError) -> ListReply<SavingItem> {
        try AdminContext.check(request, allowed: ["since_us", "until_us", "key", "saver", "by"])
        let by = request.filter["by"]
        guard by == nil || by == "key" else { throw .invalid("filter.by", "expected key") }
        let filter = SavingStore.Filter(
            sinceUS: max(0, try AdminContext.number("since_us", in: request.filter) ?? 0),
            untilUS: max(0, try AdminContext.number("until_us", in: request.filter) ?? .max),
            key: context.ordinal(ofKey: request.filter["key"]),
            saver: request.filter["saver"],
            isByKey: by != nil
        )
        let items = try await context.database.reading { connection throws(StoreError) in
            try SavingStore.savings(filter, limit: AdminContext.maximumPage, connection)
        }
        return ListReply(items: items, next: nil)
    }

    func trials(_ request: ListRequest) async throws(ServiceError) -> ListReply<TrialItem> {
        try AdminContext.check(request, allowed: [])
        let items = try await context.database.reading { connection throws(StoreError) in
            try SavingStore.trials(limit: AdminContext.maximumPage, connection)
        }
        return ListReply(items: items, next: nil)
    }
}
