import Contracts
import Hummingbird
import PortalCore

/// `/providers`: the service board, and a form that declares one; `/providers/{id}`: its accounts.
struct ProviderPages: PageGroup {
    private static let columns = [
        Sorting.Column(name: "name", title: "Provider"), Sorting.Column(name: "service", title: "Service"),
        Sorting.Column(name: "speaks", title: "Speaks"),
        Sorting.Column(name: "accounts", title: "Accounts", isFigure: true),
        Sorting.Column(name: "latency", title: "First token", isFigure: true),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/providers") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.post("/providers") { request, context in try await declare(PageRequest(request, context)) }
        routes.admin.get("/providers/:id") { request, context in
            let id = try context.pathID
            return try await ProviderDetail(view: view).page(id, PageRequest(request, context))
        }
        routes.admin.post("/providers/:id") { request, context in try await save(PageRequest(request, context)) }
        routes.admin.post("/providers/:id/delete") { request, context in try await remove(PageRequest(request, context))
        }
    }

    /// What a check said, over the form it was about.
    struct Checked {
        let kind: String
        let icon: String
        let what: String
        let text: String

        init(_ test: AccountTest) {
            kind = test.ok ? "good" : "bad"
            icon = test.ok ? "ok" : "bad"
            what = test.ok ? "Accepted, in \(Moments.duration(ms: test.latencyMS))." : "Not accepted."
            text = test.message + (test.ok ? "" : " Nothing was saved.")
        }
    }

    private struct Row {
        /// By its service: what needs a person first.
        let rank: Int
        let latencyMS: Int
        let name: String
        let href: String
        let colour: String
        let kind: String
        let icon: String
        let service: String
        let why: String?
        let dialect: String
        let accounts: String
        let latency: String
        let isDeclared: Bool
    }

    private struct Other {
        let href: String
        let name: String
    }

    /// Providers that are known in one way.
    private struct Group {
        let title: String
        let others: [Other]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasRows: Bool
        let heads: [Sorting.Head]
        let rows: [Row]
        let csv = "/providers.csv"
        let json = "/providers.json"
        let hasOthers: Bool
        let othersTitle: String
        let groups: [Group]
        let form: ProviderForm.View
    }

    private func list(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        checked: Checked? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let peers = view.parts.peers
        let now = view.parts.clock.nowUS
        let router = AdminMethods.routerV1
        async let providers = attempt { () throws(ServiceError) in try await peers.all(router.providers, limit: 500) }
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 2000) }
        async let health = attempt { () throws(ServiceError) in try await peers.all(router.health, limit: 500) }
        async let proxies = attempt { () throws(ServiceError) in try await peers.all(router.proxies, limit: 500) }
        let all = await providers
        var down: Down?
        if case .failure(let error) = all { down = Down("router", error) }
        let accountsByProvider = Dictionary(grouping: (try? await accounts.get()) ?? [], by: \.provider)
        let states = Dictionary(grouping: (try? await health.get()) ?? [], by: \.provider)
        let known = (try? all.get()) ?? []
        let used = known.filter { accountsByProvider[$0.id] != nil || !$0.builtin }
        let query = request.query("sort")
        let order = Sorting(query, Self.columns, standard: "name")
        let unsorted = used.map {
            Self.row($0, accountsByProvider[$0.id] ?? [], states[$0.id] ?? [], nowUS: now)
        }
        let rows = Self.sorted(unsorted, order)
        let good = rows.count { $0.kind == "good" }
        let others = known.filter { accountsByProvider[$0.id] == nil && $0.builtin }
        let model = Model(
            sentence: rows.isEmpty
                ? "No provider is connected yet."
                : good < rows.count
                    ? "Good service on \(good) of \(rows.count)."
                    : rows.count == 1 ? "Good service." : "Good service on all \(rows.count).",
            down: down,
            hasRows: !rows.isEmpty,
            heads: order.heads("/providers", query, Self.columns),
            rows: rows,
            hasOthers: !others.isEmpty,
            othersTitle: "\(Counts.grouped(others.count)) more that are known, without an account",
            groups: Self.groups(others),
            form: ProviderForm.View(Self.blank, (try? await proxies.get()) ?? [], state, isNew: true, checked: checked)
        )
        return try await view.admin("providers", "Providers", model, request, status: status)
    }

    private static func row(_ item: ProviderItem, _ accounts: [AccountItem], _ health: [HealthItem], nowUS: Int) -> Row
    {
        let words = ProviderWords(accounts: accounts, health: health, nowUS: nowUS)
        let latency = health.compactMap(\.latencyMS).min()
        return Row(
            rank: ["bad": 0, "warn": 1, "info": 2][words.kind] ?? 3,
            latencyMS: latency ?? -1,
            name: item.name,
            href: "/providers/\(PathText.segment(item.id))",
            colour: RouteColour.name(of: item.id),
            kind: words.kind,
            icon: words.icon,
            service: words.service,
            why: words.why.flatMap { $0.isEmpty ? nil : $0 },
            dialect: Words.wire(item.dialect),
            accounts: "\(accounts.count)",
            latency: latency.map { Moments.duration(ms: $0) } ?? "–",
            isDeclared: item.declared
        )
    }

    private static func sorted(_ rows: [Row], _ order: Sorting) -> [Row] {
        switch order.column {
        case "service": order.sorted(rows, by: \.rank)
        case "speaks": order.sorted(rows, by: \.dialect)
        case "accounts": order.sorted(rows) { Int($0.accounts) ?? 0 }
        case "latency": order.sorted(rows, by: \.latencyMS)
        default: order.sorted(rows) { $0.name.lowercased() }
        }
    }

    /// What a new provider begins with.
    private static let blank = ProviderItem(name: "", dialect: "openai", baseURL: "")

    /// Those without an account, by how well they are known.
    private static func groups(_ providers: [ProviderItem]) -> [Group] {
        let grouped = Dictionary(grouping: providers, by: \.evidence)
        let known = EvidenceWords.all.map { ($0.name, $0.title) }
        let unknown = grouped.keys.filter { name in !known.contains { $0.0 == name } }.sorted().map {
            ($0, Words.reason($0).capitalizedFirst)
        }
        return (known + unknown).compactMap { name, title in
            grouped[name].map { items in
                Group(
                    title: title,
                    others: items.map { Other(href: "/providers/\(PathText.segment($0.id))", name: $0.name) }
                )
            }
        }
    }

    private func declare(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let form = context.form
        var state = FormState(form, names: ProviderForm.names)
        var item = ProviderForm.provider(form, over: Self.blank, &state)
        item.id = form["id"] ?? ""
        if item.id.isEmpty { state.errors["id"] = "A provider needs an id." }
        guard state.errors.isEmpty else { return try await list(request, state, status: .unprocessableContent) }
        let credential = form["credential"] ?? ""
        do {
            if form["act"] == "check" {
                let test = try await view.parts.acts.testCredential(
                    TestCredentialRequest(
                        provider: nil,
                        dialect: item.dialect,
                        baseURL: item.baseURL,
                        headers: item.headers,
                        apiKey: credential,
                        proxy: item.proxy.flatMap { $0.isEmpty ? nil : $0 },
                        allowPrivate: item.allowPrivate,
                        connector: item.connector
                    ),
                    context
                )
                return try await list(request, state, checked: Checked(test))
            }
            let saved = try await view.parts.acts.put(AdminMethods.routerV1.providers, item, context)
            let page = "/providers/\(PathText.segment(saved.id))"
            // Its accounts have settings, which its own page asks for.
            guard saved.settings.isEmpty else {
                return Reply.redirect(to: page, notice: .createdWithoutAccount, context)
            }
            let account = AccountItem(provider: saved.id, label: "first", apiKey: credential.isEmpty ? nil : credential)
            _ = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, context)
            return Reply.redirect(to: page, notice: .created, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: ProviderForm.fields)
            return try await list(request, refused, status: KeyPages.status(error))
        }
    }

    private func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        var returned = ProviderDetail.Returned()
        returned.change = FormState(context.form, names: ProviderForm.names)
        let detail = ProviderDetail(view: view)
        do {
            let before = try await view.parts.peers.call(AdminMethods.routerV1.providers.get, GetRequest(id: id))
            let item = ProviderForm.provider(context.form, over: before, &returned.change)
            guard returned.change.errors.isEmpty else {
                return try await detail.page(id, request, returned, status: .unprocessableContent)
            }
            let etag = context.form["etag"]
            let saved = try await view.parts.acts.put(AdminMethods.routerV1.providers, item, etag: etag, context)
            let undo = view.undo.keep(.provider(before: before, etag: saved.etag), context.operatorSession)
            return Reply.redirect(to: "/providers/\(PathText.segment(id))", notice: .saved, undo: undo, context)
        } catch let error as ServiceError {
            returned.change = returned.change.refused(error, fields: ProviderForm.fields)
            return try await detail.page(id, request, returned, status: KeyPages.status(error))
        }
    }

    private func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        let page = "/providers/\(PathText.segment(id))"
        guard context.form["name"] == id else { return Reply.redirect(to: page, notice: .invalid, context) }
        do throws(ServiceError) {
            let accounts = try await view.parts.peers.all(AdminMethods.routerV1.accounts, limit: 2000)
            for account in accounts where account.provider == id {
                try await view.parts.acts.delete(AdminMethods.routerV1.accounts, account.id, context)
            }
            try await view.parts.acts.delete(AdminMethods.routerV1.providers, id, context)
            return Reply.redirect(to: "/providers", notice: .deleted, context)
        } catch {
            return Reply.redirect(to: page, notice: Notice(error), context)
        }
    }
}
