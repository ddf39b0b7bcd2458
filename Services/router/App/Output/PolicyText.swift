package import Contracts
import JSON

/// Policies and decisions, for people.
package enum PolicyText {
    /// Longer values are shown with their beginning.
    private static let longestValue = 48

    /// Every field that a scope sets, with its value.
    package static func table(_ reply: EffectivePolicyReply) -> Table {
        var writer = JSONWriter()
        reply.policy.write(to: &writer)
        let root = try? JSONDocument(writer.bytes).root
        var table = Table([.init("field"), .init("value"), .init("from")])
        for (field, scope) in reply.provenance.sorted(by: { $0.key < $1.key }) {
            table.add([field, value(field, in: root), scope])
        }
        return table
    }

    private static func value(_ field: String, in root: JSONCursor?) -> String {
        let parts = field.split(separator: ".", maxSplits: 1).map(String.init)
        var value = parts.first.flatMap { root?[$0] }
        if parts.count == 2 {
            let isCustom = parts[0] == "custom"
            value = isCustom ? value?.elements.first { $0["name"]?.string == parts[1] } : value?[parts[1]]
        }
        guard let value else { return "" }
        let text = value.string ?? String(decoding: value.raw, as: UTF8.self)
        return text.count > longestValue ? "\(text.prefix(longestValue))…" : text
    }

    /// What an import came to.
    package static func changes(_ reply: ImportReply, isTrial: Bool) -> String {
        let kinds = [("created", reply.created), ("changed", reply.changed), ("deleted", reply.deleted)]
        let lines = kinds.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
        guard !lines.isEmpty else { return "Nothing changes: the policies are as the document has them." }
        return lines.joined(separator: "\n") + (isTrial ? "\nNothing was changed: this was a trial." : "")
    }

    /// Decisions, one to a row.
    package static func table(_ items: [DecisionItem], now: Int, hasMore: Bool) -> String {
        guard !items.isEmpty else { return "There are no such decisions." }
        var table = Table([
            .init("when"), .init("action"), .init("direction"), .init("reason"), .init("key"), .init("model"),
            .init("request"),
        ])
        for item in items {
            table.add([
                TimeText.relative(item.atUS, now: now), item.action.rawValue, item.direction.rawValue, item.reason,
                item.scope.key ?? "", item.scope.model ?? "", item.requestID,
            ])
        }
        return table.text + (hasMore ? "There are more; --json writes all of them.\n" : "")
    }
}
