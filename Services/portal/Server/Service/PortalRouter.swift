import Hummingbird
import PortalCore
import Secrets

/// Puts the routes together.
enum PortalRouter {
    /// The responder behind ``PortalResponder``.
    static func responder(
        _ parts: PortalParts,
        _ set: PortalPageSet,
        csrfKey: Subkey
    ) -> RouterResponder<PortalContext> {
        let router = Router(context: PortalContext.self, options: [.autoGenerateHeadEndpoints])
        router.add(
            middleware: AccessMiddleware(
                sessions: parts.sessions,
                looks: parts.looks,
                csrfKey: csrfKey,
                pages: set.entry
            )
        )
        let routes = PortalRoutes(
            admin: router.group().add(middleware: OperatorGate(operators: parts.operators)),
            entry: router.group(),
            member: router.group().add(middleware: MemberGate(members: parts.members, pages: set.entry)),
            open: router.group()
        )
        var groups: [any PageGroup] = [
            HealthRoutes(parts: parts), EntryRoutes(parts: parts, pages: set.entry),
            EventRoutes(path: "/api/events", feed: parts.events, sessions: parts.sessions),
            EventRoutes(path: "/api/guard/events", feed: parts.decisions, sessions: parts.sessions),
            APIRoutes(parts: parts),
        ]
        groups += set.groups
        for group in groups { group.add(to: routes) }
        return router.buildResponder()
    }
}

/// `/healthz` says that the process answers, `/readyz` that its database does too.
struct HealthRoutes: PageGroup {
    let parts: PortalParts

    func add(to routes: PortalRoutes) {
        routes.open.get("/healthz") { _, _ in Reply.json(bytes: Array("{\"status\":\"ok\"}".utf8)) }
        routes.open.get("/readyz") { _, _ in
            _ = try await parts.operators.isClaimed()
            return Reply.json(bytes: Array("{\"status\":\"ok\"}".utf8))
        }
    }
}
