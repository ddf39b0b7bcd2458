import Contracts
import Hummingbird
import PortalCore

/// `/chains`: several targets under one name, and other names for a target; `/chains/{id}`: one chain.
struct ChainPages: PageGroup {
    /// Targets that a row shows; the others are counted.
    private static let shown = 3
    /// Models that a field suggests.
    private static let mostModels = 120
    private static let columns = [
        Sorting.Column(name: "name", title: "Chain"), Sorting.Column(name: "how", title: "Who answers"),
        Sorting.Column(title: "Targets"),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        let detail = ChainDetail(view: view)
        let aliases = AliasForms(pages: self)
        routes.admin.get("/chains") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.post("/chains") { request, context in try await make(PageRequest(request, context)) }
        routes.admin.get("/chains/:id") { request, context in try await detail.page(PageRequest(request, context)) }
        routes.admin.post("/chains/:id") { request, context in try await detail.edit(PageRequest(request, context)) }
        routes.admin.post("/chains/:id/delete") { request, context in
            try await detail.remove(PageRequest(request, context))
        }
        routes.admin.post("/aliases") { request, context in try await aliases.make(PageRequest(request, context)) }
        routes.admin.post("/aliases/:id/delete") { request, context in
            try await aliases.remove(PageRequest(request, context))
        }
    }

    private struct Row {
        let href: String
        let name: String
        let isDeclared: Bool
        let how: String
        let stops: [ChainWords.Stop]
        let rest: String?
        let kind: String
        let icon: String
        let service: String
    }

    private struct Alias {
        let path: String
        let name: String
        let target: String
        let isDeclared: Bool
    }

    /// A form of the page.
    struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasChains: Bool
        let heads: [Sorting.Head]
        let chains: [Row]
        let csv = "/chains.csv"
        let json = "/chains.json"
        let form: Form
        let hasAliases: Bool
        let aliases: [Alias]
        let aliasForm: Form
        let targets: [String]
    }

    /// What the pages are made of.
    struct Facts {
        var chains: [ChainItem] = []
        var aliases: [AliasItem] = []
        /// Names by id.
        var providers: [String: String] = [:]
        /// By provider.
        var accounts: [String: [AccountItem]] = [:]
        /// By provider.
        var health: [String: [HealthItem]] = [:]
        /// What a field suggests: models of connected providers, chains, aliases.
        var targets: [String] = []
        var down: Down?
    }

    static func facts(_ view: PageView) async -> Facts {
        let peers = view.parts.peers
        let router = AdminMethods.routerV1
        async let chains = attempt { () throws(ServiceError) in try await peers.all(router.chains, limit: 500) }
        async let aliases = attempt { () throws(ServiceError) in try await peers.all(router.aliases, limit: 2000) }
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 2000) }
        async let health = attempt { () throws(ServiceError) in try await peers.all(router.health, limit: 500) }
        var facts = Facts()
        switch await chains {
        case .success(let items): facts.chains = items
        case .failure(let error): facts.down = Down("router", error)
        }
        facts.aliases = (try? await aliases.get()) ?? []
        facts.accounts = Dictionary(grouping: (try? await accounts.get()) ?? [], by: \.provider)
        facts.health = Dictionary(grouping: (try? await health.get()) ?? [], by: \.provider)
        facts.providers = await view.names.current()
        facts.targets = await targets(facts, peers)
        return facts
    }

    private static func targets(_ facts: Facts, _ peers: PeerClients) async -> [String] {
        var names: [String] = []
        let connected = facts.accounts.filter { $0.value.contains(where: \.enabled) }.keys
        for provider in connected.sorted().prefix(8) {
            let ask = ListRequest(pageSize: 40, filter: ["provider": provider, "kind": "chat"])
            names += ((try? await peers.call(AdminMethods.routerV1.models.list, ask))?.items ?? []).map(\.id)
        }
        return names.prefix(mostModels) + facts.chains.map(\.id) + facts.aliases.map(\.id)
    }

    func list(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        alias: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let query = request.query("sort")
        let facts = await Self.facts(view)
        let order = Sorting(query, Self.columns, standard: "name")
        let now = view.parts.clock.nowUS
        let chains =
            order.column == "how"
            ? order.sorted(facts.chains) { ChainWords.title($0.strategy) }
            : order.sorted(facts.chains) { $0.id.lowercased() }
        let model = Model(
            sentence: chains.isEmpty
                ? "Every request names its provider itself."
                : "\(Counts.of(chains.count, "name leads", "names lead")) to several targets.",
            down: facts.down,
            hasChains: !chains.isEmpty,
            heads: order.heads("/chains", query, Self.columns),
            chains: chains.map { Self.row($0, facts, nowUS: now) },
            form: Form(problem: state.problem, verbatim: state.verbatim, fields: Self.fields(state)),
            hasAliases: !facts.aliases.isEmpty,
            aliases: facts.aliases.map {
                Alias(path: PathText.segment($0.id), name: $0.id, target: $0.target, isDeclared: $0.declared)
            },
            aliasForm: Form(problem: alias.problem, verbatim: alias.verbatim, fields: AliasForms.fields(alias)),
            targets: facts.targets
        )
        return try await view.admin("chains", "Chains", model, request, status: status)
    }

    private static func row(_ chain: ChainItem, _ facts: Facts, nowUS: Int) -> Row {
        let stops = ChainWords.stops(chain, facts, nowUS: nowUS)
        let good = stops.count { $0.kind == "good" }
        let rest = stops.count - shown
        return Row(
            href: "/chains/\(PathText.segment(chain.id))",
            name: chain.id,
            isDeclared: chain.declared,
            how: ChainWords.title(chain.strategy),
            stops: Array(stops.prefix(shown)),
            rest: rest > 0 ? "\(rest) more" : nil,
            kind: good == stops.count ? "good" : good > 0 ? "warn" : "bad",
            icon: good == stops.count ? "ok" : good > 0 ? "warn" : "bad",
            service: good == stops.count ? "Good service" : "\(good) of \(stops.count) in service"
        )
    }

    private static func fields(_ state: FormState) -> [FieldView] {
        [
            FieldView(
                "name",
                "Name",
                form: state,
                hint: "What callers send as the model: coding, fast.",
                isRequired: true,
                isCode: true
            ),
            FieldView(
                "strategy",
                "Who answers",
                .select(ChainWords.strategies.map { ($0.name, $0.title) }),
                form: state,
                value: "priority"
            ),
            FieldView(
                "steps",
                "Targets",
                .area(rows: 4),
                form: state,
                hint: "One a line, in order: provider/model, an alias or another chain. Weights come afterwards.",
                isRequired: true,
                isCode: true,
                isWide: true
            ),
        ]
    }

    private func make(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: ["name", "strategy", "steps"])
        let steps = FormText.lines(context.form["steps"] ?? "")
        let item = ChainItem(
            id: context.form["name"] ?? "",
            strategy: context.form["strategy"] ?? "priority",
            steps: steps
        )
        if item.id.isEmpty { state.errors["name"] = "A chain needs a name." }
        if steps.isEmpty { state.errors["steps"] = "A chain needs a target." }
        guard state.errors.isEmpty else { return try await list(request, state, status: .unprocessableContent) }
        do {
            let chains = try await view.parts.peers.all(AdminMethods.routerV1.chains, limit: 500)
            guard !chains.contains(where: { $0.id == item.id }) else {
                state.errors["name"] = "There is a chain of this name. Open it to change it."
                return try await list(request, state, status: .conflict)
            }
            let saved = try await view.parts.acts.put(AdminMethods.routerV1.chains, item, context)
            return Reply.redirect(to: "/chains/\(PathText.segment(saved.id))", notice: .created, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: ["id": "name"])
            return try await list(request, refused, status: KeyPages.status(error))
        }
    }
}

/// Other names for a target.
struct AliasForms: Sendable {
    let pages: ChainPages

    static func fields(_ state: FormState) -> [FieldView] {
        [
            FieldView(
                "alias",
                "Name",
                form: state,
                hint: "What callers send as the model.",
                isRequired: true,
                isCode: true
            ),
            FieldView(
                "target",
                "Stands for",
                form: state,
                hint: "provider/model or a chain.",
                isRequired: true,
                isCode: true,
                suggestions: "targets"
            ),
        ]
    }

    func make(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: ["alias", "target"])
        let item = AliasItem(id: context.form["alias"] ?? "", target: context.form["target"] ?? "")
        if item.id.isEmpty { state.errors["alias"] = "A name is needed." }
        if item.target.isEmpty { state.errors["target"] = "A target is needed." }
        guard state.errors.isEmpty else {
            return try await pages.list(request, alias: state, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            _ = try await pages.view.parts.acts.put(AdminMethods.routerV1.aliases, item, context)
            return Reply.redirect(to: "/chains", notice: .saved, context)
        } catch {
            let refused = state.refused(error, fields: ["id": "alias"])
            return try await pages.list(request, alias: refused, status: KeyPages.status(error))
        }
    }

    func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        do throws(ServiceError) {
            let view = pages.view
            let before = try await view.parts.peers.call(AdminMethods.routerV1.aliases.get, GetRequest(id: id))
            try await view.parts.acts.delete(AdminMethods.routerV1.aliases, id, context)
            let undo = view.undo.keep(.alias(before), context.operatorSession)
            return Reply.redirect(to: "/chains", notice: .deleted, undo: undo, context)
        } catch {
            return try await pages.list(request, alias: FormState().refused(error), status: KeyPages.status(error))
        }
    }
}
