import Contracts
import Hummingbird
import PortalCore

/// `/requests`: the list, with its filters in the address; `/requests/{id}`: the journey of one.
struct RequestPages: PageGroup {
    static let names = ["range", "outcome", "key", "provider", "model", "sort", "page"]
    /// The rows that are sorted by something else than their time: the newest that fit the filters.
    private static let mostSorted = ListRequest.largestPage
    private static let columns = [
        Sorting.Column(name: "time", title: "Time", isFigure: true, isDrawn: true, isFixed: true),
        Sorting.Column(title: "Key"),
        Sorting.Column(title: "Asked for, answered by"), Sorting.Column(title: "Outcome"),
        Sorting.Column(name: "in", title: "In", isFigure: true),
        Sorting.Column(name: "out", title: "Out", isFigure: true),
        Sorting.Column(name: "saved", title: "Saved", isFigure: true),
        Sorting.Column(name: "cost", title: "Cost", isFigure: true),
        Sorting.Column(name: "took", title: "First token, then stream", isFigure: true, isDrawn: true),
    ]
    private static let pageSize = 50

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/requests") { request, context in try await list(PageRequest(request, context)) }
        routes.admin.get("/requests/:id") { request, context in
            try await one(try context.pathID, PageRequest(request, context))
        }
    }

    private struct Hidden {
        let name: String
        let value: String
    }

    private struct Strip {
        let svg: String
        let sentence: String
    }

    private struct Model {
        let rangeTitle: String
        let ranges: [RangeLink]
        let sentence: String
        let about: String
        let heads: [Sorting.Head]
        let down: Down?
        let csv: String
        let json: String
        let source: String
        let chips: [RangeLink]
        let isFiltered: Bool
        let hidden: [Hidden]
        let keys: [Shell.Choice]
        let providers: [Shell.Choice]
        let model: FieldView
        let strip: Strip?
        let hasKeys = true
        let hasRows: Bool
        let rows: [UsageRow]
        let emptyTitle: String
        let emptyText: String
        let emptyHref: String
        let emptyAction: String
        let first: String?
        let next: String?
    }

    /// The filter that the ledger understands.
    static func filter(_ query: PageQuery, _ range: TimeRange, nowUS: Int) -> [String: String] {
        var filter = ["since_us": "\(nowUS - range.lengthUS)"]
        for name in ["outcome", "key", "provider", "model"] { filter[name] = query[name] }
        return filter
    }

    private func list(_ request: PageRequest) async throws -> Response {
        let query = PageQuery(request.query, names: Self.names)
        let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .month
        let now = view.parts.clock.nowUS
        let peers = view.parts.peers
        let filter = Self.filter(query, range, nowUS: now)
        let order = Sorting(query, Self.columns, standard: "time")
        let isNewest = order.column == "time"
        let ask = ListRequest(
            pageToken: isNewest ? query["page"] : nil,
            pageSize: isNewest ? Self.pageSize : Self.mostSorted,
            filter: filter
        )
        async let rows = attempt { () throws(ServiceError) in
            try await peers.call(AdminMethods.meterV1.usage.list, ask)
        }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(AdminMethods.meterV1.keys, limit: 500)
        }
        async let providers = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.routerV1.accounts, limit: 500)
        }
        let page = await rows
        var down: Down?
        if case .failure(let error) = page { down = Down("meter", error) }
        let found = (try? page.get().items) ?? []
        let items = isNewest ? found : Array(Self.sorted(found, order).prefix(Self.pageSize))
        let names = KeyNames.of((try? await keys.get()) ?? [])
        let used = Set(((try? await providers.get()) ?? []).map(\.provider)).union(items.map(\.provider))
        let titles = await view.names.current()
        let model = Model(
            rangeTitle: range.title,
            ranges: RangeLink.all("/requests", query, range, TimeRange.allCases),
            sentence: Self.sentence(items, hasMore: (try? page.get().next) != nil, isFirst: query["page"] == nil),
            about: isNewest
                ? "Newest first, \(Self.pageSize) on a page."
                : "The first \(items.count) in this order, of the newest \(Counts.grouped(found.count)).",
            heads: order.heads("/requests", query, Self.columns),
            down: down,
            csv: "/requests.csv" + query.with("page", nil).text,
            json: "/requests.json" + query.with("page", nil).text,
            source: "/requests" + query.text,
            chips: Self.chips(query, names, titles),
            isFiltered: query["key"] != nil || query["provider"] != nil || query["model"] != nil,
            hidden: ["range", "outcome", "sort"].compactMap { name in query[name].map { Hidden(name: name, value: $0) }
            },
            keys: KeyNames.choices(names, chosen: query["key"]),
            providers: used.filter { !$0.isEmpty }.sorted()
                .map { Shell.Choice(value: $0, title: titles[$0] ?? $0, isChosen: $0 == query["provider"]) },
            model: FieldView("model", "Model", isCode: true, value: query["model"]),
            strip: isNewest ? Self.strip(items) : nil,
            hasRows: !items.isEmpty,
            rows: UsageRow.rows(items, nowUS: now, base: "/requests/", keys: names, providers: titles),
            emptyTitle: query.items.isEmpty ? "No request yet" : "Nothing fits these filters",
            emptyText: query.items.isEmpty
                ? "Requests appear here as they are answered." : "Take a filter away, or look at a longer time.",
            emptyHref: query.items.isEmpty ? "/welcome/connect" : "/requests",
            emptyAction: query.items.isEmpty ? "Make the first request" : "Show all",
            first: query["page"] == nil ? nil : "/requests" + query.with("page", nil).text,
            next: !isNewest
                ? nil
                : (try? page.get().next).flatMap(\.self).map {
                    "/requests" + query.with("page", $0, keepsPage: true).text
                }
        )
        return try await view.admin("requests", "Requests", model, request)
    }

    private static func sorted(_ items: [UsageItem], _ order: Sorting) -> [UsageItem] {
        order.sorted(items) { item in
            switch order.column {
            case "in": item.usage.wholeInput
            case "out": item.usage.output
            case "saved": item.savedTokens
            case "cost": item.costNanoUSD ?? -1
            default: item.totalMS
            }
        }
    }

    private static func sentence(_ items: [UsageItem], hasMore: Bool, isFirst: Bool) -> String {
        guard let only = items.first else { return "No request to show." }
        let failed = items.count { $0.outcome != .ok }
        let isWhole = isFirst && !hasMore
        if items.count == 1, isWhole {
            return only.outcome == .ok ? "One request, and it was answered." : "One request, and it went wrong."
        }
        if failed == 0 {
            return isWhole ? "All \(items.count) were answered." : "All \(items.count) here were answered."
        }
        return "\(isWhole ? "Of" : "Of the") \(items.count)\(isWhole ? "" : " here"), \(failed) went wrong."
    }

    /// What can be taken away, then what can be added with one click.
    private static func chips(
        _ query: PageQuery,
        _ names: [String: String],
        _ providers: [String: String]
    ) -> [RangeLink] {
        let outcomes: [(Outcome, String)] = [
            (.ok, "Answered"), (.providerError, "Failed"), (.blocked, "Blocked"), (.clientError, "Not acceptable"),
            (.cancelled, "Cancelled"), (.interrupted, "Cut off"),
        ]
        var chips = outcomes.map { outcome, title in
            let isCurrent = query["outcome"] == outcome.rawValue
            let link = query.with("outcome", isCurrent ? nil : outcome.rawValue)
            return RangeLink(href: "/requests" + link.text, title: title, isCurrent: isCurrent)
        }
        for name in ["key", "provider", "model"] {
            guard let value = query[name] else { continue }
            let title = name == "model" ? value : (name == "key" ? names : providers)[value] ?? value
            chips.append(RangeLink(href: "/requests" + query.with(name, nil).text, title: title, isCurrent: true))
        }
        return chips
    }

    /// The page's requests by time and length: what stands out does so here first.
    private static func strip(_ items: [UsageItem]) -> Strip? {
        guard items.count > 4, let first = items.map(\.startedUS).min(), let last = items.map(\.startedUS).max(),
            last > first, let longest = items.max(by: { $0.totalMS < $1.totalMS })
        else { return nil }
        let dots = items.map { item in
            let x = 4 + 992 * Double(item.startedUS - first) / Double(last - first)
            let y = 52 - 46 * Double(item.totalMS) / Double(max(1, longest.totalMS))
            let kind = item.outcome == .ok ? (item.attempts > 1 ? "warn" : "") : "bad"
            return "<path class=\"\(kind)\" d=\"M\(Plot.short(x)) \(Plot.short(y))h0\"/>"
        }
        return Strip(
            svg:
                "<svg class=\"strip\" viewBox=\"0 0 1000 56\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(dots.joined())</svg>",
            sentence: "The requests on this page by time; the longest took \(Moments.duration(ms: longest.totalMS))."
        )
    }

    private func one(_ id: String, _ request: PageRequest) async throws -> Response {
        let item = try await view.parts.peers.call(AdminMethods.meterV1.usage.get, GetRequest(id: id))
        let key = await attempt { () throws(ServiceError) in
            try await view.parts.peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: item.keyID))
        }
        let accounts = await attempt { () throws(ServiceError) in
            try await view.parts.peers.all(AdminMethods.routerV1.accounts, limit: 500)
        }
        let model = JourneyModel(
            item,
            key: KeyNames.of((try? key.get()).map { [$0] } ?? [])[item.keyID] ?? item.keyID,
            providers: await view.names.current(),
            accounts: Dictionary(
                ((try? accounts.get()) ?? []).map { ($0.id, $0.label.isEmpty ? $0.id : $0.label) },
                uniquingKeysWith: { first, _ in first }
            )
        )
        return try await view.admin("request", "Request", model, request)
    }
}
