import Contracts
import HTTPTypes
import Hummingbird
import PortalCore

/// What is more than a resource, and what is the portal's own.
extension APICatalogue {
    static func summary(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .get,
            path: "/api/summary",
            id: "getSummary",
            tag: "meter",
            summary: "Sums what was used in a stretch of time; the last 24 hours when nothing is said.",
            query: [
                .init(name: "since_us", schema: .integer, summary: "Where it begins."),
                .init(name: "until_us", schema: .integer, summary: "Where it ends, exclusive."),
                .init(
                    name: "bucket",
                    schema: .string(oneOf: ["minute", "hour", "day"]),
                    summary: "hour when missing."
                ),
                .init(name: "key", schema: .string, summary: "One key alone, by its id."),
                .init(
                    name: "split",
                    schema: .string(oneOf: ["provider", "model", "key"]),
                    summary: "What the buckets are split by; nothing when missing."
                ),
            ],
            output: .json(SummarizeReply.schema, status: 200)
        ) { call in
            let until = try call.number("until_us") ?? parts.clock.nowUS
            let request = SummarizeRequest(
                sinceUS: try call.number("since_us") ?? until - 86_400_000_000,
                untilUS: until,
                bucket: call.query("bucket") ?? "hour",
                key: call.query("key"),
                split: call.query("split")
            )
            return Reply.json(try await parts.peers.call(AdminMethods.meterV1.summarize, request))
        }
    }

    static func testAccount(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .post,
            path: "/api/accounts/{id}/test",
            id: "testAccount",
            tag: "router",
            summary: "Tries an account's credential without spending.",
            output: .json(AccountTest.schema, status: 200)
        ) { call in
            Reply.json(try await parts.acts.testAccount(call.id, call.context))
        }
    }

    static func testCredential(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .post,
            path: "/api/credentials/test",
            id: "testCredential",
            tag: "router",
            summary: "Tries a credential that is not saved, without spending; it is not kept.",
            body: TestCredentialRequest.schema,
            output: .json(AccountTest.schema, status: 200)
        ) { call in
            Reply.json(try await parts.acts.testCredential(call.body(), call.context))
        }
    }

    static func tryGuard(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .post,
            path: "/api/guard/try",
            id: "tryGuard",
            tag: "guard",
            summary: "Says what the guardrails find in a text; the text is not kept.",
            body: InspectRequest.schema,
            output: .json(InspectReply.schema, status: 200)
        ) { call in
            Reply.json(try await parts.acts.tryGuard(call.body(), call.context))
        }
    }

    /// What the policies say together, and taking them elsewhere.
    static func policyBundles(_ parts: PortalParts) -> [APIOperation] {
        let admin = AdminMethods.guardV1
        return [
            APIOperation(
                verb: .post,
                path: "/api/guard/effective",
                id: "getEffectivePolicy",
                tag: "guard",
                summary: "What holds for a request of this scope, and which policy says so.",
                body: RequestScope.schema,
                output: .json(EffectivePolicyReply.schema, status: 200)
            ) { call in
                Reply.json(try await parts.peers.call(admin.effectivePolicy, try await call.body()))
            },
            APIOperation(
                verb: .get,
                path: "/api/guard/export",
                id: "exportPolicies",
                tag: "guard",
                summary: "All policies, to take elsewhere.",
                output: .json(PolicyBundle.schema, status: 200)
            ) { _ in
                Reply.json(try await parts.peers.call(admin.exportPolicies, Empty()))
            },
            APIOperation(
                verb: .post,
                path: "/api/guard/import",
                id: "importPolicies",
                tag: "guard",
                summary: "Takes in what was exported, all of it or nothing.",
                body: ImportRequest.schema,
                output: .json(ImportReply.schema, status: 200)
            ) { call in
                Reply.json(try await parts.acts.importPolicies(call.body(), call.context))
            },
        ]
    }

    static func trySaver(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .post,
            path: "/api/saver/try",
            id: "trySaver",
            tag: "saver",
            summary: "Says what the savers would do to a text; the text is not kept.",
            body: CompressRequest.schema,
            output: .json(CompressReply.schema, status: 200)
        ) { call in
            Reply.json(try await parts.acts.trySaver(call.body(), call.context))
        }
    }

    // MARK: The portal's own

    static func own(_ parts: PortalParts) -> [APIOperation] {
        [ownSession(parts), sessions(parts), revoke(parts), audit(parts)]
    }

    private static func ownSession(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .get,
            path: "/api/session",
            id: "getSession",
            tag: "portal",
            summary: "The session that asks, with the token that its writes must carry.",
            output: .json(OwnSession.schema, status: 200)
        ) { call in
            guard let session = call.context.operatorSession else { throw Problem.signIn }
            return Reply.json(OwnSession(session: SessionItem(session, current: true), csrf: call.context.csrf))
        }
    }

    private static func sessions(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .get,
            path: "/api/sessions",
            id: "listSessions",
            tag: "portal",
            summary: "Lists the sessions that are open, newest first, 500 at most.",
            query: [
                .init(name: "kind", schema: .string(oneOf: ["operator", "member"]), summary: "operator when missing."),
                .init(name: "key", schema: .string, summary: "Those of one key, by its id."),
            ],
            output: .json(PortalPage<SessionItem>.schema, status: 200)
        ) { call in
            let word = call.query("kind") ?? "operator"
            guard let kind = PortalSession.Kind(rawValue: word) else {
                throw ServiceError.invalid("kind", "is operator or member")
            }
            let own = call.context.operatorSession?.id
            let sessions = try await parts.sessions.list(kind, keyID: call.query("key"))
            return Reply.json(PortalPage(sessions.map { SessionItem($0, current: $0.id == own) }))
        }
    }

    private static func revoke(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .delete,
            path: "/api/sessions/{id}",
            id: "deleteSession",
            tag: "portal",
            summary: "Ends a session, of the operator or of a member.",
            output: .nothing
        ) { call in
            let id = try call.id
            let isEnded = try await parts.sessions.end(id)
            await parts.audit.record("revoke", "sessions", id, outcome: isEnded ? "ok" : "not_found", call.context)
            guard isEnded else { throw Problem.notFound }
            return Response(status: .noContent)
        }
    }

    private static func audit(_ parts: PortalParts) -> APIOperation {
        APIOperation(
            verb: .get,
            path: "/api/audit",
            id: "listAudit",
            tag: "portal",
            summary: "Lists what operators did, newest first, page by page.",
            query: [
                .init(name: "page_token", schema: .string, summary: "The `next` of the page before."),
                .init(name: "page_size", schema: .integer, summary: "1 to 500; 100 when missing."),
                .init(name: "resource", schema: .string, summary: "Only acts on this resource."),
            ],
            output: .json(PortalPage<AuditItem>.schema, status: 200)
        ) { call in
            let page = try await parts.audit.page(
                token: call.query("page_token"),
                size: call.number("page_size") ?? 100,
                resource: call.query("resource")
            )
            return Reply.json(PortalPage(page.rows.map(AuditItem.init), next: page.next))
        }
    }
}
