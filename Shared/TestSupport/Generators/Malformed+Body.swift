extension Malformed {
    private static let messages = #"[{"role":"user","content":"Say \u00e9 something."}]"#

    /// A body that is not JSON, or not a request; never one that could be served.
    package static func body(model: String, _ generator: inout SeededGenerator) -> [UInt8] {
        switch generator.number(0...3) {
        case 0: broken(model, &generator)
        case 1: value(model, &generator)
        case 2: deep(model, &generator)
        default: bytes(member(model, &generator))
        }
    }

    /// A request that breaks off, goes on behind its end or has bytes where none belong.
    private static func broken(_ model: String, _ generator: inout SeededGenerator) -> [UInt8] {
        let start = #"{"model":"\#(model)","#
        let whole = bytes(start + #""max_tokens":16,"messages":\#(messages)}"#)
        switch generator.number(0...4) {
        case 0: return Array(whole.prefix(generator.number(0...(whole.count - 1))))
        case 1: return whole + bytes(generator.pick(["}", "{}", ",", "x", "\u{0}", "null"]))
        case 2: return bytes(start) + [UInt8(generator.number(0...8))] + bytes(#""messages":\#(messages)}"#)
        case 3: return bytes(#"{"model":"\#(model)" "messages":\#(messages)}"#)
        default: return noise(&generator, upTo: 2000)
        }
    }

    /// A request with a value that JSON does not have.
    private static func value(_ model: String, _ generator: inout SeededGenerator) -> [UInt8] {
        let start = #"{"model":"\#(model)","messages":\#(messages),"x":"#
        let scalar = generator.pick(["NaN", "01", "+1", "1.", ".5", "1e", "Infinity", "'a'", "0x1"])
        let escape = generator.pick(["\\x", "\\u12", "\\uZZZZ", "\\"])
        switch generator.number(0...2) {
        case 0: return bytes("\(start)\(scalar)}")
        case 1: return bytes("\(start)\"\(escape)\"}")
        default: return bytes("\(start)\"") + [0xFF, 0xC0, 0x80] + bytes("\"}")
        }
    }

    /// Nesting beyond every limit, closed or not.
    private static func deep(_ model: String, _ generator: inout SeededGenerator) -> [UInt8] {
        let depth = generator.number(600...5000)
        let open = String(repeating: "[", count: depth)
        guard generator.oneIn(2) else { return bytes(open) }
        let close = String(repeating: "]", count: depth)
        return bytes(#"{"model":"\#(model)","messages":\#(messages),"x":\#(open)\#(close)}"#)
    }

    /// JSON that is no request.
    private static func member(_ model: String, _ generator: inout SeededGenerator) -> String {
        let name = generator.pick(["7", "null", "[]", "{}", "true", "\"\""])
        let list = generator.pick(["7", "null", "\"hi\"", "{}", "true"])
        let flag = generator.pick(["7", "\"yes\"", "[]", "{}"])
        switch generator.number(0...5) {
        case 0: return #"{"model":\#(name),"messages":\#(messages)}"#
        case 1: return #"{"model":"\#(model)","max_tokens":16,"messages":\#(list)}"#
        case 2: return #"{"model":"\#(model)","messages":\#(messages),"stream":\#(flag)}"#
        case 3: return #"{"model":"\#(model)","model":"other","messages":\#(messages)}"#
        case 4: return #"{"messages":\#(messages)}"#
        default: return generator.pick(["", " ", "[]", "7", "null", "\"text\"", "[{}]", "{}", "\u{FEFF}{}"])
        }
    }
}
