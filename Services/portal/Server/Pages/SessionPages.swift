import Hummingbird
import PortalCore

/// `/sessions`: who is signed in, and what was done.
struct SessionPages: PageGroup {
    private static let auditSize = 50

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/sessions") { request, context in try await page(PageRequest(request, context)) }
    }

    private struct Row {
        let id: String
        let browser: String
        /// What the browser says of itself, whole.
        let agent: String
        let peer: String
        let iso: String
        let since: String
        let seen: String
        let isOwn: Bool
    }

    private struct Act {
        let iso: String
        let when: String
        let act: String
        let item: String
        let kind: String
        let icon: String
        let outcome: String
    }

    private struct Model {
        let sentence: String
        let sessions: [Row]
        let csv = "/audit.csv"
        let json = "/audit.json"
        let hasOthers: Bool
        let audit: [Act]
        let next: String?
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let now = view.parts.clock.nowUS
        let query = request.query("page")
        let sessions = try await view.parts.sessions.list(.operator)
        let audit = try await view.parts.audit.page(token: query["page"], size: Self.auditSize)
        let own = request.context.operatorSession?.id
        let model = Model(
            sentence: sessions.count == 1
                ? "You are the only one signed in." : "\(sessions.count) browsers are signed in.",
            sessions: sessions.map {
                Row(
                    id: PathText.segment($0.id),
                    browser: Words.browser($0.agent),
                    agent: $0.agent,
                    peer: $0.peer,
                    iso: Moments.iso($0.createdUS),
                    since: Moments.full($0.createdUS),
                    seen: Moments.ago($0.lastSeenUS, nowUS: now),
                    isOwn: $0.id == own
                )
            },
            hasOthers: sessions.count > 1,
            audit: audit.rows.map {
                Act(
                    iso: Moments.iso($0.atUS),
                    when: Moments.short($0.atUS, nowUS: now),
                    act: Words.act($0.act, $0.resource),
                    item: $0.act.hasPrefix("sign") ? "" : $0.item,
                    kind: $0.outcome == "ok" ? "good" : "warn",
                    icon: $0.outcome == "ok" ? "ok" : "warn",
                    outcome: $0.outcome == "ok" ? "Done" : Words.reason($0.outcome).capitalizedFirst
                )
            },
            next: audit.next.map { "/sessions" + query.with("page", $0, keepsPage: true).text }
        )
        return try await view.admin("sessions", "Sessions", model, request)
    }
}
