import Logging
package import MeterCore
package import Storage

/// Builds the state in memory from the store, at start.
package struct MeterLoader: Sendable {
    /// A router heard of within this time before the start may still hold leases.
    private static let routerMemoryUS = 120_000_000
    /// The present period and the last ones, in case the clock jumps.
    private static let rememberedPeriods = 4
    /// Alerts of a period that is not over are younger than this, those of `total` excepted.
    private static let alertMemoryUS = 62 * 86_400_000_000

    private let database: any Database
    private let configuration: MeterConfiguration
    private let clock: MeterClock

    package init(database: any Database, configuration: MeterConfiguration, clock: MeterClock) {
        self.database = database
        self.configuration = configuration
        self.clock = clock
    }

    /// What a life begins with.
    package struct Loaded: Sendable {
        package var state: MeterState
        package var labels: Labels
    }

    /// Applies the declarations and reads everything that decisions need.
    package func load() async throws -> Loaded {
        try await database.migrate(MeterSchema.migrations)
        let now = clock.now
        let sync = DeclarationSync(configuration.declaration, nowUS: now.epochUS)
        let (refusal, ending, routers) = try await database.write { connection throws(StoreError) in
            let ending = try LifeStore.lastEnding(connection)
            let routers = try LifeStore.routers(seenSince: now.epochUS - Self.routerMemoryUS, connection)
            // From now on, an end without notice is a crash.
            try LifeStore.record(.init(isClean: false, openLeases: 0), connection)
            let tenants = ScopeStore(.tenant)
            if try tenants.scope(MeterState.tenant, connection) == nil {
                let row = ScopeRow(id: MeterState.tenant, name: MeterState.tenant, version: 1)
                try tenants.put(row, tenant: MeterState.tenant, connection)
            }
            return (try sync.apply(connection), ending, routers)
        }
        if let refusal { throw refusal }
        let isFresh = ending.map { $0.isClean && $0.openLeases == 0 } ?? true
        let configuration = configuration
        return try await database.write { connection throws(StoreError) in
            var state = MeterState(
                policy: configuration.policy,
                now: now,
                awaited: Set(routers),
                isFresh: isFresh
            )
            try Self.fillPrices(&state, configuration.declaration, connection)
            try Self.fillTerms(&state, now: now, connection)
            try Self.fillUse(&state, now: now, policy: configuration.policy, connection)
            return Loaded(state: state, labels: try Labels.load(connection))
        }
    }

    private static func fillPrices(
        _ state: inout MeterState,
        _ declaration: MeterDeclaration,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        PriceCatalogue.fill(&state.prices)
        for row in try PriceStore.all(connection) { state.prices.set(row.price, id: row.id) }
        for declared in declaration.prices { state.prices.set(declared.price, id: declared.id) }
    }

    private static func fillTerms(
        _ state: inout MeterState,
        now: Moment,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        for plan in try PlanStore.page(after: "", limit: MeterCaps.plans, connection) {
            state.setPlan(plan.terms, now: now)
        }
        state.setKey(.system, now: now)
        for key in try KeyStore.page(after: 0, limit: MeterCaps.keys, filter: KeyFilter(), connection) {
            state.setKey(key.terms, now: now)
        }
    }

    private static func fillUse(
        _ state: inout MeterState,
        now: Moment,
        policy: LimitPolicy,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        var ids: [Int: String] = [:]
        let lifetimes = try BudgetStore.lifetimes(connection)
        let raised = try BudgetStore.raised(sinceUS: now.epochUS - alertMemoryUS, connection)
        for view in state.views(after: 0, limit: MeterCaps.keys, keyID: nil, now: now) {
            let ordinal = view.terms.ordinal
            ids[ordinal] = view.terms.id
            guard let lifetime = lifetimes[ordinal] else { continue }
            let span = MeterState.span(of: view.plan)
            let periods = try BudgetStore.periods(key: ordinal, span: span, limit: rememberedPeriods, connection)
            var spent = periods.first { $0.startUS == view.periodStartUS }?.spent
            if spent == nil, lifetime.lastUsedUS >= view.periodStartUS {
                spent = try KeyBudget.recount(key: ordinal, plan: view.plan, at: now.epochUS, connection)
            }
            state.restore(
                keyID: view.terms.id,
                spent: spent ?? Totals(),
                others: periods.filter { $0.startUS != view.periodStartUS }.reversed(),
                lifetime: lifetime.totals,
                lastUsedUS: lifetime.lastUsedUS,
                raised: raised[ordinal]?[view.periodStartUS] ?? [],
                now: now
            )
        }
        for use in try BudgetStore.recent(sinceUS: now.epochUS - policy.windowUS, connection) {
            guard let id = ids[use.key] else { continue }
            state.restoreRate(keyID: id, requests: use.requests, tokens: use.tokens, now: now)
        }
    }
}
