import JSON

extension CanonicalArguments {
    private static let empty = Array("{}".utf8)[...]

    /// The arguments as a JSON object, which is what Anthropic takes: nothing is `{}`, and what is no object is kept as
    /// the text of one member.
    var object: ArraySlice<UInt8> {
        switch self {
        case .json(let bytes):
            guard bytes.first == UInt8(ascii: "{") else {
                return bytes.elementsEqual("null".utf8) ? Self.empty : Self.wrapped(bytes)
            }
            return bytes
        case .text(let text): return Self.object(text)
        }
    }

    private static func object(_ text: WireText) -> ArraySlice<UInt8> {
        guard !text.isBlank else { return empty }
        var json = text.escaped
        if json.contains(UInt8(ascii: "\\")) { json = Array(text.string.utf8)[...] }
        guard let document = try? JSONDocument(Array(json)) else {
            return wrapped([UInt8(ascii: "\"")] + text.escaped + [UInt8(ascii: "\"")])
        }
        switch document.root.kind {
        case .object: return document.root.raw
        case .null: return empty
        case .string:
            // Some models encode their arguments twice.
            let inner = document.root.string ?? ""
            if let again = try? JSONDocument(Array(inner.utf8)), again.root.kind == .object { return again.root.raw }
            return wrapped(document.root.raw)
        default: return wrapped(document.root.raw)
        }
    }

    private static func wrapped(_ value: some Collection<UInt8>) -> ArraySlice<UInt8> {
        (Array(#"{"arguments":"#.utf8) + value + [UInt8(ascii: "}")])[...]
    }

    /// The arguments as the text that OpenAI has: the inside of a JSON string.
    var text: WireText {
        switch self {
        case .json(let bytes): WireText(String(decoding: bytes, as: UTF8.self))
        case .text(let text): text.isBlank ? WireText("{}") : text
        }
    }
}
