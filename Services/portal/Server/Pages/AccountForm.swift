import Contracts
import PortalCore

/// An account's form: its fields, and the account that they make.
enum AccountForm {
    private static let names = ["label", "priority", "weight", "proxy"]
    /// Before the names of settings, which its provider gives.
    private static let setting = "setting-"
    /// What the router calls the fields.
    static let fields = ["api_key": "credential"]

    /// What was sent.
    static func state(_ form: FormFields) -> FormState {
        FormState(form, names: names + form.names.filter { $0.hasPrefix(setting) })
    }

    /// The settings that a form asks for.
    static func settings(_ form: FormFields, over old: [String: String] = [:]) -> [String: String] {
        var settings = old
        for name in form.names where name.hasPrefix(setting) {
            let value = form[name] ?? ""
            settings[String(name.dropFirst(setting.count))] = value.isEmpty ? nil : value
        }
        return settings
    }

    private static let hints = [
        "region": "us-east-1.", "location": "us-central1, or global.", "project": "The id of the Google Cloud project.",
        "account_id": "The id of the Cloudflare account.", "deployment": "Empty: the model's name is the deployment's.",
        "api_version": "2024-10-21. Empty: the newest.", "resource": "The first part of the resource's address.",
        "endpoint": "The whole address, with https.",
    ]

    /// - Parameters:
    ///   - account: What the fields begin with; without an id: a new one.
    ///   - provider: Whose it is: that says which settings there are.
    ///   - proxies: What it may go through.
    ///   - state: What was sent.
    /// - Returns: The fields.
    static func fields(
        _ account: AccountItem,
        _ provider: ProviderItem,
        _ proxies: [ProxyItem],
        _ state: FormState
    ) -> [FieldView] {
        let isNew = account.id.isEmpty
        let suffix = isNew ? "" : "-\(account.id)"
        let label = FieldView(
            "label",
            "Name",
            form: state,
            hint: "Whose account it is: team, backup.",
            id: "label\(suffix)",
            isRequired: true,
            value: account.label
        )
        let credential = FieldView(
            "credential",
            isNew ? "Credential" : "Another credential",
            .line("password"),
            form: state,
            hint: isNew
                ? "Stored encrypted, never shown again. Empty where the server needs none."
                : "Empty: it keeps the one that it has.",
            id: "credential\(suffix)",
            isCode: true
        )
        let proxy = FieldView(
            "proxy",
            "Goes through",
            .select([("", "No proxy")] + proxies.map { ($0.id, $0.name) }),
            form: state,
            id: "proxy\(suffix)",
            value: account.proxy ?? ""
        )
        let settings = provider.settings.map { name in
            FieldView(
                setting + name,
                Words.reason(name).capitalizedFirst,
                form: state,
                hint: hints[name],
                id: "\(setting)\(name)\(suffix)",
                isCode: true,
                value: account.settings[name] ?? ""
            )
        }
        return [label, credential] + settings
            + [
                FieldView(
                    "priority",
                    "Priority",
                    form: state,
                    hint: "The lowest goes first; the others when it cannot.",
                    id: "priority\(suffix)",
                    value: "\(account.priority)"
                ),
                FieldView(
                    "weight",
                    "Weight",
                    form: state,
                    hint: "Its share among those of one priority.",
                    id: "weight\(suffix)",
                    value: "\(account.weight)"
                ),
            ] + (proxies.isEmpty && account.proxy == nil ? [] : [proxy])
    }

    /// The account that a form asks for.
    static func account(_ form: FormFields, over account: AccountItem, _ state: inout FormState) -> AccountItem {
        var item = account
        func number(_ name: String, _ value: Int) -> Int {
            guard let text = form[name], !text.isEmpty else { return value }
            let number = Counts.parse(text)
            if number == nil { state.errors[name] = "A whole number." }
            return number ?? value
        }
        item.label = form["label"] ?? ""
        item.priority = number("priority", account.id.isEmpty ? 100 : account.priority)
        item.weight = number("weight", account.id.isEmpty ? 1 : account.weight)
        if let proxy = form["proxy"] { item.proxy = proxy.isEmpty ? nil : proxy }
        item.settings = settings(form, over: account.settings)
        item.apiKey = form["credential"].flatMap { $0.isEmpty ? nil : $0 }
        if item.label.isEmpty { state.errors["label"] = "An account needs a name." }
        return item
    }
}

/// Several accounts out of one text: a credential a line, with a name before it or without.
enum AccountLines {
    /// Accounts of one text.
    static let most = 100

    /// One line that is neither empty nor a comment.
    struct Line: Hashable {
        let number: Int
        let label: String
        let credential: String
    }

    /// Reads `credential`, `name credential`, `name,credential` and `name<tab>credential`; `#` begins a comment, and a first
    /// line of column names is passed over.
    ///
    /// - Parameters:
    ///   - text: What was pasted.
    ///   - taken: Names that there are; accounts without one are numbered past them.
    /// - Returns: The lines, in order.
    static func read(_ text: String, taken: Set<String>) -> [Line] {
        var names = taken
        var lines: [Line] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let words = line.split { $0.isWhitespace || $0 == "," || $0 == ";" }
            guard let first = words.first, !first.hasPrefix("#"), let last = words.last else { continue }
            let isHead = ["key", "api_key", "apikey", "credential", "secret"].contains(last.lowercased())
            if lines.isEmpty, isHead { continue }
            var label = words.dropLast().joined(separator: " ")
            if label.isEmpty {
                var number = lines.count + 1
                while names.contains("account \(number)") { number += 1 }
                label = "account \(number)"
            }
            names.insert(label)
            lines.append(Line(number: index + 1, label: label, credential: String(last)))
        }
        return lines
    }
}
