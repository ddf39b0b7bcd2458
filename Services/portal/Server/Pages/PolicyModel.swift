import Contracts
import Hummingbird
import PortalCore

/// What the pages of guardrails and of token saving share: scopes, and lists of what was done.
enum PolicyModel {
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

    /// The scope of a page: what its form or its address names, in one piece or as a kind and a name.
    static func scope(_ request: PageRequest) -> String {
        let query = request.query("scope", "kind", "named")
        if let kind = query["kind"], let name = query["named"] { return scope("\(kind):\(name)") }
        return scope(request.context.form["scope"] ?? query["scope"])
    }

    /// What a scope may be about.
    static func kinds(_ chosen: String?) -> FieldView {
        FieldView(
            "kind",
            "Another scope",
            .select([("provider", "Provider"), ("model", "Model"), ("chain", "Chain"), ("key", "Key")]),
            value: chosen ?? "provider"
        )
    }

    static func name(_ chosen: String?) -> FieldView {
        FieldView("named", "Its name", isRequired: true, isCode: true, value: chosen)
    }

    /// A scope that a form or an address may name.
    static func scope(_ text: String?) -> String {
        guard let text, !text.isEmpty, text.utf8.count <= 200 else { return "global" }
        return text
    }
}
