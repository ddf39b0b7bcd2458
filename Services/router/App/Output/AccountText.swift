package import Bootstrap
package import Contracts
import JSON

/// Accounts as people read and name them.
package enum AccountText {
    package static func table(_ accounts: [AccountItem], now: Int) -> Table {
        var table = Table([
            .init("account"), .init("key"), .init("priority", .right), .init("weight", .right), .init("state"),
            .init("id"),
        ])
        for account in accounts {
            table.add([
                "\(account.provider)/\(account.label)", account.display, String(account.priority),
                String(account.weight), state(account, now: now), account.id,
            ])
        }
        return table
    }

    package static func state(_ account: AccountItem, now: Int) -> String {
        var words = [account.enabled ? account.health.replacing("_", with: " ") : "disabled"]
        if let until = account.cooldownUntilUS, until > now {
            words.append("tried again \(TimeText.relative(until, now: now))")
        }
        if account.declared { words.append("declared") }
        return words.joined(separator: ", ")
    }

    /// The account that `provider/label`, a label or an id stands for.
    package static func one(_ text: String, among accounts: [AccountItem]) throws(ProgramFailure) -> AccountItem {
        let exact = accounts.filter { $0.id == text || "\($0.provider)/\($0.label)" == text }
        return try Selection.one(
            "account",
            text,
            among: exact.isEmpty ? accounts.filter { $0.label == text } : exact,
            name: { "\($0.provider)/\($0.label)" }
        )
    }

    static func table(_ tests: [AccountTests.Result]) -> Table {
        var table = Table([
            .init("account"), .init("result"), .init("status", .right), .init("time", .right), .init("answer"),
        ])
        for test in tests {
            let status = test.result.status == 0 ? "–" : String(test.result.status)
            table.add([
                "\(test.account.provider)/\(test.account.label)", test.result.ok ? "ok" : "failed", status,
                "\(test.result.latencyMS) ms", test.result.message,
            ])
        }
        return table
    }

    static func write(_ tests: [AccountTests.Result], to writer: inout JSONWriter) {
        writer.object { fields in
            fields.array("items") { items in
                for test in tests {
                    items.object { fields in
                        fields.string("account", test.account.id)
                        fields.string("provider", test.account.provider)
                        fields.string("label", test.account.label)
                        fields.boolean("ok", test.result.ok)
                        fields.integer("status", test.result.status)
                        fields.string("message", test.result.message)
                        fields.integer("latency_ms", test.result.latencyMS)
                    }
                }
            }
        }
    }
}
