import Contracts
import Hummingbird
import PortalCore

/// One provider with its accounts.
struct ProviderDetail: Sendable {
    let view: PageView

    private struct Account {
        let id: String
        let provider: String
        let label: String
        let display: String
        let state: String
        let hasDisplay: Bool
        let kind: String
        let icon: String
        let etag: String
        let isDeclared: Bool
        let switchTo: String
        let switchTitle: String
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let provider: String
        let fields: [FieldView]
    }

    private struct Model {
        let id: String
        let name: String
        let sentence: String
        let down: Down?
        let checked: ProviderPages.Checked?
        let hasAccounts: Bool
        let accounts: [Account]
        let form: Form
        let facts: [JourneyModel.Fact]
        let isOwn: Bool
    }

    func page(
        _ id: String,
        _ request: PageRequest,
        _ state: FormState = FormState(),
        checked: ProviderPages.Checked? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let peers = view.parts.peers
        let router = AdminMethods.routerV1
        let provider = try await peers.call(router.providers.get, GetRequest(id: id))
        let accounts = try await peers.all(router.accounts, limit: 2000).filter { $0.provider == id }
        let health = (try? await peers.all(router.health, limit: 500))?.filter { $0.provider == id } ?? []
        let now = view.parts.clock.nowUS
        let words = ProviderWords(accounts: accounts, health: health, nowUS: now)
        let why = words.why.flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
        let model = Model(
            id: provider.id,
            name: provider.name,
            sentence: "\(words.service)\(why).",
            down: nil,
            checked: checked,
            hasAccounts: !accounts.isEmpty,
            accounts: accounts.map { Self.account($0, nowUS: now) },
            form: Form(
                problem: state.problem,
                verbatim: state.verbatim,
                provider: PathText.segment(provider.id),
                fields: [
                    FieldView(
                        "label",
                        "Name",
                        form: state,
                        hint: "Whose account it is: team, backup.",
                        isRequired: true
                    ),
                    FieldView(
                        "credential",
                        "Credential",
                        form: state,
                        type: "password",
                        hint: "Stored encrypted, never shown again. Empty where the server needs none.",
                        isCode: true
                    ),
                ]
            ),
            facts: [
                JourneyModel.Fact(name: "Id", value: provider.id),
                JourneyModel.Fact(name: "Address", value: provider.baseURL),
                JourneyModel.Fact(name: "Wire", value: Words.wire(provider.dialect)),
                JourneyModel.Fact(name: "Private address", value: provider.allowPrivate ? "allowed" : "refused"),
                JourneyModel.Fact(
                    name: "Comes from",
                    value: provider.declared ? "the configuration file" : provider.builtin ? "the product" : "this page"
                ),
            ],
            isOwn: !provider.builtin && !provider.declared
        )
        return try await view.admin("provider", provider.name, model, request, status: status)
    }

    private static func account(_ item: AccountItem, nowUS: Int) -> Account {
        let isPaused = (item.cooldownUntilUS ?? 0) > nowUS
        let isBad = item.health == "failing"
        let until = item.cooldownUntilUS.map { ", left alone until \(Moments.clock($0)) UTC" } ?? ""
        return Account(
            id: PathText.segment(item.id),
            provider: item.provider,
            label: item.label.isEmpty ? item.id : item.label,
            display: item.display,
            state: !item.enabled
                ? "Switched off"
                : isPaused
                    ? Words.reason(item.health).capitalizedFirst + until : isBad ? "Not usable" : "In service",
            hasDisplay: item.display.count > 1,
            kind: !item.enabled ? "info" : isBad ? "bad" : isPaused ? "warn" : "good",
            icon: !item.enabled ? "info" : isBad ? "bad" : isPaused ? "warn" : "ok",
            etag: item.etag,
            isDeclared: item.declared,
            switchTo: item.enabled ? "off" : "on",
            switchTitle: item.enabled ? "Switch off" : "Switch on"
        )
    }
}

/// What the page of a provider does with its accounts.
struct AccountForms: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.post("/providers/:id/accounts") { request, context in try await add(PageRequest(request, context))
        }
        routes.admin.post("/accounts/:id/check") { request, context in try await check(PageRequest(request, context)) }
        routes.admin.post("/accounts/:id/switch") { request, context in try await turn(PageRequest(request, context)) }
        routes.admin.post("/accounts/:id/delete") { request, context in try await remove(PageRequest(request, context))
        }
    }

    private func add(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let provider = try context.parameters.require("id")
        let state = FormState(context.form, names: ["label"])
        let detail = ProviderDetail(view: view)
        let credential = context.form["credential"] ?? ""
        do {
            if context.form["act"] == "check" {
                let known = try await view.parts.peers.call(
                    AdminMethods.routerV1.providers.get,
                    GetRequest(id: provider)
                )
                let test = try await view.parts.acts.testCredential(
                    TestCredentialRequest(
                        provider: known.id,
                        dialect: known.dialect,
                        baseURL: known.baseURL,
                        apiKey: credential,
                        allowPrivate: known.allowPrivate
                    ),
                    context
                )
                return try await detail.page(provider, request, state, checked: ProviderPages.Checked(test))
            }
            let account = AccountItem(
                provider: provider,
                label: context.form["label"] ?? "",
                apiKey: credential.isEmpty ? nil : credential
            )
            _ = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, context)
            return Reply.redirect(to: "/providers/\(PathText.segment(provider))", notice: .created, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: ["api_key": "credential"])
            return try await detail.page(provider, request, refused, status: KeyPages.status(error))
        }
    }

    private func check(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.parameters.require("id")
        let account = try await view.parts.peers.call(AdminMethods.routerV1.accounts.get, GetRequest(id: id))
        let test = try await view.parts.acts.testAccount(id, context)
        return try await ProviderDetail(view: view).page(
            account.provider,
            request,
            checked: ProviderPages.Checked(test)
        )
    }

    private func turn(_ request: PageRequest) async throws -> Response {
        try await change(request, .saved) { before, context in
            var account = before
            account.enabled = context.form["enabled"] == "on"
            let saved = try await view.parts.acts.put(
                AdminMethods.routerV1.accounts,
                account,
                etag: context.form["etag"],
                context
            )
            return view.undo.keep(.account(before: before, etag: saved.etag), context.operatorSession)
        }
    }

    private func remove(_ request: PageRequest) async throws -> Response {
        try await change(request, .deleted) { account, context in
            let name = account.label.isEmpty ? account.id : account.label
            guard context.form["name"] == name else {
                throw ServiceError.invalid("name", "is not the account's name")
            }
            try await view.parts.acts.delete(AdminMethods.routerV1.accounts, account.id, context)
            return nil
        }
    }

    private func change(
        _ request: PageRequest,
        _ notice: Notice,
        _ act: (AccountItem, PortalContext) async throws -> String?
    ) async throws -> Response {
        let context = request.context
        let id = try context.parameters.require("id")
        let account = try await view.parts.peers.call(AdminMethods.routerV1.accounts.get, GetRequest(id: id))
        let page = "/providers/\(PathText.segment(account.provider))"
        do {
            let undo = try await act(account, context)
            return Reply.redirect(to: page, notice: notice, undo: undo, context)
        } catch let error as ServiceError {
            return Reply.redirect(to: page, notice: Notice(error), context)
        }
    }
}
