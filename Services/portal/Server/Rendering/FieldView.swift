/// A field of a form, with what was typed and what is wrong with it.
///
/// A template that finds no value here looks in what is around: pages have no `hint`, `error` or `suggestions` of their own.
struct FieldView {
    /// What a field is filled with.
    enum Kind {
        /// One line, of an input's type.
        case line(String)
        /// Several lines.
        case area(rows: Int)
        /// Several lines that hold secrets: nobody beside sees what is typed, and it does not go back onto a page.
        case secrets(rows: Int)
        /// One of a list.
        case select([(String, String)])
        /// Yes or no.
        case tick
    }

    let name: String
    /// Unique on the page.
    let id: String
    let label: String
    let type: String
    let value: String
    let hint: String?
    let error: String?
    let autocomplete: String
    let isRequired: Bool
    let isCode: Bool
    let isWide: Bool
    let describedBy: String?
    /// The id of a list of suggestions.
    let suggestions: String?
    let isLine: Bool
    let isArea: Bool
    let isSecret: Bool
    let isSelect: Bool
    let isTick: Bool
    let isOn: Bool
    let rows: Int
    let choices: [Shell.Choice]

    /// - Parameters:
    ///   - name: The name that it is sent under.
    ///   - label: What stands above it.
    ///   - kind: What it is filled with.
    ///   - form: What was sent before, which goes before `value`.
    ///   - hint: What helps to fill it in.
    ///   - id: Where the name stands several times on a page.
    ///   - autocomplete: What a browser may fill in.
    ///   - isRequired: Whether it may not be empty.
    ///   - isCode: Whether it is set as code.
    ///   - isWide: Whether it takes both columns of a form.
    ///   - suggestions: The id of a list of suggestions.
    ///   - value: What stands in it at first; of a tick: `on`.
    init(
        _ name: String,
        _ label: String,
        _ kind: Kind = .line("text"),
        form: FormState = FormState(),
        hint: String? = nil,
        id: String? = nil,
        autocomplete: String = "off",
        isRequired: Bool = false,
        isCode: Bool = false,
        isWide: Bool = false,
        suggestions: String? = nil,
        value: String? = nil
    ) {
        let id = id ?? name
        let error = form.errors[name]
        (self.name, self.label, self.hint, self.id, self.error) = (name, label, hint, id, error)
        self.autocomplete = autocomplete
        self.isRequired = isRequired
        self.isCode = isCode
        self.isWide = isWide
        self.suggestions = suggestions
        // A tick that is not set is not sent: after a refusal what is missing is off.
        let known = form.values[name] ?? (form.isSent ? nil : value)
        var (type, rows, pairs) = ("", 0, [(String, String)]())
        (isLine, isArea, isSelect, isTick) = kind.flags
        switch kind {
        case .line(let text): type = text
        case .area(let count), .secrets(let count): rows = count
        case .select(let all): pairs = all
        case .tick: break
        }
        (self.type, self.rows) = (type, rows)
        let chosen = isTick ? known : known ?? value
        if case .secrets = kind { isSecret = true } else { isSecret = type == "password" }
        self.value = isSecret ? "" : chosen ?? ""
        isOn = isTick && chosen == "on"
        choices = pairs.map { Shell.Choice(value: $0.0, title: $0.1, isChosen: $0.0 == chosen) }
        let parts = (hint == nil ? [] : ["\(id)-hint"]) + (error == nil ? [] : ["\(id)-error"])
        describedBy = parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

extension FieldView.Kind {
    /// Whether it is a line, an area, a select, a tick.
    fileprivate var flags: (Bool, Bool, Bool, Bool) {
        switch self {
        case .line: (true, false, false, false)
        case .area, .secrets: (false, true, false, false)
        case .select: (false, false, true, false)
        case .tick: (false, false, false, true)
        }
    }
}
