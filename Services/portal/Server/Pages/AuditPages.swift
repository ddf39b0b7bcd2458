import Contracts
import Hummingbird
import PortalCore

/// `/audit`: what was done here, by whom, and what came of it.
struct AuditPages: PageGroup {
    private static let size = 50
    /// What acts are about, as the audit names it and as people do.
    private static let resources = [
        ("keys", "Keys"), ("plans", "Plans"), ("providers", "Providers"), ("accounts", "Accounts"),
        ("chains", "Chains"), ("aliases", "Other names"), ("policies", "Guardrails"), ("settings", "Token saving"),
        ("prices", "Prices"), ("proxies", "Proxies"), ("sessions", "Sessions"), ("operator", "Sign-in"),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/audit") { request, context in try await page(PageRequest(request, context)) }
    }

    private struct Row {
        let iso: String
        let when: String
        let act: String
        let item: String
        let peer: String
        let who: String
        let kind: String
        let icon: String
        let outcome: String
        let request: String
    }

    private struct Model {
        let sentence: String
        let chips: [RangeLink]
        let csv = "/audit.csv"
        let json = "/audit.json"
        let hasRows: Bool
        let rows: [Row]
        let first: String?
        let next: String?
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let now = view.parts.clock.nowUS
        let query = request.query("about", "page")
        let about = query["about"].flatMap { name in Self.resources.first { $0.0 == name }?.0 }
        let audit = try await view.parts.audit.page(token: query["page"], size: Self.size, resource: about)
        let own = request.context.operatorSession?.id
        let last = audit.rows.first.map { "The last was \(Moments.ago($0.atUS, nowUS: now))." }
        let model = Model(
            sentence: "Every change that is made here is written down. \(last ?? "")",
            chips: [RangeLink(href: "/audit", title: "All", isCurrent: about == nil)]
                + Self.resources.map { name, title in
                    RangeLink(href: "/audit" + query.with("about", name).text, title: title, isCurrent: name == about)
                },
            hasRows: !audit.rows.isEmpty,
            rows: audit.rows.map { Self.row($0, own: own, nowUS: now) },
            first: query["page"] == nil ? nil : "/audit" + query.with("page", nil).text,
            next: audit.next.map { "/audit" + query.with("page", $0, keepsPage: true).text }
        )
        return try await view.admin("audit", "Audit", model, request)
    }

    private static func row(_ row: AuditRow, own: String?, nowUS: Int) -> Row {
        Row(
            iso: Moments.iso(row.atUS),
            when: Moments.short(row.atUS, nowUS: nowUS),
            act: Words.act(row.act, row.resource),
            item: row.act.hasPrefix("sign") ? "" : row.item,
            peer: row.peer,
            who: row.who == own ? "you" : row.who == "nobody" ? "before a sign-in" : "another session",
            kind: row.outcome == "ok" ? "good" : "warn",
            icon: row.outcome == "ok" ? "ok" : "warn",
            outcome: row.outcome == "ok" ? "Done" : Words.reason(row.outcome).capitalizedFirst,
            request: row.requestID
        )
    }
}
