/// Why the configuration cannot be used: one line that names the place, the setting and what is wrong.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file's path, `environment NAME` or `command line`; `nil` when nothing in particular is at fault.
    package var file: String?
    package var line: Int?
    /// The setting's dotted name; empty for the file as a whole.
    package var key: String
    package var problem: String

    package init(file: String? = nil, line: Int? = nil, key: String = "", problem: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    /// `config.yaml:12: server.port: expected a whole number, found "abc"`.
    package var description: String {
        var text = file ?? ""
        if let line { text += ":\(line)" }
        if !text.isEmpty { text += ": " }
        if !key.isEmpty { text += "\(key): " }
        return Self.oneLine(text + problem)
    }

    /// What was read may hold anything; an error stays one line whatever it quotes.
    private static func oneLine(_ text: String) -> String {
        var line = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
            line.unicodeScalars.append(isControl ? " " : scalar)
        }
        return line
    }
}

/// Where a value of the configuration was written.
package enum ConfigurationOrigin: Hashable, Sendable {
    case file(String, line: Int)
    case environment(String)
    case flag
    /// Nowhere: the empty tree that defaults are read from.
    case none

    var place: (file: String?, line: Int?) {
        switch self {
        case .file(let path, let line): (path, line)
        case .environment(let name): ("environment \(name)", nil)
        case .flag: ("command line", nil)
        case .none: (nil, nil)
        }
    }

    var isFile: Bool {
        if case .file = self { true } else { false }
    }
}
