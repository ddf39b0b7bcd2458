import Bootstrap
import Contracts
import Hummingbird
import PortalCore

/// `/settings`: what runs here, prices of one's own, proxies, and the way to sessions and audit.
struct SettingsPages: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        let prices = PriceForms(pages: self)
        let proxies = ProxyForms(pages: self)
        routes.admin.get("/settings") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/prices") { request, context in try await prices.save(PageRequest(request, context)) }
        routes.admin.post("/prices/delete") { request, context in
            try await prices.remove(PageRequest(request, context))
        }
        routes.admin.post("/proxies") { request, context in try await proxies.save(PageRequest(request, context)) }
        routes.admin.post("/proxies/:id/delete") { request, context in
            try await proxies.remove(PageRequest(request, context))
        }
    }

    private struct Service {
        let name: String
        let text: String
        let kind: String
        let icon: String
        let state: String
    }

    private struct Price {
        let id: String
        let etag: String
        let input: String
        let output: String
        let cached: String
        let isDeclared: Bool
    }

    private struct Proxy {
        let path: String
        let name: String
        let display: String
        let isDeclared: Bool
        let kind: String
        let icon: String
        let state: String
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let facts: [JourneyModel.Fact]
        let services: [Service]
        let hasPrices: Bool
        let prices: [Price]
        let priceForm: Form
        let hasProxies: Bool
        let proxies: [Proxy]
        let proxyForm: Form
    }

    /// What the other services do.
    private static let services: [(peer: PeerClients.Peer, name: String, text: String)] = [
        (.router, "Router", "Takes requests and answers them."), (.guard, "Guard", "Judges texts."),
        (.saver, "Saver", "Makes requests smaller."), (.meter, "Meter", "Counts, limits and prices."),
    ]

    func page(
        _ request: PageRequest,
        price: FormState = FormState(),
        proxy: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let peers = view.parts.peers
        // The catalogue's are the product's own, and thousands.
        async let prices = attempt { () throws(ServiceError) in
            let prices = AdminMethods.meterV1.prices
            let declared = try await peers.all(prices, filter: ["source": "declared"], limit: 1000)
            return try await peers.all(prices, filter: ["source": "edited"], limit: 1000) + declared
        }
        async let proxies = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.routerV1.proxies, limit: 500)
        }
        let services = await services()
        let known = await prices
        var down: Down?
        if case .failure(let error) = known { down = Down("meter", error) }
        let own = (try? known.get()) ?? []
        let away = services.filter { $0.kind == "bad" }
        let all = (try? await proxies.get()) ?? []
        let model = Model(
            sentence: away.isEmpty
                ? "All five services run." : "\(away.map(\.name).joined(separator: ", ")) does not answer.",
            down: down,
            facts: [
                JourneyModel.Fact(name: "Version", value: Version.current),
                JourneyModel.Fact(name: "Commit", value: Version.commit),
                JourneyModel.Fact(name: "Build", value: "\(Version.build), Swift \(Version.swift)"),
                JourneyModel.Fact(name: "Machine", value: Version.platform),
            ],
            services: services,
            hasPrices: !own.isEmpty,
            prices: own.map(Self.price),
            priceForm: Form(problem: price.problem, verbatim: price.verbatim, fields: PriceForms.fields(price)),
            hasProxies: !all.isEmpty,
            proxies: all.map(Self.proxy),
            proxyForm: Form(problem: proxy.problem, verbatim: proxy.verbatim, fields: ProxyForms.fields(proxy))
        )
        return try await view.admin("settings", "Settings", model, request, status: status)
    }

    private func services() async -> [Service] {
        var rows: [Service] = []
        for service in Self.services {
            let isServing = await view.parts.peers.isServing(service.peer)
            rows.append(
                Service(
                    name: service.name,
                    text: service.text,
                    kind: isServing ? "good" : "bad",
                    icon: isServing ? "ok" : "bad",
                    state: isServing ? "Running" : "Does not answer"
                )
            )
        }
        rows.append(
            Service(name: "Portal", text: "Shows these pages.", kind: "good", icon: "ok", state: "Running")
        )
        return rows
    }

    private static func price(_ item: PriceItem) -> Price {
        func text(_ nano: Int?) -> String { nano.map { Dollars.sum($0) } ?? "–" }
        return Price(
            id: item.id,
            etag: item.etag,
            input: text(item.inputNano),
            output: text(item.outputNano),
            cached: text(item.cacheReadNano),
            isDeclared: item.declared
        )
    }

    private static func proxy(_ item: ProxyItem) -> Proxy {
        let all = item.display.split(separator: ",").count
        let isDown = item.enabled && !item.down.isEmpty
        let state = item.down.count >= all ? "Down" : "\(item.down.count) of \(all) down"
        return Proxy(
            path: PathText.segment(item.id),
            name: item.name,
            display: item.display,
            isDeclared: item.declared,
            kind: isDown ? (item.down.count >= all ? "bad" : "warn") : item.enabled ? "good" : "info",
            icon: isDown ? (item.down.count >= all ? "bad" : "warn") : item.enabled ? "ok" : "info",
            state: isDown ? state : item.enabled ? (item.strict ? "In use" : "In use, or direct") : "Switched off"
        )
    }
}

/// Prices of one's own.
struct PriceForms: Sendable {
    let pages: SettingsPages

    private static let names = ["model", "input", "output", "read", "write"]

    static func fields(_ state: FormState) -> [FieldView] {
        func price(_ name: String, _ label: String, isRequired: Bool = false) -> FieldView {
            FieldView(
                name,
                label,
                form: state,
                hint: isRequired ? "Dollars a million tokens." : "Empty: as other input.",
                id: "price-\(name)",
                isRequired: isRequired
            )
        }
        return [
            FieldView(
                "model",
                "Model",
                form: state,
                hint: "provider/model; provider/* for all others of it.",
                id: "price-model",
                isRequired: true,
                isCode: true,
                isWide: true
            ),
            price("input", "Read", isRequired: true), price("output", "Written", isRequired: true),
            price("read", "Read from a cache"), price("write", "Written to a cache"),
        ]
    }

    func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var state = FormState(context.form, names: Self.names)
        func dollars(_ name: String) -> Int? {
            guard let text = context.form[name], !text.isEmpty else { return nil }
            let nanos = Dollars.parse(text)
            if nanos == nil { state.errors[name] = "An amount in dollars, like 0.50." }
            return nanos
        }
        let item = PriceItem(
            id: context.form["model"] ?? "",
            provider: "",
            model: "",
            inputNano: dollars("input"),
            outputNano: dollars("output"),
            cacheReadNano: dollars("read"),
            cacheWriteNano: dollars("write")
        )
        for name in ["model", "input", "output"] where (context.form[name] ?? "").isEmpty {
            state.errors[name] = "This is needed."
        }
        guard state.errors.isEmpty else {
            return try await pages.page(request, price: state, status: .unprocessableContent)
        }
        do throws(ServiceError) {
            _ = try await pages.view.parts.acts.put(AdminMethods.meterV1.prices, item, context)
            return Reply.redirect(to: "/settings", notice: .saved, context)
        } catch {
            let refused = state.refused(error, fields: ["id": "model"])
            return try await pages.page(request, price: refused, status: KeyPages.status(error))
        }
    }

    /// A price's id has a slash, so it comes in the form.
    func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = context.form["id"] ?? ""
        do throws(ServiceError) {
            let view = pages.view
            let before = try await view.parts.peers.call(AdminMethods.meterV1.prices.get, GetRequest(id: id))
            let etag = context.form["etag"]
            try await view.parts.acts.delete(AdminMethods.meterV1.prices, id, etag: etag, context)
            let undo = view.undo.keep(.price(before), context.operatorSession)
            return Reply.redirect(to: "/settings", notice: .deleted, undo: undo, context)
        } catch {
            return try await pages.page(request, price: FormState().refused(error), status: KeyPages.status(error))
        }
    }
}

/// Proxies that accounts may go through.
struct ProxyForms: Sendable {
    let pages: SettingsPages

    static func fields(_ state: FormState) -> [FieldView] {
        [
            FieldView("name", "Name", form: state, id: "proxy-name", isRequired: true),
            FieldView(
                "url",
                "Addresses",
                .secrets(rows: 2),
                form: state,
                hint: "http://user:password@proxy.example:3128 or socks5://…, one a line: several take turns. Stored "
                    + "encrypted, shown without the password.",
                id: "proxy-url",
                isRequired: true,
                isCode: true
            ),
            FieldView(
                "strict",
                "Never go around it",
                .tick,
                form: state,
                hint:
                    "When none of its addresses answers, requests fail over or fail; without this tick they go directly.",
                id: "proxy-strict",
                value: "on"
            ),
        ]
    }

    func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        // Addresses may hold passwords, which do not go back onto a page.
        let state = FormState(context.form, names: ["name", "strict"])
        let addresses = FormText.lines(context.form["url"] ?? "")
        let item = ProxyItem(
            name: context.form["name"] ?? "",
            url: addresses.count > 1 ? nil : addresses.first ?? "",
            urls: addresses.count > 1 ? addresses : [],
            strict: context.form["strict"] == "on"
        )
        do throws(ServiceError) {
            _ = try await pages.view.parts.acts.put(AdminMethods.routerV1.proxies, item, context)
            return Reply.redirect(to: "/settings", notice: .created, context)
        } catch {
            let refused = state.refused(error, fields: ["url": "url", "urls": "url", "name": "name"])
            return try await pages.page(request, proxy: refused, status: KeyPages.status(error))
        }
    }

    /// Its address cannot be put back, so its name is asked for.
    func remove(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let id = try context.pathID
        do throws(ServiceError) {
            let proxies = AdminMethods.routerV1.proxies
            let proxy = try await pages.view.parts.peers.call(proxies.get, GetRequest(id: id))
            guard context.form["name"] == proxy.name else {
                throw .invalid("name", "is not the proxy's name")
            }
            try await pages.view.parts.acts.delete(proxies, id, context)
            return Reply.redirect(to: "/settings", notice: .deleted, context)
        } catch {
            return try await pages.page(request, proxy: FormState().refused(error), status: KeyPages.status(error))
        }
    }
}
