import Contracts

/// What came back with a form that was refused.
struct FormState {
    var values: [String: String] = [:]
    var errors: [String: String] = [:]
    /// What is wrong with the whole.
    var problem: String?
    /// The refusal in the service's own words.
    var verbatim: String?
    /// Whether a form was sent at all.
    private(set) var isSent = false

    init() {}

    init(_ fields: FormFields, names: [String]) {
        isSent = true
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

/// Texts of forms.
enum FormText {
    /// The lines that are not empty, without white space around them.
    static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            while line.first?.isWhitespace == true { line.removeFirst() }
            while line.last?.isWhitespace == true { line.removeLast() }
            return String(line)
        }.filter { !$0.isEmpty }
    }
}
