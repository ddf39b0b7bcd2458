import Contracts
import Hummingbird
import PortalCore

/// `/keys`: who may ask, with which plan; a new key is shown once.
struct KeyPages: PageGroup {
    private static let pageSize = 100
    /// Keys that are sorted; more than these are looked for through the API.
    static let most = 2000
    private static let columns = [
        Sorting.Column(name: "name", title: "Name"), Sorting.Column(title: "Key"),
        Sorting.Column(name: "plan", title: "Plan"), Sorting.Column(name: "state", title: "State"),
        Sorting.Column(name: "requests", title: "Requests", isFigure: true),
        Sorting.Column(name: "spent", title: "Spent", isFigure: true),
        Sorting.Column(name: "used", title: "Last used", isFigure: true, isDrawn: true),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/keys") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.post("/keys") { request, context in try await make(PageRequest(request, context)) }
        routes.admin.post("/keys/bulk") { request, context in
            try await KeyBulk(pages: self).act(PageRequest(request, context))
        }
        routes.admin.post("/keys/:id/plan") { request, context in try await plan(PageRequest(request, context)) }
        routes.admin.post("/keys/:id/revoke") { request, context in try await revoke(PageRequest(request, context)) }
    }

    private struct Row {
        let id: String
        let href: String
        let name: String
        let display: String
        let plan: String
        let budget: String?
        let meter: String
        let kind: String
        let icon: String
        let state: String
        let requests: String
        let spent: String
        let lastUsed: String
        let etag: String
        let isDeclared: Bool
        let isLive: Bool
        let isOver: Bool
        let isStrict: Bool
        let fields: [FieldView]
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    /// What came of each key of a bulk act.
    struct Result {
        let name: String
        let kind: String
        let icon: String
        let text: String
    }

    /// A bulk act as the page tells of it.
    struct Results {
        let title: String
        let undo: String?
        let rows: [Result]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasKeys: Bool
        let heads: [Sorting.Head]
        let keys: [Row]
        let csv: String
        let json: String
        let results: Results?
        let plans: [Shell.Choice]
        let first: String?
        let next: String?
        let form: Form
    }

    private struct Made {
        let name: String
        let secret: String
        let command: String
        let portal: String
    }

    func list(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        results: Results? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let query = request.query("sort", "page")
        let peers = view.parts.peers
        let now = view.parts.clock.nowUS
        let meter = AdminMethods.meterV1
        async let keys = attempt { () throws(ServiceError) in try await peers.all(meter.keys, limit: Self.most) }
        async let plans = attempt { () throws(ServiceError) in try await peers.all(meter.plans, limit: 500) }
        async let budgets = attempt { () throws(ServiceError) in try await peers.all(meter.budgets, limit: Self.most) }
        let all = await keys
        let known = (try? await plans.get()) ?? []
        let spent = Dictionary(((try? await budgets.get()) ?? []).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var down: Down?
        if case .failure(let error) = all { down = Down("meter", error) }
        let order = Sorting(query, Self.columns, standard: "name")
        let items = Self.sorted((try? all.get()) ?? [], order, nowUS: now)
        let live = items.count { $0.revokedUS == nil && ($0.expiresUS ?? .max) > now }
        let start = min(items.count, max(0, Int(query["page"] ?? "") ?? 0))
        let end = min(items.count, start + Self.pageSize)
        let model = Model(
            sentence: Self.sentence(live),
            down: down,
            hasKeys: !items.isEmpty,
            heads: order.heads("/keys", query, Self.columns),
            keys: items[start..<end].map { Self.row($0, known, spent[$0.id], nowUS: now) },
            csv: "/keys.csv",
            json: "/keys.json",
            results: results,
            plans: known.map { Shell.Choice(value: $0.id, title: $0.name, isChosen: false) },
            first: start > 0 ? "/keys" + query.with("page", nil).text : nil,
            next: end < items.count ? "/keys" + query.with("page", "\(end)", keepsPage: true).text : nil,
            form: Self.form(state, known)
        )
        return try await view.admin("keys", "Keys", model, request, status: status)
    }

    private static func sentence(_ live: Int) -> String {
        live == 0 ? "Nobody may ask yet." : "\(Counts.of(live, "key is", "keys are")) in use."
    }

    private static func form(_ state: FormState, _ plans: [PlanItem]) -> Form {
        Form(
            problem: state.problem,
            verbatim: state.verbatim,
            fields: [
                FieldView(
                    "name",
                    "Name",
                    form: state,
                    hint: "Who or what uses it: mira-laptop, ci-nightly.",
                    isRequired: true
                )
            ] + rules(KeyItem(name: ""), plans, state)
        )
    }

    /// What a key may do, beside its name: the fields of a new one and of one that is changed.
    private static func rules(_ key: KeyItem, _ plans: [PlanItem], _ state: FormState = FormState()) -> [FieldView] {
        let suffix = key.id.isEmpty ? "" : "-\(key.id)"
        return [
            FieldView(
                "plan",
                "Plan",
                .select([("", "No plan, no limit")] + plans.map { ($0.id, $0.name) }),
                form: state,
                id: "plan\(suffix)",
                value: key.plan ?? ""
            ),
            FieldView(
                "models",
                "Models",
                .area(rows: 2),
                form: state,
                hint: "One a line: openai/gpt-*, a chain's or an alias's name. Empty: what the plan allows.",
                id: "models\(suffix)",
                isCode: true,
                value: key.allowedModels.joined(separator: "\n")
            ),
            FieldView(
                "strict",
                "Refuse requests that a translation would take something from",
                .tick,
                form: state,
                hint: "Whatever its plan says.",
                id: "strict\(suffix)",
                value: key.strictLossless ? "on" : ""
            ),
        ]
    }

    private static func sorted(_ keys: [KeyItem], _ order: Sorting, nowUS: Int) -> [KeyItem] {
        switch order.column {
        case "plan": order.sorted(keys) { ($0.plan ?? "").lowercased() }
        case "state": order.sorted(keys) { $0.revokedUS != nil ? 2 : ($0.expiresUS ?? .max) <= nowUS ? 1 : 0 }
        case "requests": order.sorted(keys, by: \.requests)
        case "spent": order.sorted(keys, by: \.spentNanoUSD)
        case "used": order.sorted(keys) { $0.lastUsedUS ?? 0 }
        default: order.sorted(keys) { $0.name.lowercased() }
        }
    }

    private static func row(_ key: KeyItem, _ plans: [PlanItem], _ budget: BudgetItem?, nowUS: Int) -> Row {
        let isRevoked = key.revokedUS != nil
        let isExpired = (key.expiresUS ?? .max) <= nowUS
        let isLive = !isRevoked && !isExpired
        let limit = budget?.limitNanoUSD ?? 0
        let used = budget?.spentNanoUSD ?? 0
        return Row(
            id: key.id,
            href: "/requests" + PageQuery("", names: []).with("key", key.id).text,
            name: key.name,
            display: key.display,
            plan: key.plan.map { plan in plans.first { $0.id == plan }?.name ?? plan } ?? "–",
            budget: limit > 0 && isLive ? "\(Dollars.sum(used)) of \(Dollars.sum(limit))" : nil,
            meter: limit > 0 && isLive
                ? Plot.meter(used, of: limit, kind: used >= limit ? "bad" : used * 5 >= limit * 4 ? "warn" : "") : "",
            kind: isLive ? "good" : isRevoked ? "bad" : "warn",
            icon: isLive ? "ok" : isRevoked ? "bad" : "warn",
            state: isLive ? "In use" : isRevoked ? "Revoked" : "Expired",
            requests: Counts.grouped(key.requests),
            spent: key.unpricedRequests >= key.requests && key.unpricedRequests > 0 && key.spentNanoUSD == 0
                ? "no price" : Dollars.sum(key.spentNanoUSD) + (key.unpricedRequests > 0 ? " est." : ""),
            lastUsed: key.lastUsedUS.map { Moments.ago($0, nowUS: nowUS) } ?? "never",
            etag: key.etag,
            isDeclared: key.declared,
            isLive: isLive && !key.declared,
            isOver: !isLive,
            isStrict: key.strictLossless,
            fields: isLive && !key.declared ? rules(key, plans) : []
        )
    }

    private func make(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: ["name", "plan", "models", "strict"])
        let name = context.form["name"] ?? ""
        guard !name.isEmpty else {
            state.errors["name"] = "A key needs a name."
            return try await list(request, state, status: .unprocessableContent)
        }
        let key: KeyItem
        do throws(ServiceError) {
            let item = Self.changed(KeyItem(name: name), context.form)
            key = try await view.parts.acts.put(AdminMethods.meterV1.keys, item, context)
        } catch {
            let refused = state.refused(error, fields: ["allowed_models": "models"])
            return try await list(request, refused, status: Self.status(error))
        }
        let secret = key.secret ?? ""
        let base = "\(context.scheme.rawValue)://\(request.host)"
        let made = Made(
            name: key.name,
            secret: secret,
            command: ConnectPages.command(
                base: base,
                secret: secret,
                model: await SampleModel(peers: view.parts.peers).find(for: key)
            ),
            portal: "\(base)/portal"
        )
        return try await view.admin("keymade", "New key", made, request)
    }

    private func plan(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        do throws(ServiceError) {
            let before = try await view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id))
            let key = Self.changed(before, context.form)
            let etag = context.form["etag"]
            let saved = try await view.parts.acts.put(AdminMethods.meterV1.keys, key, etag: etag, context)
            let undo = view.undo.keep(.keys([(before: before, etag: saved.etag)]), context.operatorSession)
            return Reply.redirect(to: "/keys", notice: .saved, undo: undo, context)
        } catch {
            return Reply.redirect(to: "/keys", notice: Notice(error), context)
        }
    }

    /// The key as a form wants it.
    private static func changed(_ key: KeyItem, _ form: FormFields) -> KeyItem {
        var key = key
        key.plan = form["plan"].flatMap { $0.isEmpty ? nil : $0 }
        // Without the field around it a tick that is missing says nothing.
        guard let models = form["models"] else { return key }
        key.allowedModels = FormText.lines(models)
        key.strictLossless = form["strict"] == "on"
        return key
    }

    private func revoke(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        do {
            let key = try await view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id))
            guard context.form["name"] == key.name else {
                var state = FormState()
                state.problem = "The name typed is not “\(key.name)”, so the key was not revoked."
                return try await list(request, state, status: .unprocessableContent)
            }
            try await view.parts.acts.delete(AdminMethods.meterV1.keys, id, context)
            return Reply.redirect(to: "/keys", notice: .revoked, context)
        } catch let error as ServiceError {
            return Reply.redirect(to: "/keys", notice: Notice(error), context)
        }
    }

    /// The status of a form that is shown again.
    static func status(_ error: ServiceError) -> HTTPResponse.Status {
        HTTPResponse.Status(code: ProblemTable.problem(error, requestID: "").status)
    }
}

extension Notice {
    /// The word for a refusal.
    init(_ error: ServiceError) {
        self =
            switch error.code {
            case .aborted: .conflict
            case .failedPrecondition: .declared
            case .unavailable, .deadlineExceeded: .unavailable
            case .permissionDenied, .unauthenticated: .notAllowed
            default: .invalid
            }
    }
}
