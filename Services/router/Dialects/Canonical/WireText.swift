import JSON

/// The inside of a JSON string as it stands on the wire, escapes included.
///
/// Texts of a request are carried from one dialect to another in this form: nothing is decoded and nothing copied, and
/// pieces put one after the other are the inside of a JSON string again.
struct WireText: Sendable {
    private(set) var escaped: ArraySlice<UInt8>

    /// The text of a string; `nil` for anything else.
    init?(_ value: JSONCursor?) {
        guard let value, value.kind == .string else { return nil }
        escaped = value.raw.dropFirst().dropLast()
    }

    /// Text that is not from the wire.
    init(_ text: String) {
        var bytes: [UInt8] = []
        WireBytes.escape(text, into: &bytes)
        escaped = bytes[...]
    }

    /// Bytes that are the inside of a JSON string already.
    init(escaped: ArraySlice<UInt8>) {
        self.escaped = escaped
    }

    /// Several texts as one.
    init(joining texts: [WireText], by separator: StaticString) {
        if texts.count == 1 {
            escaped = texts[0].escaped
            return
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.escaped.count + separator.utf8CodeUnitCount })
        for (index, text) in texts.enumerated() {
            if index > 0 { WireBytes.append(separator, to: &bytes) }
            bytes.append(contentsOf: text.escaped)
        }
        escaped = bytes[...]
    }

    var isEmpty: Bool { escaped.isEmpty }

    /// Whether it is nothing but white space.
    var isBlank: Bool {
        var index = escaped.startIndex
        while index < escaped.endIndex {
            if escaped[index] == UInt8(ascii: "\\") {
                index += 1
                guard index < escaped.endIndex, Self.isSpaceLetter(escaped[index]) else { return false }
            } else if escaped[index] != 0x20 {
                return false
            }
            index += 1
        }
        return true
    }

    /// The text without white space at its end.
    var withoutTrailingSpace: WireText {
        var rest = escaped
        while let last = rest.last {
            if last == 0x20 {
                rest.removeLast()
            } else if rest.count >= 2, Self.isSpaceLetter(last), Self.endsInEscape(rest) {
                rest.removeLast(2)
            } else {
                break
            }
        }
        return WireText(escaped: rest)
    }

    /// The text, decoded.
    var string: String {
        guard escaped.contains(UInt8(ascii: "\\")) else { return String(decoding: escaped, as: UTF8.self) }
        let quoted = [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
        return (try? JSONDocument(quoted))?.root.string ?? String(decoding: escaped, as: UTF8.self)
    }

    private static func isSpaceLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "n") || byte == UInt8(ascii: "t") || byte == UInt8(ascii: "r")
    }

    /// Whether the byte before the last is a backslash that is not escaped itself.
    private static func endsInEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
        var slashes = 0
        for byte in bytes.dropLast().reversed() {
            guard byte == UInt8(ascii: "\\") else { break }
            slashes += 1
        }
        return slashes % 2 == 1
    }
}

extension JSONWriter {
    mutating func text(_ text: WireText) {
        raw(CollectionOfOne(UInt8(ascii: "\"")))
        raw(text.escaped)
        raw(CollectionOfOne(UInt8(ascii: "\"")))
    }
}

extension JSONFields {
    mutating func text(_ name: StaticString, _ text: WireText) {
        value(name) { $0.text(text) }
    }
}

extension JSONItems {
    mutating func text(_ text: WireText) {
        value { $0.text(text) }
    }
}
