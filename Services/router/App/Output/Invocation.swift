/// How the user calls this program, for advice that can be copied.
package struct Invocation: Sendable {
    /// The options that lead to the same installation.
    private let options: String

    package init(config: String? = nil, data: String? = nil) {
        var options = ""
        if let data { options += " --data \(Self.quoted(data))" }
        if let config { options += " --config \(Self.quoted(config))" }
        self.options = options
    }

    /// `keirouter accounts add openai`, with the program as it was called and the options that were given.
    package func callAsFunction(_ command: String) -> String {
        "\(Self.program) \(command)\(options)"
    }

    private static var program: String {
        let name = CommandLine.arguments.first ?? "keirouter"
        return quoted(name.isEmpty ? "keirouter" : name)
    }

    /// In quotes where a shell would read it as something else.
    package static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "/._-+:@%,=".utf8.contains(byte)
            }
        }
        return isPlain && !text.isEmpty ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
