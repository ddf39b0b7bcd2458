import Contracts
import MeterCore
import Storage

/// Lists what was used: ledger rows, rollups by day, alerts and live budgets.
struct UsageAdmin: Sendable {
    let context: AdminContext

    func usage(_ request: ListRequest) async throws(ServiceError) -> ListReply<UsageItem> {
        try AdminContext.check(request, allowed: ["key", "outcome", "since_us", "until_us", "provider", "model"])
        var filter = UsageStore.LedgerFilter(
            key: context.ordinal(ofKey: request.filter["key"]),
            sinceUS: try AdminContext.number("since_us", in: request.filter) ?? 0,
            untilUS: try AdminContext.number("until_us", in: request.filter) ?? .max,
            provider: request.filter["provider"],
            model: request.filter["model"]
        )
        if let outcome = request.filter["outcome"] {
            let code = LedgerStore.code(of: Outcome(rawValue: outcome))
            guard code > 0 else { throw .invalid("filter.outcome", "there is no such outcome") }
            filter.outcome = code
        }
        if let token = request.pageToken {
            guard let after = PageToken.pair(token) else { throw .foreignToken }
            filter.after = .init(startedUS: after.number, requestID: after.name)
        }
        let limit = AdminContext.limit(request)
        let fixed = filter
        let rows = try await context.database.reading { connection throws(StoreError) in
            try UsageStore.usage(fixed, limit: limit + 1, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: { PageToken($0.startedUS, $0.requestID).text }, \.self)
        return ListReply(items: page.items, next: page.next)
    }

    /// One row with all that is known of it.
    func row(_ request: GetRequest) async throws(ServiceError) -> UsageItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try UsageStore.row(request.id, connection)
        }
        guard let row else { throw .noSuch("request", request.id) }
        return row
    }

    func rollups(_ request: ListRequest) async throws(ServiceError) -> ListReply<RollupItem> {
        try AdminContext.check(request, allowed: ["key", "provider", "model", "since_day", "until_day"])
        var filter = UsageStore.RollupFilter(
            key: context.ordinal(ofKey: request.filter["key"]),
            provider: request.filter["provider"],
            model: request.filter["model"],
            sinceDay: try Self.day("since_day", in: request.filter) ?? 0,
            untilDay: try Self.day("until_day", in: request.filter) ?? .max
        )
        if let token = request.pageToken {
            guard let after = PageToken.numbers(token, count: 4) else { throw .foreignToken }
            filter.after = .init(day: after[0], key: after[1], provider: after[2], model: after[3])
        }
        let limit = AdminContext.limit(request)
        let fixed = filter
        let rows = try await context.database.reading { connection throws(StoreError) in
            try UsageStore.rollups(fixed, limit: limit + 1, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: \.item.id, \.item)
        return ListReply(items: page.items, next: page.next)
    }

    func alerts(_ request: ListRequest) async throws(ServiceError) -> ListReply<AlertItem> {
        try AdminContext.check(request, allowed: ["key"])
        let after = request.pageToken.flatMap(PageToken.pair)
        guard request.pageToken == nil || after != nil else { throw .foreignToken }
        let key = context.ordinal(ofKey: request.filter["key"])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try UsageStore.alerts(
                key: key,
                after: after.map { (atUS: $0.number, id: $0.name) },
                limit: limit + 1,
                connection
            )
        }
        let page = AdminContext.page(rows, limit: limit, token: { PageToken($0.atUS, $0.id).text }, \.self)
        return ListReply(items: page.items, next: page.next)
    }

    /// The live budgets of keys, by age of the key.
    func budgets(_ request: ListRequest) throws(ServiceError) -> ListReply<BudgetItem> {
        try AdminContext.check(request, allowed: ["key"])
        guard let after = request.pageToken.map({ Int($0) }) ?? 0 else { throw .foreignToken }
        let limit = AdminContext.limit(request)
        let views = context.memory.withState { state, now in
            state.views(after: after, limit: limit + 1, keyID: request.filter["key"], now: now)
        }
        let page = AdminContext.page(views, limit: limit, token: { String($0.terms.ordinal) }, Self.budget)
        return ListReply(items: page.items, next: page.next)
    }

    func budget(_ request: GetRequest) throws(ServiceError) -> BudgetItem {
        guard let view = context.memory.view(keyID: request.id) else { throw .noSuch("key", request.id) }
        return Self.budget(view)
    }

    static func budget(_ view: MeterState.KeyView) -> BudgetItem {
        BudgetItem(
            id: view.terms.id,
            periodStartUS: view.periodStartUS,
            periodEndUS: view.periodEndUS ?? 0,
            spentNanoUSD: view.spent.nanoUSD,
            limitNanoUSD: view.plan?.limitNanoUSD ?? 0,
            tokens: view.spent.tokens,
            limitTokens: view.plan?.limitTokens ?? 0,
            reservedNanoUSD: view.reservedNanoUSD,
            reservedTokens: view.reservedTokens,
            concurrency: view.inUse,
            rpmLimit: view.rpmLimit > 0 ? view.rpmLimit : nil,
            rpmUsed: view.rpmUsed,
            tpmLimit: view.tpmLimit > 0 ? view.tpmLimit : nil,
            tpmUsed: max(0, view.tpmUsed),
            concurrencyLimit: view.concurrencyLimit > 0 ? view.concurrencyLimit : nil
        )
    }

    private static func day(_ name: String, in filter: [String: String]) throws(ServiceError) -> Int? {
        guard let text = filter[name] else { return nil }
        guard let date = CivilDate(text) else { throw .invalid("filter.\(name)", "expected a day such as 2026-11-24") }
        return date.day
    }
}
