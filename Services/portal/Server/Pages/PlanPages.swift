import Contracts
import Hummingbird
import PortalCore

/// `/plans`: what keys may use, and a form for another; `/plans/{id}`: one of them.
struct PlanPages: PageGroup {
    private static let columns = [
        Sorting.Column(name: "name", title: "Plan"), Sorting.Column(name: "budget", title: "Budget of a key"),
        Sorting.Column(title: "Requests a minute", isFigure: true),
        Sorting.Column(title: "Tokens a minute", isFigure: true), Sorting.Column(title: "At once", isFigure: true),
        Sorting.Column(title: "Models"), Sorting.Column(name: "keys", title: "Keys", isFigure: true),
        Sorting.Column(title: "Nearest its end"),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        let detail = PlanDetail(view: view)
        routes.admin.get("/plans") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.post("/plans") { request, context in try await make(PageRequest(request, context)) }
        routes.admin.get("/plans/:id") { request, context in try await detail.page(PageRequest(request, context)) }
        routes.admin.post("/plans/:id") { request, context in try await detail.save(PageRequest(request, context)) }
        routes.admin.post("/plans/:id/delete") { request, context in
            try await detail.remove(PageRequest(request, context))
        }
    }

    private struct Row {
        let href: String
        let name: String
        let isDeclared: Bool
        let marks: [String]
        let budget: String
        let budgetMore: String?
        let rpm: String
        let tpm: String
        let concurrency: String
        let models: String
        let keys: String
        let nearest: String?
        let meter: String
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasPlans: Bool
        let heads: [Sorting.Head]
        let plans: [Row]
        let csv = "/plans.csv"
        let json = "/plans.json"
        let form: Form
    }

    /// What the page is made of.
    struct Facts {
        var plans: [PlanItem] = []
        var keys: [KeyItem] = []
        var budgets: [String: BudgetItem] = [:]
        var down: Down?

        /// The keys on a plan that may be used.
        func keys(on plan: PlanItem) -> [KeyItem] { keys.filter { $0.plan == plan.id && $0.revokedUS == nil } }
    }

    static func facts(_ peers: PeerClients) async -> Facts {
        let meter = AdminMethods.meterV1
        async let plans = attempt { () throws(ServiceError) in try await peers.all(meter.plans, limit: 500) }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(meter.keys, limit: KeyPages.most) }
        async let budgets = attempt { () throws(ServiceError) in
            try await peers.all(meter.budgets, limit: KeyPages.most)
        }
        var facts = Facts()
        switch await plans {
        case .success(let items): facts.plans = items
        case .failure(let error): facts.down = Down("meter", error)
        }
        facts.keys = (try? await keys.get()) ?? []
        facts.budgets = Dictionary(
            ((try? await budgets.get()) ?? []).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return facts
    }

    private func list(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let query = request.query("sort")
        let facts = await Self.facts(view.parts.peers)
        let order = Sorting(query, Self.columns, standard: "name")
        let counts = Dictionary(
            facts.keys.filter { $0.revokedUS == nil }.map { ($0.plan ?? "", 1) },
            uniquingKeysWith: +
        )
        let plans = Self.sorted(facts.plans, order, counts)
        let held = facts.plans.reduce(0) { $0 + (counts[$1.id] ?? 0) }
        let model = Model(
            sentence: Self.sentence(plans.count, held),
            down: facts.down,
            hasPlans: !plans.isEmpty,
            heads: order.heads("/plans", query, Self.columns),
            plans: plans.map { Self.row($0, facts) },
            form: Form(
                problem: state.problem,
                verbatim: state.verbatim,
                fields: PlanForm.fields(PlanItem(name: ""), state, isNew: true)
            )
        )
        return try await view.admin("plans", "Plans", model, request, status: status)
    }

    private static func sentence(_ plans: Int, _ keys: Int) -> String {
        plans == 0
            ? "No key has limits of its own yet."
            : "\(Counts.of(plans, "plan holds", "plans hold")) \(Counts.of(keys, "key", "keys")) within limits."
    }

    private static func sorted(_ plans: [PlanItem], _ order: Sorting, _ keys: [String: Int]) -> [PlanItem] {
        switch order.column {
        case "budget": order.sorted(plans) { $0.limitNanoUSD == 0 ? Int.max : $0.limitNanoUSD }
        case "keys": order.sorted(plans) { keys[$0.id] ?? 0 }
        default: order.sorted(plans) { $0.name.lowercased() }
        }
    }

    private static func row(_ plan: PlanItem, _ facts: Facts) -> Row {
        let keys = facts.keys(on: plan)
        let shares = keys.compactMap { key in
            facts.budgets[key.id].flatMap(PlanWords.share).map { (name: key.name, share: $0) }
        }
        let nearest = shares.max {
            Double($0.share.used) / Double($0.share.limit) < Double($1.share.used) / Double($1.share.limit)
        }
        return Row(
            href: "/plans/\(PathText.segment(plan.id))",
            name: plan.name,
            isDeclared: plan.declared,
            marks: (plan.hardCutoff ? [] : ["warns only"]) + (plan.strictLossless ? ["lossless only"] : []),
            budget: PlanWords.budget(plan),
            budgetMore: plan.limitNanoUSD > 0 ? PlanWords.tokens(plan) : nil,
            rpm: PlanWords.rate(plan.rpm),
            tpm: PlanWords.rate(plan.tpm),
            concurrency: PlanWords.rate(plan.concurrency),
            models: PlanWords.models(plan.allowedModels),
            keys: Counts.grouped(keys.count),
            nearest: nearest.map { "\($0.name), \(Counts.percent($0.share.used, of: $0.share.limit))" },
            meter: nearest.map { PlanWords.meter($0.share.used, of: $0.share.limit) } ?? ""
        )
    }

    private func make(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: PlanForm.names)
        var item = PlanForm.plan(context.form, over: PlanItem(name: ""), &state)
        item.name = context.form["name"] ?? ""
        if item.name.isEmpty { state.errors["name"] = "A plan needs a name." }
        guard state.errors.isEmpty else { return try await list(request, state, status: .unprocessableContent) }
        do {
            if try await exists(item.name) {
                state.errors["name"] = "There is a plan of this name. Open it to change it."
                return try await list(request, state, status: .conflict)
            }
            let saved = try await view.parts.acts.put(AdminMethods.meterV1.plans, item, context)
            return Reply.redirect(to: "/plans/\(PathText.segment(saved.id))", notice: .created, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: PlanForm.fields)
            return try await list(request, refused, status: KeyPages.status(error))
        }
    }

    /// Whether there is a plan of this name: making one changes none.
    private func exists(_ name: String) async throws(ServiceError) -> Bool {
        do throws(ServiceError) {
            _ = try await view.parts.peers.call(AdminMethods.meterV1.plans.get, GetRequest(id: name))
            return true
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }
}
