/// RFC 8259 read the slow, obvious way: one byte after the other, one function per rule.
///
/// The judge of the generated tests: it shares nothing with the parser, and it too says where a text stops being the
/// beginning of any valid document.
struct ReferenceGrammar {
    private struct Offence: Error {
        let offset: Int
    }

    private let bytes: [UInt8]
    private var at = 0

    /// Where the text goes wrong: its length if it is cut short, `nil` if it is valid.
    static func offence(in bytes: [UInt8]) -> Int? {
        var grammar = ReferenceGrammar(bytes: bytes)
        do throws(Offence) {
            if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw Offence(offset: 0) }
            try grammar.element()
            return grammar.at == bytes.count ? nil : grammar.at
        } catch {
            return error.offset
        }
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func expect(_ allowed: (UInt8) -> Bool) throws(Offence) {
        guard let next, allowed(next) else { throw Offence(offset: at) }
        at += 1
    }

    private mutating func space() {
        while let next, [0x20, 0x09, 0x0A, 0x0D].contains(next) { at += 1 }
    }

    private mutating func element() throws(Offence) {
        space()
        switch next {
        case UInt8(ascii: "{"): try container(close: UInt8(ascii: "}"), named: true)
        case UInt8(ascii: "["): try container(close: UInt8(ascii: "]"), named: false)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try number()
        }
        space()
    }

    private mutating func container(close: UInt8, named: Bool) throws(Offence) {
        at += 1
        space()
        if next == close {
            at += 1
            return
        }
        while true {
            if named {
                space()
                try string()
                space()
                try expect { $0 == UInt8(ascii: ":") }
            }
            try element()
            if next == close {
                at += 1
                return
            }
            try expect { $0 == UInt8(ascii: ",") }
        }
    }

    private mutating func literal(_ text: String) throws(Offence) {
        for byte in text.utf8 { try expect { $0 == byte } }
    }

    private mutating func number() throws(Offence) {
        if next == UInt8(ascii: "-") { at += 1 }
        if next == UInt8(ascii: "0") {
            at += 1
            if let next, 0x30...0x39 ~= next { throw Offence(offset: at) }
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            at += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
    }

    private mutating func digits() throws(Offence) {
        try expect { 0x30...0x39 ~= $0 }
        while let next, 0x30...0x39 ~= next { at += 1 }
    }

    private mutating func string() throws(Offence) {
        try expect { $0 == UInt8(ascii: "\"") }
        while true {
            guard let byte = next else { throw Offence(offset: at) }
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                return
            case UInt8(ascii: "\\"):
                at += 1
                let isUnicode = next == UInt8(ascii: "u")
                try expect { "\"\\/bfnrtu".utf8.contains($0) }
                for _ in 0..<(isUnicode ? 4 : 0) { try expect { "0123456789abcdefABCDEF".utf8.contains($0) } }
            case ..<0x20:
                throw Offence(offset: at)
            case ..<0x80:
                at += 1
            default:
                try character(byte)
            }
        }
    }

    /// The ABNF of RFC 3629, section 4.
    private mutating func character(_ lead: UInt8) throws(Offence) {
        try expect { 0xC2...0xF4 ~= $0 }
        switch lead {
        case 0xE0: try expect { 0xA0...0xBF ~= $0 }
        case 0xED: try expect { 0x80...0x9F ~= $0 }
        case 0xE1...0xEF: try expect { 0x80...0xBF ~= $0 }
        case 0xF0: try expect { 0x90...0xBF ~= $0 }
        case 0xF4: try expect { 0x80...0x8F ~= $0 }
        default: try expect { 0x80...0xBF ~= $0 }
        }
        if lead >= 0xF0 { try expect { 0x80...0xBF ~= $0 } }
        if lead >= 0xE0 { try expect { 0x80...0xBF ~= $0 } }
    }
}
