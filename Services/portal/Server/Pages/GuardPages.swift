import Contracts
import Hummingbird
import JSON
import PortalCore

/// `/guardrails`: what is looked for in texts and what is done about it, by scope; what holds in the end; a bench to try it.
struct GuardPages: PageGroup {
    private static let latest = 25

    let view: PageView

    func add(to routes: PortalRoutes) {
        let acts = GuardActs(pages: self)
        routes.admin.get("/guardrails") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/guardrails") { request, context in try await acts.save(PageRequest(request, context)) }
        routes.admin.post("/guardrails/template") { request, context in
            try await acts.template(PageRequest(request, context))
        }
        routes.admin.post("/guardrails/clear") { request, context in try await acts.clear(PageRequest(request, context))
        }
        routes.admin.post("/guardrails/try") { request, context in try await acts.look(PageRequest(request, context)) }
        routes.admin.post("/guardrails/import") { request, context in
            try await acts.take(PageRequest(request, context))
        }
        routes.admin.get("/guardrails/policies.json") { _, _ in
            var writer = JSONWriter()
            try await view.parts.peers.call(AdminMethods.guardV1.exportPolicies, Empty()).write(to: &writer)
            return ExportPages.file("application/json", "policies.json", writer.bytes)
        }
    }

    private struct Template {
        let id: String
        let name: String
        let summary: String
    }

    /// What the bench said.
    struct Tried {
        /// Not `kind` and `icon`: a cell without them would take these.
        let tone: String
        let sign: String
        let what: String
        let text: String
        let hasFindings: Bool
        let findings: [[PolicyModel.Cell]]
    }

    /// What came back with one of the page's forms.
    struct Returned {
        var form = FormState()
        /// What was sent, in place of what is stored.
        var draft: PolicyItem?
        var bench = FormState()
        var tried: Tried?
        var bundle = FormState()
        /// What an import has changed, or would change.
        var imported: String?
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
        let fields: [FieldView]
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let scope: String
        let scopeTitle: String
        let scopes: [RangeLink]
        let kinds: FieldView
        let scopeName: FieldView
        let etag: String
        let isDeclared: Bool
        let isStored: Bool
        let form: Form
        let sections: [GuardForm.Section]
        let custom: [GuardForm.Custom]
        let templates: [Template]
        let hasEffects: Bool
        let effects: [GuardWords.Effect]
        let bench: Form
        let tried: Tried?
        let bundle: Form
        let isBundleOpen: Bool
        let imported: String?
        let hasList: Bool
        let listHeads: [Sorting.Head]
        let list: [[PolicyModel.Cell]]
    }

    private struct Facts {
        var policies: [PolicyItem] = []
        var templates: [TemplateItem] = []
        var effective: EffectivePolicyReply?
        var decisions: [DecisionItem] = []
        var keys: [KeyItem] = []
        var down: Down?
    }

    private func facts(_ scope: String) async -> Facts {
        let peers = view.parts.peers
        let admin = AdminMethods.guardV1
        async let policies = attempt { () throws(ServiceError) in try await peers.all(admin.policies, limit: 1000) }
        async let templates = attempt { () throws(ServiceError) in try await peers.all(admin.templates, limit: 50) }
        async let effective = attempt { () throws(ServiceError) in
            try await peers.call(admin.effectivePolicy, GuardWords.request(scope))
        }
        async let decisions = attempt { () throws(ServiceError) in
            try await peers.call(admin.decisions.list, ListRequest(pageSize: Self.latest)).items
        }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(AdminMethods.meterV1.keys, limit: 500)
        }
        var facts = Facts()
        switch await policies {
        case .success(let items): facts.policies = items
        case .failure(let error): facts.down = Down("guard", error)
        }
        facts.templates = (try? await templates.get()) ?? []
        facts.effective = try? await effective.get()
        facts.decisions = (try? await decisions.get()) ?? []
        facts.keys = (try? await keys.get()) ?? []
        return facts
    }

    func page(
        _ request: PageRequest,
        _ returned: Returned = Returned(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let scope = PolicyModel.scope(request)
        let facts = await facts(scope)
        let stored = facts.policies.first { $0.scope == scope }
        let item = returned.draft ?? stored ?? PolicyItem(scope: scope)
        let form = GuardForm(scope: scope)
        let effects = facts.effective.map(GuardWords.effects) ?? []
        let parts = scope == "global" ? [] : scope.split(separator: ":", maxSplits: 1).map(String.init)
        let model = Model(
            sentence: Self.sentence(effects, scope),
            down: facts.down,
            scope: scope,
            scopeTitle: PolicyModel.title(scope),
            scopes: PolicyModel.scopes("/guardrails", scope, facts.policies.map(\.scope), facts.keys),
            kinds: PolicyModel.kinds(parts.first),
            scopeName: PolicyModel.name(parts.count == 2 ? parts[1] : nil),
            etag: stored?.etag ?? "",
            isDeclared: stored?.declared ?? false,
            isStored: stored.map { !$0.declared } ?? false,
            form: Form(problem: returned.form.problem, verbatim: returned.form.verbatim, fields: form.whole(item)),
            sections: form.sections(item),
            custom: form.custom(item),
            templates: facts.templates.map { Template(id: $0.id, name: $0.name, summary: $0.summary) },
            hasEffects: !effects.isEmpty,
            effects: effects,
            bench: Form(
                problem: returned.bench.problem,
                verbatim: returned.bench.verbatim,
                fields: Self.benchFields(returned.bench)
            ),
            tried: returned.tried,
            bundle: Form(
                problem: returned.bundle.problem,
                verbatim: returned.bundle.verbatim,
                fields: Self.bundleFields(returned.bundle)
            ),
            isBundleOpen: returned.bundle.isRefused || returned.imported != nil,
            imported: returned.imported,
            hasList: !facts.decisions.isEmpty,
            listHeads: PolicyModel.heads([
                ("When", false), ("Which way", false), ("What was done", false), ("Why", false), ("Request", false),
            ]),
            list: facts.decisions.map(Self.cells)
        )
        return try await view.admin("guardrails", "Guardrails", model, request, status: status)
    }

    private static func sentence(_ effects: [GuardWords.Effect], _ scope: String) -> String {
        let on = effects.filter { $0.state == "On" }
        let who = scope == "global" ? "" : " for \(PolicyModel.title(scope))"
        if on.isEmpty { return "Nothing is looked for\(who)." }
        if on.count > 3 { return "\(on.count) guardrails watch\(who)." }
        return "\(on.map(\.title).joined(separator: ", ")) \(on.count == 1 ? "is" : "are") watched\(who)."
    }

    private static func benchFields(_ state: FormState) -> [FieldView] {
        [
            FieldView(
                "text",
                "Text",
                .area(rows: 4),
                form: state,
                hint: "It is judged, and then forgotten. Every detector looks, also those that are off.",
                isRequired: true,
                isWide: true
            ),
            FieldView(
                "direction",
                "Which way",
                .select([
                    ("inbound", "To the provider, as the user wrote it"), ("tool", "To the provider, from a tool"),
                    ("outbound", "To the caller"),
                ]),
                form: state,
                value: "inbound"
            ),
        ]
    }

    private static func bundleFields(_ state: FormState) -> [FieldView] {
        [
            FieldView(
                "bundle",
                "Exported policies",
                .area(rows: 4),
                form: state,
                hint: "The content of an exported file. All of it is taken in, or nothing.",
                isRequired: true,
                isCode: true
            ),
            FieldView(
                "replace",
                "Remove the policies of scopes that it does not have",
                .tick,
                form: state
            ),
        ]
    }

    private static func cells(_ decision: DecisionItem) -> [PolicyModel.Cell] {
        let done = Words.action(decision.action)
        let id = decision.requestID
        return [
            PolicyModel.Cell(text: Moments.full(decision.atUS)),
            PolicyModel.Cell(text: Words.direction(decision.direction)),
            PolicyModel.Cell(text: done.text, kind: done.kind, icon: done.icon),
            PolicyModel.Cell(text: Words.reason(decision.reason)),
            PolicyModel.Cell(
                text: id.isEmpty ? "–" : "Open",
                href: id.isEmpty ? nil : "/requests/\(PathText.segment(id))"
            ),
        ]
    }
}
