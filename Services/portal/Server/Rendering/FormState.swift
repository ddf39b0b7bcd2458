import Contracts

/// A field of a form, with what was typed and what is wrong with it.
struct FieldView {
    let name: String
    let label: String
    let type: String
    let value: String
    let hint: String?
    let error: String?
    let autocomplete: String
    let isRequired: Bool
    let isCode: Bool
    let describedBy: String?

    init(
        _ name: String,
        _ label: String,
        form: FormState = FormState(),
        type: String = "text",
        hint: String? = nil,
        autocomplete: String = "off",
        isRequired: Bool = false,
        isCode: Bool = false,
        value: String? = nil
    ) {
        self.name = name
        self.label = label
        self.type = type
        // A secret that was typed does not go back onto a page.
        self.value = type == "password" ? "" : form.values[name] ?? value ?? ""
        self.hint = hint
        error = form.errors[name]
        self.autocomplete = autocomplete
        self.isRequired = isRequired
        self.isCode = isCode
        let parts = (hint == nil ? [] : ["\(name)-hint"]) + (form.errors[name] == nil ? [] : ["\(name)-error"])
        describedBy = parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}

/// What came back with a form that was refused.
struct FormState {
    var values: [String: String] = [:]
    var errors: [String: String] = [:]
    /// What is wrong with the whole.
    var problem: String?
    /// The refusal in the service's own words.
    var verbatim: String?

    init() {}

    init(_ fields: FormFields, names: [String]) {
        for name in names { values[name] = fields[name] }
    }

    /// Puts a service's refusal to the field it is about, or over the form.
    func refused(_ error: ServiceError, fields: [String: String] = [:]) -> FormState {
        var copy = self
        // Services name the field before the colon.
        if error.reason == "invalid_item", let colon = error.message.firstIndex(of: ":") {
            let field = String(error.message[..<colon])
            let name = fields[field] ?? field
            if values[name] != nil || fields[field] != nil {
                copy.errors[name] = String(error.message[colon...].dropFirst(2)).capitalizedFirst
                return copy
            }
        }
        switch error.code {
        case .unavailable, .deadlineExceeded:
            copy.problem = "The service that keeps this does not answer. Nothing was changed; try again in a moment."
        case .aborted:
            copy.problem = "Somebody else changed this meanwhile. Open the page again and repeat your change."
        default: copy.problem = "This was refused, and nothing was changed."
        }
        copy.verbatim = error.message
        return copy
    }

    /// Whether something has to be said.
    var isRefused: Bool { problem != nil || !errors.isEmpty }
}
