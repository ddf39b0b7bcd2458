import Contracts
import Hummingbird
import PortalCore

/// The page of switches by scope that guardrails and savers share.
struct PolicyModel {
    struct Select {
        let field: String
        let label: String
        let choices: [Shell.Choice]
    }

    struct Switch {
        let title: String
        let text: String
        let selects: [Select]
    }

    struct Form {
        let problem: String?
        let verbatim: String?
    }

    let heading: String
    let sentence: String
    let down: Down?
    let action: String
    let scope: String
    let scopeTitle: String
    let scopeText: String
    let scopes: [RangeLink]
    let etag: String
    let isDeclared: Bool
    let form: Form
    let switches: [Switch]
    let listTitle: String
    let hasList: Bool
    let listHeads: [Sorting.Head]
    let list: [[Cell]]
    let listEmpty: String
    let csv: String
    let json: String
    /// What the list says, drawn.
    var chart: ChartView?

    /// A cell of the list: a text, a figure, or a state with its icon.
    struct Cell {
        let text: String
        var isFigure = false
        var kind: String?
        var icon = ""
        var href: String?
    }

    static func heads(_ titles: [(String, Bool)]) -> [Sorting.Head] {
        titles.map { Sorting.Head(title: $0.0, href: nil, isFigure: $0.1, order: nil, mark: nil) }
    }

    /// The scopes to choose from: everybody, those that have something, and the keys.
    static func scopes(_ path: String, _ current: String, _ used: [String], _ keys: [KeyItem]) -> [RangeLink] {
        var names = ["global"] + used.filter { $0 != "global" }
        names += keys.filter { $0.revokedUS == nil }.prefix(12).map { "key:\($0.name)" }.filter { !names.contains($0) }
        if !names.contains(current) { names.append(current) }
        return names.map { name in
            let query = PageQuery("", names: []).with("scope", name == "global" ? nil : name)
            return RangeLink(href: path + query.text, title: title(name), isCurrent: name == current)
        }
    }

    static func title(_ scope: String) -> String {
        scope == "global" ? "Everybody" : scope.hasPrefix("key:") ? "Key \(scope.dropFirst(4))" : scope
    }

    static func choices(_ pairs: [(String, String)], _ chosen: String) -> [Shell.Choice] {
        pairs.map { Shell.Choice(value: $0.0, title: $0.1, isChosen: $0.0 == chosen) }
    }

    static func onOff(_ field: String, _ value: Bool?, scope: String) -> Select {
        let inherit = scope == "global" ? "As built in" : "As for everybody"
        return Select(
            field: field,
            label: "State",
            choices: choices([("", inherit), ("on", "On"), ("off", "Off")], value.map { $0 ? "on" : "off" } ?? "")
        )
    }

    /// A scope that a form or an address may name.
    static func scope(_ text: String?) -> String {
        guard let text, !text.isEmpty, text.utf8.count <= 200 else { return "global" }
        return text
    }
}

/// `/guardrails`: what is looked for in texts, and what is done about it.
struct PolicyPages: PageGroup {
    private static let sections: [(field: String, title: String, text: String)] = [
        (
            "pii", "Personal data",
            "Mail addresses, phone and card numbers, IBANs, IP addresses and URLs, before a provider sees them."
        ),
        ("injection", "Prompt injection", "Texts that try to give the model other orders."),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/guardrails") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/guardrails") { request, context in try await save(PageRequest(request, context)) }
    }

    private func page(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let scope = PolicyModel.scope(request.context.form["scope"] ?? request.query("scope")["scope"])
        let peers = view.parts.peers
        async let policies = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.guardV1.policies, limit: 1000)
        }
        async let decisions = attempt { () throws(ServiceError) in
            try await peers.call(AdminMethods.guardV1.decisions.list, ListRequest(pageSize: 25)).items
        }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(AdminMethods.meterV1.keys, limit: 500)
        }
        let known = await policies
        var down: Down?
        if case .failure(let error) = known { down = Down("guard", error) }
        let all = (try? known.get()) ?? []
        let item = all.first { $0.scope == scope } ?? PolicyItem(scope: scope)
        let recent = (try? await decisions.get()) ?? []
        let on = Self.sections.filter { Self.section(item, $0.field).enabled == true }
        let model = PolicyModel(
            heading: "Guardrails",
            sentence: on.isEmpty
                ? "Nothing is looked for in this scope by itself."
                : "\(on.map(\.title).joined(separator: ", ")) \(on.count == 1 ? "is" : "are") watched.",
            down: down,
            action: "/guardrails",
            scope: scope,
            scopeTitle: PolicyModel.title(scope),
            scopeText: "What a scope leaves open, a wider one decides.",
            scopes: PolicyModel.scopes("/guardrails", scope, all.map(\.scope), (try? await keys.get()) ?? []),
            etag: item.etag,
            isDeclared: item.declared,
            form: PolicyModel.Form(problem: state.problem, verbatim: state.verbatim),
            switches: Self.sections.map { Self.switchRow($0, item, scope) },
            listTitle: "Latest decisions",
            hasList: !recent.isEmpty,
            listHeads: PolicyModel.heads([
                ("When", false), ("Which way", false), ("What was done", false), ("Why", false), ("Request", false),
            ]),
            list: recent.map(Self.cells),
            listEmpty: "Decisions appear here when a guardrail finds something. The text itself is never kept.",
            csv: "/guardrails.csv",
            json: "/guardrails.json"
        )
        return try await view.admin("policy", "Guardrails", model, request, status: status)
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

    private static func switchRow(
        _ section: (field: String, title: String, text: String),
        _ item: PolicyItem,
        _ scope: String
    ) -> PolicyModel.Switch {
        let now = Self.section(item, section.field)
        var actions = [("", "As built in"), ("log_only", "Record"), ("warn", "Record and say so"), ("block", "Block")]
        if section.field == "pii" { actions.insert(("mask", "Mask"), at: 3) }
        return PolicyModel.Switch(
            title: section.title,
            text: section.text,
            selects: [
                PolicyModel.onOff("\(section.field)_enabled", now.enabled, scope: scope),
                PolicyModel.Select(
                    field: "\(section.field)_action",
                    label: "What is done",
                    choices: PolicyModel.choices(actions, now.action?.rawValue ?? "")
                ),
            ]
        )
    }

    private static func section(_ item: PolicyItem, _ field: String) -> (enabled: Bool?, action: GuardAction?) {
        switch field {
        case "pii": (item.pii?.enabled, item.pii?.action)
        default: (item.injection?.enabled, item.injection?.action)
        }
    }

    private func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let scope = PolicyModel.scope(context.form["scope"])
        do throws(ServiceError) {
            let all = try await view.parts.peers.all(AdminMethods.guardV1.policies, limit: 1000)
            let old = all.first { $0.scope == scope }
            let item = Self.changed(old ?? PolicyItem(scope: scope), context.form)
            let etag = context.form["etag"].flatMap { $0.isEmpty ? nil : $0 }
            let saved = try await view.parts.acts.put(AdminMethods.guardV1.policies, item, etag: etag, context)
            let undo = view.undo.keep(.policy(before: old, after: saved), context.operatorSession)
            let query = PageQuery("", names: []).with("scope", scope == "global" ? nil : scope)
            return Reply.redirect(to: "/guardrails" + query.text, notice: .saved, undo: undo, context)
        } catch {
            return try await page(request, FormState().refused(error), status: KeyPages.status(error))
        }
    }

    private static func changed(_ item: PolicyItem, _ form: FormFields) -> PolicyItem {
        var item = item
        func enabled(_ name: String) -> Bool? { ["on": true, "off": false][form["\(name)_enabled"] ?? ""] }
        func action(_ name: String) -> GuardAction? {
            form["\(name)_action"].flatMap { $0.isEmpty ? nil : GuardAction(rawValue: $0) }
        }
        func isNamed(_ name: String) -> Bool { enabled(name) != nil || action(name) != nil }
        if item.pii != nil || isNamed("pii") {
            item.pii = item.pii ?? PIISection()
            item.pii?.enabled = enabled("pii")
            item.pii?.action = action("pii")
        }
        if item.injection != nil || isNamed("injection") {
            item.injection = item.injection ?? InjectionSection()
            item.injection?.enabled = enabled("injection")
            item.injection?.action = action("injection")
        }
        return item
    }
}
