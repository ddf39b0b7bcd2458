import Contracts
import Hummingbird
import JSON
import PortalCore

/// What the page of guardrails does.
struct GuardActs: Sendable {
    /// Bytes of a text that is tried.
    private static let longestText = 100_000

    let pages: GuardPages

    private var view: PageView { pages.view }

    func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let scope = PolicyModel.scope(context.form["scope"])
        var returned = GuardPages.Returned()
        do {
            let old = try await stored(scope)
            var problem: String?
            let item = GuardForm.policy(context.form, over: old ?? PolicyItem(scope: scope), &problem)
            returned.draft = item
            if let problem {
                returned.form.problem = "\(problem) Nothing was changed."
                return try await pages.page(request, returned, status: .unprocessableContent)
            }
            return try await put(item, over: old, etag: context.form["etag"], request)
        } catch let error as ServiceError {
            returned.form = returned.form.refused(error)
            return try await pages.page(request, returned, status: KeyPages.status(error))
        }
    }

    /// Puts a template's policy into the scope.
    func template(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let scope = PolicyModel.scope(context.form["scope"])
        do throws(ServiceError) {
            let id = context.form["template"] ?? ""
            let template = try await view.parts.peers.call(AdminMethods.guardV1.templates.get, GetRequest(id: id))
            let old = try await stored(scope)
            var item = template.policy
            item.id = old?.id ?? ""
            item.scope = scope
            item.declared = false
            return try await put(item, over: old, etag: context.form["etag"], request)
        } catch {
            var returned = GuardPages.Returned()
            returned.form = returned.form.refused(error)
            return try await pages.page(request, returned, status: KeyPages.status(error))
        }
    }

    /// Takes the scope's policy away: wider ones decide again.
    func clear(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let scope = PolicyModel.scope(context.form["scope"])
        do throws(ServiceError) {
            guard let old = try await stored(scope) else { throw .noSuch("policy", scope) }
            let etag = context.form["etag"]
            try await view.parts.acts.delete(AdminMethods.guardV1.policies, old.id, etag: etag, context)
            let undo = view.undo.keep(.policyGone(old), context.operatorSession)
            return Reply.redirect(to: Self.address(scope), notice: .deleted, undo: undo, context)
        } catch {
            var returned = GuardPages.Returned()
            returned.form = returned.form.refused(error)
            return try await pages.page(request, returned, status: KeyPages.status(error))
        }
    }

    private func stored(_ scope: String) async throws(ServiceError) -> PolicyItem? {
        try await view.parts.peers.all(AdminMethods.guardV1.policies, limit: 1000).first { $0.scope == scope }
    }

    private func put(
        _ item: PolicyItem,
        over old: PolicyItem?,
        etag: String?,
        _ request: PageRequest
    ) async throws(ServiceError) -> Response {
        let context = request.context
        let known = etag.flatMap { $0.isEmpty ? nil : $0 }
        let saved = try await view.parts.acts.put(AdminMethods.guardV1.policies, item, etag: known, context)
        let undo = view.undo.keep(.policy(before: old, after: saved), context.operatorSession)
        return Reply.redirect(to: Self.address(item.scope), notice: .saved, undo: undo, context)
    }

    private static func address(_ scope: String) -> String {
        "/guardrails" + PageQuery("", names: []).with("scope", scope == "global" ? nil : scope).text
    }

    // MARK: The bench

    func look(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let text = context.form.exact("text") ?? ""
        var returned = GuardPages.Returned()
        returned.bench = FormState(context.form, names: ["direction"])
        returned.bench.values["text"] = text
        if text.isEmpty { returned.bench.errors["text"] = "A text is needed." }
        if text.utf8.count > Self.longestText {
            returned.bench.errors["text"] = "\(Counts.grouped(Self.longestText)) bytes are the most."
        }
        guard returned.bench.errors.isEmpty else {
            return try await pages.page(request, returned, status: .unprocessableContent)
        }
        let way = context.form["direction"] ?? "inbound"
        let segment = InspectSegment(
            id: 0,
            role: way == "tool" ? "tool" : way == "outbound" ? "assistant" : "user",
            kind: way == "tool" ? .toolResult : .text,
            lastUser: way == "inbound",
            text: text
        )
        let inspection = InspectRequest(
            requestID: "try-\(Tokens.name())",
            direction: way == "outbound" ? .outbound : .inbound,
            scope: GuardWords.request(PolicyModel.scope(context.form["scope"])),
            segments: [segment],
            trial: true
        )
        do {
            let reply = try await view.parts.acts.tryGuard(inspection, context)
            returned.tried = Self.tried(text, reply)
            return try await pages.page(request, returned)
        } catch let error as ServiceError {
            returned.bench = returned.bench.refused(error)
            return try await pages.page(request, returned, status: KeyPages.status(error))
        }
    }

    private static func tried(_ text: String, _ reply: InspectReply) -> GuardPages.Tried {
        let done = Words.action(reply.action)
        return GuardPages.Tried(
            tone: done.kind,
            sign: done.icon,
            what: reply.action == .block ? "Blocked: the text goes no further." : "\(done.text).",
            text: GuardWords.edited(text, reply.edits.filter { $0.segment == 0 }),
            hasFindings: !reply.findings.isEmpty,
            findings: reply.findings.prefix(100).map { finding in
                let action = Words.action(finding.action)
                return [
                    PolicyModel.Cell(text: GuardWords.excerpt(text, finding.range)),
                    PolicyModel.Cell(text: GuardWords.detector(finding.detector)),
                    PolicyModel.Cell(text: GuardWords.entity(finding.entity)),
                    PolicyModel.Cell(text: Counts.percent(Int(finding.score * 1000), of: 1000), isFigure: true),
                    PolicyModel.Cell(text: action.text, kind: action.kind, icon: action.icon),
                ]
            }
        )
    }

    // MARK: Moving

    func take(_ request: PageRequest) async throws -> Response {
        let context = request.context
        var returned = GuardPages.Returned()
        returned.bundle = FormState(context.form, names: ["bundle", "replace"])
        let bundle: PolicyBundle
        do {
            let document = try JSONDocument(Array((context.form["bundle"] ?? "").utf8))
            bundle = try PolicyBundle(from: document.root)
        } catch {
            returned.bundle.errors["bundle"] = "This is no export of policies: \(error)"
            return try await pages.page(request, returned, status: .unprocessableContent)
        }
        let isLook = context.form["act"] != "import"
        do {
            let order = ImportRequest(bundle: bundle, replace: context.form["replace"] == "on", dryRun: isLook)
            let reply = try await view.parts.acts.importPolicies(order, context)
            returned.imported = Self.words(reply, isLook: isLook)
            if !isLook { returned.bundle = FormState() }
            return try await pages.page(request, returned)
        } catch let error as ServiceError {
            returned.bundle = returned.bundle.refused(error)
            return try await pages.page(request, returned, status: KeyPages.status(error))
        }
    }

    private static func words(_ reply: ImportReply, isLook: Bool) -> String {
        func list(_ scopes: [String], _ word: String) -> String? {
            scopes.isEmpty ? nil : "\(word): \(scopes.map(PolicyModel.title).joined(separator: ", "))"
        }
        let parts = [list(reply.created, "new"), list(reply.changed, "changed"), list(reply.deleted, "removed")]
        let text = parts.compactMap(\.self).joined(separator: "; ")
        if text.isEmpty { return "It says what holds already: nothing \(isLook ? "would change" : "was changed")." }
        return "\(isLook ? "It would make this of them" : "Taken in"): \(text)."
    }
}
