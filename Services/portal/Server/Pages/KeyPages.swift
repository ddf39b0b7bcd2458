import Contracts
import Hummingbird
import PortalCore

/// `/keys`: who may ask, with which plan; a new key is shown once.
struct KeyPages: PageGroup {
    private static let pageSize = 100

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/keys") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.post("/keys") { request, context in try await make(PageRequest(request, context)) }
        routes.admin.post("/keys/:id/plan") { request, context in try await plan(PageRequest(request, context)) }
        routes.admin.post("/keys/:id/revoke") { request, context in try await revoke(PageRequest(request, context)) }
    }

    private struct Row {
        let id: String
        let href: String
        let name: String
        let display: String
        let plan: String
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
        let plans: [Shell.Choice]
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
        let plans: [Shell.Choice]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasKeys: Bool
        let keys: [Row]
        let next: String?
        let form: Form
    }

    private struct Made {
        let name: String
        let secret: String
        let command: String
        let portal: String
    }

    private func list(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let query = request.query("page")
        let peers = view.parts.peers
        let now = view.parts.clock.nowUS
        let ask = ListRequest(pageToken: query["page"], pageSize: Self.pageSize)
        async let keys = attempt { () throws(ServiceError) in try await peers.call(AdminMethods.meterV1.keys.list, ask)
        }
        async let plans = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.meterV1.plans, limit: 500)
        }
        let page = await keys
        let known = (try? await plans.get()) ?? []
        var down: Down?
        if case .failure(let error) = page { down = Down("meter", error) }
        let items = (try? page.get().items) ?? []
        let live = items.count { $0.revokedUS == nil && ($0.expiresUS ?? .max) > now }
        let form = Form(
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
            ],
            plans: Self.choices(known, chosen: state.values["plan"])
        )
        let model = Model(
            sentence: live == 0 ? "Nobody may ask yet." : "\(Counts.of(live, "key is", "keys are")) in use.",
            down: down,
            hasKeys: !items.isEmpty,
            keys: items.map { Self.row($0, known, nowUS: now) },
            next: (try? page.get().next).flatMap(\.self).map { "/keys" + query.with("page", $0, keepsPage: true).text },
            form: form
        )
        return try await view.admin("keys", "Keys", model, request, status: status)
    }

    static func choices(_ plans: [PlanItem], chosen: String?) -> [Shell.Choice] {
        plans.map { Shell.Choice(value: $0.id, title: $0.name, isChosen: $0.id == chosen || $0.name == chosen) }
    }

    private static func row(_ key: KeyItem, _ plans: [PlanItem], nowUS: Int) -> Row {
        let isRevoked = key.revokedUS != nil
        let isExpired = (key.expiresUS ?? .max) <= nowUS
        let isLive = !isRevoked && !isExpired
        return Row(
            id: key.id,
            href: "/requests" + PageQuery("", names: []).with("key", key.id).text,
            name: key.name,
            display: key.display,
            plan: key.plan.map { plan in plans.first { $0.id == plan }?.name ?? plan } ?? "–",
            kind: isLive ? "good" : isRevoked ? "bad" : "warn",
            icon: isLive ? "ok" : isRevoked ? "bad" : "warn",
            state: isLive ? "In use" : isRevoked ? "Revoked" : "Expired",
            requests: Counts.grouped(key.requests),
            spent: Dollars.sum(key.spentNanoUSD) + (key.unpricedRequests > 0 ? " est." : ""),
            lastUsed: key.lastUsedUS.map { Moments.ago($0, nowUS: nowUS) } ?? "never",
            etag: key.etag,
            isDeclared: key.declared,
            isLive: isLive && !key.declared,
            isOver: !isLive,
            plans: choices(plans, chosen: key.plan)
        )
    }

    private func make(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: ["name", "plan"])
        let name = context.form["name"] ?? ""
        guard !name.isEmpty else {
            state.errors["name"] = "A key needs a name."
            return try await list(request, state, status: .unprocessableContent)
        }
        let plan = context.form["plan"].flatMap { $0.isEmpty ? nil : $0 }
        let key: KeyItem
        do throws(ServiceError) {
            key = try await view.parts.acts.put(AdminMethods.meterV1.keys, KeyItem(name: name, plan: plan), context)
        } catch {
            return try await list(request, state.refused(error), status: Self.status(error))
        }
        let secret = key.secret ?? ""
        let base = "\(context.scheme.rawValue)://\(request.host)"
        let made = Made(
            name: key.name,
            secret: secret,
            command: ConnectPages.command(base: base, secret: secret, model: "demo/echo"),
            portal: "\(base)/portal"
        )
        return try await view.admin("keymade", "New key", made, request)
    }

    private func plan(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.parameters.require("id")
        do throws(ServiceError) {
            var key = try await view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id))
            key.plan = context.form["plan"].flatMap { $0.isEmpty ? nil : $0 }
            let etag = context.form["etag"]
            _ = try await view.parts.acts.put(AdminMethods.meterV1.keys, key, etag: etag, context)
            return Reply.redirect(to: "/keys", notice: .saved, context)
        } catch {
            return Reply.redirect(to: "/keys", notice: Notice(error), context)
        }
    }

    private func revoke(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.parameters.require("id")
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
