import Contracts
import Hummingbird
import PortalCore

/// `/sessions`: who is signed in, operators and teammates.
struct SessionPages: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/sessions") { request, context in try await page(PageRequest(request, context)) }
    }

    private struct Row {
        let id: String
        let who: String?
        let browser: String
        /// What the browser says of itself, whole.
        let agent: String
        let peer: String
        let iso: String
        let since: String
        let seen: String
        let isOwn: Bool
    }

    private struct Model {
        let sentence: String
        let sessions: [Row]
        let hasOthers: Bool
        let hasMembers: Bool
        let members: [Row]
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let now = view.parts.clock.nowUS
        let sessions = try await view.parts.sessions.list(.operator)
        let members = try await view.parts.sessions.list(.member)
        let keys =
            members.isEmpty ? [] : (try? await view.parts.peers.all(AdminMethods.meterV1.keys, limit: 2000)) ?? []
        let names = Dictionary(keys.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let own = request.context.operatorSession?.id
        let teammates =
            members.isEmpty
            ? "" : ", and \(Counts.of(members.count, "teammate looks", "teammates look")) at their own figures"
        let model = Model(
            sentence: (sessions.count == 1
                ? "You are the only one signed in" : "\(sessions.count) browsers are signed in") + "\(teammates).",
            sessions: sessions.map { Self.row($0, own: own, who: nil, nowUS: now) },
            hasOthers: sessions.count > 1,
            hasMembers: !members.isEmpty,
            members: members.map { session in
                let id = session.keyID ?? ""
                return Self.row(session, own: own, who: names[id] ?? id, nowUS: now)
            }
        )
        return try await view.admin("sessions", "Sessions", model, request)
    }

    private static func row(_ session: PortalSession, own: String?, who: String?, nowUS: Int) -> Row {
        Row(
            id: PathText.segment(session.id),
            who: who,
            browser: Words.browser(session.agent),
            agent: session.agent,
            peer: session.peer,
            iso: Moments.iso(session.createdUS),
            since: Moments.full(session.createdUS),
            seen: Moments.ago(session.lastSeenUS, nowUS: nowUS),
            isOwn: session.id == own
        )
    }
}
