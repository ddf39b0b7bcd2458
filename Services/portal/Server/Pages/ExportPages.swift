import Contracts
import Hummingbird
import JSON
import NIOCore
import PortalCore

/// What lists show, as files: `/requests.csv`, `/requests.json` and so on, with the filters of the list's address.
struct ExportPages: PageGroup {
    /// Rows of one file; more are got by narrowing the range, or through the API.
    private static let most = 5000

    let view: PageView

    func add(to routes: PortalRoutes) {
        let peers = view.parts.peers
        add("requests", to: routes, ExportTables.requests) { request in
            let query = PageQuery(request.query, names: RequestPages.names)
            let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .month
            let filter = RequestPages.filter(query, range, nowUS: view.parts.clock.nowUS)
            return try await peers.all(AdminMethods.meterV1.usage, filter: filter, limit: Self.most)
        }
        add("keys", to: routes, ExportTables.keys) { _ in
            try await peers.all(AdminMethods.meterV1.keys, limit: Self.most)
        }
        add("usage", to: routes, ExportTables.usage) { request in
            let ask = UsagePages.ask(request.query, nowUS: view.parts.clock.nowUS)
            return UsagePages.cells(try await UsagePages.summary(ask, peers), ask)
        }
        add("quotas", to: routes, ExportTables.budgets) { _ in
            try await peers.all(AdminMethods.meterV1.budgets, limit: Self.most)
        }
        add("plans", to: routes, ExportTables.plans) { _ in
            try await peers.all(AdminMethods.meterV1.plans, limit: Self.most)
        }
        add("chains", to: routes, ExportTables.chains) { _ in
            try await peers.all(AdminMethods.routerV1.chains, limit: Self.most)
        }
        add("providers", to: routes, ExportTables.providers) { _ in
            try await peers.all(AdminMethods.routerV1.health, limit: Self.most)
        }
        add("guardrails", to: routes, ExportTables.decisions) { _ in
            try await peers.all(AdminMethods.guardV1.decisions, limit: Self.most)
        }
        add("saving", to: routes, ExportTables.sums) { _ in
            let now = view.parts.clock.nowUS
            let span = SummarizeRequest(sinceUS: now - 90 * Moments.day, untilUS: now, bucket: "day")
            return try await peers.call(AdminMethods.meterV1.summarize, span).buckets
        }
        add("audit", to: routes, ExportTables.audit) { _ in
            var rows: [AuditItem] = []
            var token: String?
            repeat {
                let page = try await view.parts.audit.page(token: token, size: ListRequest.largestPage)
                rows += page.rows.map(AuditItem.init)
                token = page.next
            } while token != nil && rows.count < Self.most
            return rows
        }
    }

    private func add<Item: WireCodable & Sendable>(
        _ name: String,
        to routes: PortalRoutes,
        _ table: ExportTable<Item>,
        _ items: @escaping @Sendable (PageRequest) async throws -> [Item]
    ) {
        routes.admin.get(RouterPath("/\(name).csv")) { request, context in
            let items = try await items(PageRequest(request, context))
            return Self.file("text/csv; charset=utf-8", "\(name).csv", Array(table.csv(items).utf8))
        }
        routes.admin.get(RouterPath("/\(name).json")) { request, context in
            var writer = JSONWriter()
            let items = try await items(PageRequest(request, context))
            writer.object { fields in
                fields.array("items") { list in
                    for item in items { list.value { item.write(to: &$0) } }
                }
            }
            return Self.file("application/json", "\(name).json", writer.bytes)
        }
    }

    /// An answer that a browser keeps as a file.
    static func file(_ type: String, _ name: String, _ bytes: [UInt8]) -> Response {
        var response = Response(
            status: .ok,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
        response.headers.set("Content-Disposition", "attachment; filename=\"\(name)\"")
        return response
    }
}
