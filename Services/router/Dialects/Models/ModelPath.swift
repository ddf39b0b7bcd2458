/// Reads and writes paths that name a model, as Gemini's dialect has them.
public struct ModelPath: Hashable, Sendable {
    /// What is asked of the model.
    public enum Action: String, Hashable, Sendable {
        /// A whole answer.
        case generate = "generateContent"
        /// An answer in pieces.
        case stream = "streamGenerateContent"
        /// How many tokens a request has.
        case count = "countTokens"
    }

    /// The model's name as the client wrote it, decoded, without `models/` before it.
    public var model: String
    /// What is asked.
    public var action: Action

    /// Makes one.
    public init(model: String, action: Action) {
        self.model = model
        self.action = action
    }

    /// Reads what follows `models/` in a path: `gemini-2.5-pro:generateContent`, `provider/model:countTokens`.
    ///
    /// A slash in a name may be encoded or not, and a name may have colons: the last one begins the action.
    ///
    /// - Returns: `nil` when there is no action that is known, or no name.
    public init?(_ text: Substring) {
        guard let text = Self.decoded(text), let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
            let action = Action(rawValue: String(text[text.utf8.index(after: colon)...])), colon > text.startIndex
        else { return nil }
        self.init(model: String(text[..<colon]), action: action)
    }

    /// A name out of a path, percent-encoding undone; `nil` when that is broken.
    public static func decoded(_ text: Substring) -> String? {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.contains(UInt8(ascii: "%")) else { return bare(bytes) }
            return unescaped(bytes)?.withUnsafeBufferPointer(bare)
        }
    }

    private static func bare(_ name: UnsafeBufferPointer<UInt8>) -> String {
        let prefix = "models/".utf8
        return String(decoding: name.dropFirst(name.starts(with: prefix) ? prefix.count : 0), as: UTF8.self)
    }

    private static func unescaped(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// A name as it stands in a path: slashes stay, everything that could be read as more than a name is encoded.
    public static func escaped(_ name: String) -> String {
        var out: [UInt8] = []
        let segments = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            if index > 0 { out.append(UInt8(ascii: "/")) }
            // Steps up and down a path are no names.
            let isStep = segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8)
            for byte in segment {
                if isPlain(byte), !isStep {
                    out.append(byte)
                } else {
                    out.append(contentsOf: [UInt8(ascii: "%"), hex(byte >> 4), hex(byte & 15)])
                }
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "@"):
            true
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        default: nil
        }
    }

    private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x37 + digit }
}
