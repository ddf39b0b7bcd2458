import Contracts
import PortalCore

/// Finds a model that this installation can answer now, for a command that is shown to be tried.
struct SampleModel: Sendable {
    /// Answers on this machine, always and for nothing.
    static let demo = "demo/echo"
    private static let recent = 100

    let peers: PeerClients

    /// The model of the newest request that was answered, if its provider is still in service; then one that a connected
    /// provider is known for; then the demo.
    ///
    /// - Parameter key: Whose plan and list must allow it; `nil`: a key without a plan.
    func find(for key: KeyItem? = nil) async -> String {
        let router = AdminMethods.routerV1
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 500) }
        async let rows = attempt { () throws(ServiceError) in
            let ask = ListRequest(pageSize: Self.recent, filter: ["outcome": "ok"])
            return try await peers.call(AdminMethods.meterV1.usage.list, ask).items
        }
        var plan: PlanItem?
        if let name = key?.plan {
            plan = try? await peers.call(AdminMethods.meterV1.plans.get, GetRequest(id: name))
        }
        // A limit in money refuses what has no price.
        let needsPrice = (plan?.limitNanoUSD ?? 0) > 0
        let lists = [plan?.allowedModels ?? [], key?.allowedModels ?? []]
        let live = ((try? await accounts.get()) ?? []).filter { $0.enabled && $0.health != "failing" }
        let providers = Set(live.map(\.provider))
        for row in (try? await rows.get()) ?? []
        where providers.contains(row.provider) && row.usage.output > 0 && (row.priced || !needsPrice) {
            let name = "\(row.provider)/\(row.model)"
            if Self.allows(name, lists) { return name }
        }
        guard !needsPrice else { return Self.demo }
        for provider in providers.sorted().prefix(8) {
            let ask = ListRequest(pageSize: 50, filter: ["provider": provider])
            let models = (try? await peers.call(router.models.list, ask))?.items ?? []
            if let found = models.first(where: { $0.kind == "chat" && Self.allows($0.id, lists) }) { return found.id }
        }
        return Self.demo
    }

    /// Whether every list that is not empty has a rule for a `provider/model` or for its bare model.
    static func allows(_ name: String, _ lists: [[String]]) -> Bool {
        let bare = name.split(separator: "/", maxSplits: 1).last.map(String.init) ?? name
        return lists.allSatisfy { list in
            list.isEmpty || list.contains { rule in Wildcard.matches(name, rule) || Wildcard.matches(bare, rule) }
        }
    }
}
