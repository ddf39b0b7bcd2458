import Contracts
import MeterCore
import PeerRPC
import Storage

/// Lists, puts and deletes plans.
struct PlanAdmin: ResourceAdmin {
    static let resource = "Plans"

    let context: AdminContext

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<PlanItem> {
        try AdminContext.check(request, allowed: [])
        let limit = AdminContext.limit(request)
        let rows = try await context.database.reading { connection throws(StoreError) in
            try PlanStore.page(after: request.pageToken ?? "", limit: limit + 1, connection)
        }
        let page = AdminContext.page(rows, limit: limit, token: \.terms.name, Self.item)
        return ListReply(items: page.items, next: page.next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> PlanItem {
        try AdminContext.check(request.id, field: "id")
        let row = try await context.database.reading { connection throws(StoreError) in
            try PlanStore.plan(request.id, connection)
        }
        guard let row else { throw .noSuch("plan", request.id) }
        return Self.item(row)
    }

    /// Makes or changes a plan; its name is its id and does not change.
    func put(_ request: PutRequest<PlanItem>) async throws(ServiceError) -> PlanItem {
        var item = request.item
        if item.name.isEmpty { item.name = item.id }
        guard item.id.isEmpty || item.id == item.name else { throw .invalid("name", "a plan keeps its name") }
        let terms = try ItemRules.plan(item)
        let row = try await context.queue.perform { () async throws(ServiceError) in
            try await PlanWriter(context: context).put(terms, etag: request.etag)
        }
        return Self.item(row)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        try AdminContext.check(request.id, field: "id")
        try await context.queue.perform { () async throws(ServiceError) in
            try await remove(request)
        }
        return Empty()
    }

    private func remove(_ request: DeleteRequest) async throws(ServiceError) {
        try await context.database.writing { connection throws(StoreError) -> Verdict<Void> in
            guard let row = try PlanStore.plan(request.id, connection) else {
                return .refused(.noSuch("plan", request.id))
            }
            guard !row.isDeclared else { return .refused(.declaredItem("plan", request.id)) }
            guard request.etag == nil || request.etag == String(row.version) else {
                return .refused(.etagMismatch("plan", request.id))
            }
            guard try !PlanStore.isUsed(request.id, connection) else {
                return .refused(.inUse("plan \(request.id)", "there are keys on it"))
            }
            try PlanStore.delete(request.id, connection)
            return .done(())
        }
        context.memory.withState { state, _ in state.removePlan(request.id) }
        context.changes.publish(MeterChange(kind: "plan_changed", id: request.id))
        context.publish(Self.resource, request.id, deleted: true)
    }

    static func item(_ row: PlanRow) -> PlanItem {
        PlanItem(
            id: row.terms.name,
            name: row.terms.name,
            limitNanoUSD: row.terms.limitNanoUSD,
            limitTokens: row.terms.limitTokens,
            rpm: row.terms.rpm,
            tpm: row.terms.tpm,
            concurrency: row.terms.concurrency,
            period: row.terms.period.rawValue,
            allowedModels: row.terms.allowedModels,
            alertAt: row.terms.alertAt,
            hardCutoff: row.terms.hardCutoff,
            cache: row.terms.cache,
            timezone: row.terms.zone.name,
            strictLossless: row.terms.strictLossless,
            declared: row.isDeclared,
            etag: String(row.version)
        )
    }
}

/// Writes a plan, and counts its keys' periods anew when its calendar changes.
struct PlanWriter: Sendable {
    let context: AdminContext

    /// In the queue's turn only.
    func put(_ terms: PlanTerms, etag: String?) async throws(ServiceError) -> PlanRow {
        let nowUS = context.memory.clock.now.epochUS
        let keys = context.memory.withState { state, _ in
            state.keyIDs(onPlan: terms.name).compactMap { id in state.ordinal(keyID: id).map { (id: id, ordinal: $0) } }
        }
        let (row, recounted) = try await context.database.writing {
            connection throws(StoreError) -> Verdict<(PlanRow, [String: Totals])> in
            let old = try PlanStore.plan(terms.name, connection)
            if let old, old.isDeclared { return .refused(.declaredItem("plan", terms.name)) }
            guard etag == nil || etag == old.map({ String($0.version) }) else {
                return .refused(.etagMismatch("plan", terms.name))
            }
            if old == nil, try PlanStore.count(connection) >= MeterCaps.plans {
                return .refused(.full("plans", MeterCaps.plans))
            }
            let row = PlanRow(terms: terms, isDeclared: false, version: (old?.version ?? 0) + 1)
            try PlanStore.put(row, connection)
            var recounted: [String: Totals] = [:]
            for key in keys where old?.terms.span != terms.span {
                recounted[key.id] = try KeyBudget.recount(key: key.ordinal, plan: terms, at: nowUS, connection)
            }
            return .done((row, recounted))
        }
        context.memory.withState { state, now in
            state.setPlan(terms, now: now)
            for (id, totals) in recounted { state.restartPeriod(keyID: id, spent: totals, now: now) }
        }
        context.changes.publish(MeterChange(kind: "plan_changed", id: terms.name))
        context.publish(PlanAdmin.resource, terms.name, etag: String(row.version))
        return row
    }
}
