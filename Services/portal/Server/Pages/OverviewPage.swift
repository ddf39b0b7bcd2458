import Contracts
import Hummingbird
import PortalCore

/// `/`: where requests went, what they cost, and what needs a person.
struct OverviewPage: PageGroup {
    private static let ranges: [TimeRange] = [.day, .week, .month, .quarter]
    private static let latest = 8
    private static let mostRoutes = 7
    private static let mostKeys = 5

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/") { request, context in try await page(PageRequest(request, context)) }
    }

    /// What the services said; what one of them did not say is empty, and the page says so.
    struct Facts: Sendable {
        var summary: SummarizeReply?
        var before: SummarizeReply?
        var rows: [UsageItem] = []
        var keys: [KeyItem] = []
        var plans: [PlanItem] = []
        var budgets: [BudgetItem] = []
        var providers: [ProviderItem] = []
        var accounts: [AccountItem] = []
        var health: [HealthItem] = []
        var down: (service: String, error: ServiceError)?
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let query = request.query("range")
        let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .week
        let facts = await facts(range)
        let model = OverviewModel(facts, range: range, query: query, nowUS: view.parts.clock.nowUS)
        return try await view.admin("overview", "Overview", model, request)
    }

    private func facts(_ range: TimeRange) async -> Facts {
        let now = view.parts.clock.nowUS
        let peers = view.parts.peers
        let meter = AdminMethods.meterV1
        let router = AdminMethods.routerV1
        let span = SummarizeRequest(
            sinceUS: now - range.lengthUS,
            untilUS: now,
            bucket: range.bucket,
            slices: OverviewModel.slices
        )
        let earlier = SummarizeRequest(
            sinceUS: now - 2 * range.lengthUS,
            untilUS: now - range.lengthUS,
            bucket: "day",
            totalsOnly: true
        )
        async let summary = attempt { () throws(ServiceError) in try await peers.call(meter.summarize, span) }
        async let before = attempt { () throws(ServiceError) in try await peers.call(meter.summarize, earlier) }
        async let rows = attempt { () throws(ServiceError) in
            try await peers.call(meter.usage.list, ListRequest(pageSize: Self.latest)).items
        }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(meter.keys, limit: 500) }
        async let plans = attempt { () throws(ServiceError) in try await peers.all(meter.plans, limit: 500) }
        async let budgets = attempt { () throws(ServiceError) in try await peers.all(meter.budgets, limit: 500) }
        async let providers = attempt { () throws(ServiceError) in try await peers.all(router.providers, limit: 500) }
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 500) }
        async let health = attempt { () throws(ServiceError) in try await peers.all(router.health, limit: 500) }
        var facts = Facts()
        switch await summary {
        case .success(let reply): facts.summary = reply
        case .failure(let error): facts.down = ("meter", error)
        }
        facts.before = try? await before.get()
        facts.rows = (try? await rows.get()) ?? []
        facts.keys = (try? await keys.get()) ?? []
        facts.plans = (try? await plans.get()) ?? []
        facts.budgets = (try? await budgets.get()) ?? []
        facts.accounts = (try? await accounts.get()) ?? []
        facts.health = (try? await health.get()) ?? []
        switch await providers {
        case .success(let items): facts.providers = items
        case .failure(let error): facts.down = facts.down ?? ("router", error)
        }
        return facts
    }
}

/// The outcome of a call as a value, so that one failure does not end the others.
func attempt<Value: Sendable>(
    _ body: () async throws(ServiceError) -> Value
) async -> Result<Value, ServiceError> {
    do throws(ServiceError) { return .success(try await body()) } catch { return .failure(error) }
}
