import JSON

/// Custom tools of OpenAI, which take free text, as function tools with one member `input`.
enum CustomTools {
    private static let schema = try? JSONDocument(
        Array(
            #"{"type":"object","properties":{"input":{"type":"string","description":"The whole input of the tool, as it is"}},"required":["input"],"additionalProperties":false}"#
                .utf8
        )
    ).root
    private static let guidance =
        "Call it with one member, input: the raw text that the tool takes, wrapped in nothing else."

    /// Reads a tool of Responses.
    static func tool(
        _ tool: JSONCursor,
        _ place: @autoclosure () -> String,
        _ namespace: String?
    ) throws(DialectError) -> CanonicalTool {
        guard let name = tool.member("name")?.string, !name.isEmpty else {
            throw DialectError("\(place()).name", "is required")
        }
        var texts: [WireText] = []
        if let description = WireText(tool.member("description")), !description.isEmpty { texts.append(description) }
        texts.append(WireText(guidance))
        if let format = tool.member("format"), let definition = WireText(format.member("definition")) {
            let syntax = format.member("syntax")?.equals("regex") == true ? "regular expression" : "Lark grammar"
            texts.append(WireText("The input must match this \(syntax):"))
            texts.append(definition)
        }
        var read = CanonicalTool(
            name: NamespacedTool.joined(namespace, name),
            description: WireText(joining: texts, by: #"\n\n"#),
            schema: schema
        )
        read.isCustom = true
        read.namespace = namespace.map { NamespacedTool(namespace: $0, name: name) }
        return read
    }

    /// The input as arguments.
    static func arguments(_ input: WireText) -> ArraySlice<UInt8> {
        (Array(#"{"input":""#.utf8) + input.escaped + Array("\"}".utf8))[...]
    }

    /// The input that a model has put into its arguments, whatever it has called it.
    static func input(of arguments: CanonicalArguments) -> String {
        switch arguments {
        case .json(let bytes): input(of: String(decoding: bytes, as: UTF8.self))
        case .text(let text): input(of: text.string)
        }
    }

    static func input(of arguments: String) -> String {
        guard let root = try? JSONDocument(Array(arguments.utf8)).root else { return arguments }
        if let text = root.string { return text }
        guard root.kind == .object else { return arguments }
        if let text = root.member("input")?.string { return text }
        if root.count == 0 { return "" }
        if root.count == 1, let text = root.members.first(where: { _ in true })?.value.string { return text }
        return arguments
    }
}

/// Takes the input out of arguments that come in pieces, as soon as it is there.
///
/// Arguments that do not begin with the member `input` are held until they are whole.
struct CustomInputReader: Sendable {
    private enum State {
        case start
        case name
        case colon
        case value
        case inside
        case done
        case held
    }

    private var state = State.start
    private var name: [UInt8] = []
    /// An escape that is not whole yet.
    private var escape: [UInt8] = []
    private var highSurrogate: UInt32?
    private var all = ""

    /// Takes a piece of the arguments and returns what it holds of the input.
    mutating func push(_ text: String) -> String {
        if state == .start || state == .name || state == .colon || state == .value || state == .held { all += text }
        guard state != .held, state != .done else { return "" }
        var out: [UInt8] = []
        for byte in text.utf8 { step(byte, &out) }
        return String(decoding: out, as: UTF8.self)
    }

    /// What was held, when the arguments are whole.
    mutating func finish() -> String {
        switch state {
        case .inside, .done: return ""
        case .start, .name, .colon, .value, .held: return CustomTools.input(of: all)
        }
    }

    private mutating func step(_ byte: UInt8, _ out: inout [UInt8]) {
        let isSpace = byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        switch state {
        case .start:
            if name.isEmpty, byte == UInt8(ascii: "{") {
                name.append(byte)
            } else if !name.isEmpty, byte == UInt8(ascii: "\"") {
                name = []
                state = .name
            } else if !isSpace {
                state = .held
            }
        case .name:
            if byte == UInt8(ascii: "\"") {
                state = name.elementsEqual("input".utf8) ? .colon : .held
            } else {
                name.append(byte)
                if name.count > 5 { state = .held }
            }
        case .colon:
            if byte == UInt8(ascii: ":") { state = .value } else if !isSpace { state = .held }
        case .value:
            if byte == UInt8(ascii: "\"") { state = .inside } else if !isSpace { state = .held }
        case .inside: inside(byte, &out)
        case .done, .held: return
        }
    }

    private mutating func inside(_ byte: UInt8, _ out: inout [UInt8]) {
        guard escape.isEmpty else { return escaped(byte, &out) }
        if byte == UInt8(ascii: "\\") { return escape.append(byte) }
        endSurrogate(&out)
        if byte == UInt8(ascii: "\"") { state = .done } else { out.append(byte) }
    }

    private mutating func escaped(_ byte: UInt8, _ out: inout [UInt8]) {
        escape.append(byte)
        if escape[1] == UInt8(ascii: "u") {
            guard escape.count == 6 else { return }
            let unit = UInt32(String(decoding: escape[2...], as: UTF8.self), radix: 16) ?? 0xFFFD
            escape = []
            return scalar(unit, &out)
        }
        escape = []
        endSurrogate(&out)
        switch byte {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        default: out.append(byte)
        }
    }

    private mutating func scalar(_ unit: UInt32, _ out: inout [UInt8]) {
        if let high = highSurrogate, (0xDC00..<0xE000).contains(unit) {
            highSurrogate = nil
            return append(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), &out)
        }
        endSurrogate(&out)
        if (0xD800..<0xDC00).contains(unit) { highSurrogate = unit } else { append(unit, &out) }
    }

    private mutating func endSurrogate(_ out: inout [UInt8]) {
        guard highSurrogate != nil else { return }
        highSurrogate = nil
        append(0xFFFD, &out)
    }

    private func append(_ value: UInt32, _ out: inout [UInt8]) {
        out.append(contentsOf: String(Character(Unicode.Scalar(value) ?? "\u{FFFD}")).utf8)
    }
}
