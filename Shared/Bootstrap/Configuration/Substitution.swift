/// `${NAME}` in declared values.
enum Substitution {
    struct Failure: Error {
        let problem: String
    }

    /// Replaces every `${NAME}`; `$${` is a literal `${`, any other dollar sign stands for itself.
    ///
    /// What comes out is not looked at again. An empty variable counts as missing: an empty key is never meant.
    static func apply(_ variables: [String: String], to text: String) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var result = ""
        for part in try parts(of: text) {
            switch part {
            case .text(let text): result += text
            case .reference(let name):
                guard let value = variables[name], !value.isEmpty else {
                    let state = variables[name] == nil ? "not set" : "empty"
                    throw Failure(problem: "the environment variable \(name) is \(state)")
                }
                result += value
            }
        }
        return result
    }

    /// The names a text refers to; none when it is malformed, which reading it will report.
    static func references(in text: String) -> [String] {
        guard let parts = try? parts(of: text) else { return [] }
        return parts.compactMap { part in
            if case .reference(let name) = part { name } else { nil }
        }
    }

    private enum Part {
        case text(String)
        case reference(String)
    }

    private static func parts(of text: String) throws(Failure) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            parts.append(.text(String(rest[..<dollar])))
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                parts.append(.text("${"))
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Failure(problem: "\"${\" is not closed by \"}\"")
                }
                let name = rest[rest.index(dollar, offsetBy: 2)..<end]
                guard isName(name) else { throw Failure(problem: "\"${…}\" does not hold the name of a variable") }
                parts.append(.reference(String(name)))
                rest = rest[rest.index(after: end)...]
            } else {
                parts.append(.text("$"))
                rest = rest.dropFirst()
            }
        }
        parts.append(.text(String(rest)))
        return parts
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}

extension ConfigurationNode {
    /// Reads every text below, so that a missing variable stops the start and not a later moment.
    func checkSubstitutions() throws(ConfigurationError) {
        switch content {
        case .null: break
        case .scalar: _ = try string()
        case .list(let elements): for element in elements { try element.checkSubstitutions() }
        case .map(let entries): for entry in entries { try entry.value.checkSubstitutions() }
        }
    }

    /// The variables named anywhere below.
    var references: Set<String> {
        switch content {
        case .null: []
        case .scalar(let text): Set(Substitution.references(in: text))
        case .list(let elements): elements.reduce(into: []) { $0.formUnion($1.references) }
        case .map(let entries): entries.reduce(into: []) { $0.formUnion($1.value.references) }
        }
    }
}
