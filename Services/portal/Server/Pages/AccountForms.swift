import Contracts
import Hummingbird
import PortalCore

/// What the page of a provider does with its accounts.
struct AccountForms: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.post("/providers/:id/accounts") { request, context in try await add(PageRequest(request, context))
        }
        routes.admin.post("/providers/:id/accounts/bulk") { request, context in
            try await addSeveral(PageRequest(request, context))
        }
        routes.admin.post("/accounts/:id") { request, context in try await save(PageRequest(request, context)) }
        routes.admin.post("/accounts/:id/check") { request, context in try await check(PageRequest(request, context)) }
        routes.admin.post("/accounts/:id/switch") { request, context in try await turn(PageRequest(request, context)) }
        routes.admin.post("/accounts/:id/delete") { request, context in try await remove(PageRequest(request, context))
        }
    }

    private var detail: ProviderDetail { ProviderDetail(view: view) }

    private func add(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let provider = try context.pathID
        var returned = ProviderDetail.Returned()
        returned.added = AccountForm.state(context.form)
        do {
            if context.form["act"] == "check" {
                returned.checked = try await check(provider, context)
                return try await detail.page(provider, request, returned)
            }
            let draft = AccountItem(provider: provider, label: "")
            let account = AccountForm.account(context.form, over: draft, &returned.added)
            guard returned.added.errors.isEmpty else {
                return try await detail.page(provider, request, returned, status: .unprocessableContent)
            }
            _ = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, context)
            return Reply.redirect(to: "/providers/\(PathText.segment(provider))", notice: .created, context)
        } catch let error as ServiceError {
            returned.added = returned.added.refused(error, fields: AccountForm.fields)
            return try await detail.page(provider, request, returned, status: KeyPages.status(error))
        }
    }

    /// What a provider says to a credential that is not saved.
    private func check(
        _ provider: String,
        _ context: PortalContext
    ) async throws(ServiceError) -> ProviderPages.Checked {
        let known = try await view.parts.peers.call(AdminMethods.routerV1.providers.get, GetRequest(id: provider))
        let request = TestCredentialRequest(
            provider: known.id,
            dialect: known.dialect,
            baseURL: known.baseURL,
            apiKey: context.form["credential"] ?? "",
            proxy: context.form["proxy"].flatMap { $0.isEmpty ? nil : $0 },
            allowPrivate: known.allowPrivate,
            connector: known.connector,
            settings: AccountForm.settings(context.form)
        )
        return ProviderPages.Checked(try await view.parts.acts.testCredential(request, context))
    }

    /// One account for each line; what came of each is on the page, its credential is not.
    private func addSeveral(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let provider = try context.pathID
        let accounts = try await view.parts.peers.all(
            AdminMethods.routerV1.accounts,
            filter: ["provider": provider],
            limit: 2000
        )
        let lines = AccountLines.read(context.form.exact("lines") ?? "", taken: Set(accounts.map(\.label)))
        var returned = ProviderDetail.Returned()
        if lines.isEmpty { returned.bulk.errors["lines"] = "There is no credential in it." }
        if lines.count > AccountLines.most {
            returned.bulk.errors["lines"] = "\(AccountLines.most) credentials at once are the most; none was added."
        }
        guard returned.bulk.errors.isEmpty else {
            return try await detail.page(provider, request, returned, status: .unprocessableContent)
        }
        var rows: [KeyPages.Result] = []
        for line in lines { rows.append(await add(line, provider, context)) }
        let done = rows.count { $0.kind == "good" }
        returned.results = KeyPages.Results(
            title: "\(Counts.of(done, "account", "accounts")) of \(rows.count) added.",
            undo: nil,
            rows: rows
        )
        return try await detail.page(provider, request, returned)
    }

    private func add(_ line: AccountLines.Line, _ provider: String, _ context: PortalContext) async -> KeyPages.Result {
        let account = AccountItem(provider: provider, label: line.label, apiKey: line.credential)
        do throws(ServiceError) {
            _ = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, context)
            return KeyPages.Result(name: line.label, kind: "good", icon: "ok", text: "is in service")
        } catch {
            let text = "line \(line.number) was not taken: \(error.message)"
            return KeyPages.Result(name: line.label, kind: "bad", icon: "bad", text: text)
        }
    }

    private func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        let before = try await view.parts.peers.call(AdminMethods.routerV1.accounts.get, GetRequest(id: id))
        var state = AccountForm.state(context.form)
        let account = AccountForm.account(context.form, over: before, &state)
        var returned = ProviderDetail.Returned()
        guard state.errors.isEmpty else {
            returned.account = (id, state)
            return try await detail.page(before.provider, request, returned, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            let etag = context.form["etag"]
            let saved = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, etag: etag, context)
            // A credential that was replaced is not kept, so that it cannot be put back.
            let undo =
                account.apiKey == nil
                ? view.undo.keep(.account(before: before, etag: saved.etag), context.operatorSession) : nil
            let page = "/providers/\(PathText.segment(before.provider))"
            return Reply.redirect(to: page, notice: .saved, undo: undo, context)
        } catch {
            returned.account = (id, state.refused(error, fields: AccountForm.fields))
            return try await detail.page(before.provider, request, returned, status: KeyPages.status(error))
        }
    }

    private func check(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        let account = try await view.parts.peers.call(AdminMethods.routerV1.accounts.get, GetRequest(id: id))
        var returned = ProviderDetail.Returned()
        returned.checked = ProviderPages.Checked(try await view.parts.acts.testAccount(id, context))
        return try await detail.page(account.provider, request, returned)
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
        let id = try context.pathID
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
