import Contracts
import Hummingbird
import PortalCore

/// `/welcome/connect`: a provider, a key, one command, and the first request seen.
struct ConnectPages: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/welcome/connect") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/welcome/connect/demo") { _, context in
            Reply.redirect(to: "/welcome/connect?demo=1", context)
        }
        routes.admin.post("/welcome/connect/provider") { request, context in
            try await connect(PageRequest(request, context))
        }
        routes.admin.post("/welcome/connect/key") { request, context in try await key(PageRequest(request, context)) }
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let checked: ProviderPages.Checked?
        let providers: [Shell.Choice]
        let fields: [FieldView]
    }

    private struct First {
        let text: String
        let href: String
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let poll: String
        let hasProvider: Bool
        let providerText: String
        let form: Form
        let hasKey: Bool
        let keyText: String
        let secret: String?
        let command: String?
        let first: First?
        let arrivedTitle: String
    }

    /// The command that sends one request.
    static func command(base: String, secret: String, model: String) -> String {
        """
        curl \(base)/v1/chat/completions \\
          -H "Authorization: Bearer \(secret)" \\
          -H "Content-Type: application/json" \\
          -d '{"model": "\(model)", "messages": [{"role": "user", "content": "Say hello."}]}'
        """
    }

    private func page(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        checked: ProviderPages.Checked? = nil,
        secret: String? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let peers = view.parts.peers
        let query = request.query("demo")
        let router = AdminMethods.routerV1
        async let providers = attempt { () throws(ServiceError) in try await peers.all(router.providers, limit: 500) }
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 500) }
        async let keys = attempt { () throws(ServiceError) in
            try await peers.call(AdminMethods.meterV1.keys.list, ListRequest(pageSize: 50)).items
        }
        async let rows = attempt { () throws(ServiceError) in
            try await peers.call(AdminMethods.meterV1.usage.list, ListRequest(pageSize: 1)).items
        }
        let known = await providers
        var down: Down?
        if case .failure(let error) = known { down = Down("router", error) }
        let used = Set(((try? await accounts.get()) ?? []).filter(\.enabled).map(\.provider))
        let isDemo = used.isEmpty && (query["demo"] == "1" || request.context.form["demo"] == "1")
        let live = ((try? await keys.get()) ?? []).filter { $0.revokedUS == nil }
        let model = await SampleModel(peers: peers).find()
        let base = "\(request.context.scheme.rawValue)://\(request.host)"
        let first = (try? await rows.get())?.first
        let titles = (try? known.get()) ?? []
        let names = Dictionary(titles.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let page = Model(
            sentence: first == nil ? "Three steps to the first request." : "Your first request went through.",
            down: down,
            poll: first == nil ? "/welcome/connect" : "",
            hasProvider: !used.isEmpty || isDemo || (first != nil && used.isEmpty),
            providerText: used.isEmpty
                ? "The built-in demo answers. Connect a real one any time under Providers."
                : "\(used.compactMap { id in titles.first { $0.id == id }?.name ?? id }.sorted().joined(separator: ", ")) connected.",
            form: Form(
                problem: state.problem,
                verbatim: state.verbatim,
                checked: checked,
                providers: titles.filter { $0.id != "demo" }
                    .map { Shell.Choice(value: $0.id, title: $0.name, isChosen: $0.id == state.values["provider"]) },
                fields: [
                    FieldView(
                        "credential",
                        "Its API key",
                        .line("password"),
                        form: state,
                        hint: "Checked without spending, stored encrypted.",
                        isRequired: true,
                        isCode: true
                    )
                ]
            ),
            hasKey: secret != nil || first != nil,
            keyText: live.isEmpty
                ? "A key is what your tool sends along. It is shown once."
                : "\(Counts.of(live.count, "key exists", "keys exist")) already; a new one is shown once.",
            secret: secret,
            command: secret.map { Self.command(base: base, secret: $0, model: model) }
                ?? (live.isEmpty ? nil : Self.command(base: base, secret: "$KEIROUTER_API_KEY", model: model)),
            first: first.map {
                First(
                    text: "\(Moments.duration(ms: $0.totalMS)), "
                        + "\($0.costNanoUSD.map { Dollars.price($0) } ?? "no price is known"), answered by "
                        + "\($0.provider.isEmpty ? "the cache" : names[$0.provider] ?? $0.provider).",
                    href: "/requests/\(PathText.segment($0.requestID))"
                )
            },
            arrivedTitle: first == nil ? "Waiting for the first request" : "Your first request went through"
        )
        return try await view.admin("connect", "First request", page, request, status: status)
    }

    private func connect(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let state = FormState(context.form, names: ["provider"])
        let provider = context.form["provider"] ?? ""
        let credential = context.form["credential"] ?? ""
        do {
            let known = try await view.parts.peers.call(AdminMethods.routerV1.providers.get, GetRequest(id: provider))
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
            guard test.ok else {
                return try await page(
                    request,
                    state,
                    checked: ProviderPages.Checked(test),
                    status: .unprocessableContent
                )
            }
            let account = AccountItem(provider: provider, label: "first", apiKey: credential)
            _ = try await view.parts.acts.put(AdminMethods.routerV1.accounts, account, context)
            return Reply.redirect(to: "/welcome/connect", notice: .tested, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: ["api_key": "credential"])
            return try await page(request, refused, status: KeyPages.status(error))
        }
    }

    private func key(_ request: PageRequest) async throws -> Response {
        let context = request.context
        do {
            let keys = try await view.parts.peers.all(AdminMethods.meterV1.keys, limit: 500)
            let names = Set(keys.map(\.name))
            let name = (1...).lazy.map { $0 == 1 ? "first" : "first-\($0)" }.first { !names.contains($0) } ?? "first"
            let made = try await view.parts.acts.put(AdminMethods.meterV1.keys, KeyItem(name: name), context)
            return try await page(request, secret: made.secret)
        } catch let error as ServiceError {
            return try await page(request, FormState().refused(error), status: KeyPages.status(error))
        }
    }
}
