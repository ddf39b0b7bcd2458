/// Reads SQL as far as the rules of the house need it: words, parameters, the ends of statements.
///
/// Quoted text and comments are skipped, so that a semicolon in a default value ends nothing. One pass.
struct SQLText {
    enum Token: Hashable {
        /// A keyword or a bare name, upper case.
        case word(String)
        /// `$n`.
        case parameter(Int)
        /// `"name"`, as written without the quotes.
        case name(String)
        case text
        case symbol(UInt8)
    }

    /// One statement: its text without surrounding space or semicolon, and its tokens.
    struct Statement {
        let text: String
        let tokens: [Token]
    }

    private let bytes: [UInt8]
    private var index = 0

    private init(_ sql: String) {
        bytes = Array(sql.utf8)
    }

    /// The statements of a script, empty ones left out.
    static func statements(_ sql: String) throws(StoreError) -> [Statement] {
        var scanner = SQLText(sql)
        var statements: [Statement] = []
        var tokens: [Token] = []
        var start = 0
        while true {
            let token = try scanner.next()
            if let token, token != .symbol(UInt8(ascii: ";")) {
                tokens.append(token)
                continue
            }
            if !tokens.isEmpty {
                let end = token == nil ? scanner.index : scanner.index - 1
                statements.append(Statement(text: scanner.trimmed(start..<end), tokens: tokens))
            }
            guard token != nil else { return statements }
            tokens = []
            start = scanner.index
        }
    }

    private mutating func next() throws(StoreError) -> Token? {
        try skipSpace()
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "'"):
            _ = try quoted(by: byte)
            return .text
        case UInt8(ascii: "\""):
            return .name(try quoted(by: byte))
        case UInt8(ascii: "$"):
            return .parameter(try parameterNumber())
        case UInt8(ascii: "?"):
            throw StoreError(.other, "SQL parameters are written $1, $2 …, not ?")
        case _ where Self.isWord(byte):
            let start = index
            while index < bytes.count, Self.isWord(bytes[index]) { index += 1 }
            return .word(String(decoding: bytes[start..<index], as: UTF8.self).uppercased())
        default:
            index += 1
            return .symbol(byte)
        }
    }

    private mutating func skipSpace() throws(StoreError) {
        while index < bytes.count {
            if bytes[index] <= 0x20 {
                index += 1
            } else if bytes[index...].starts(with: "--".utf8) {
                while index < bytes.count, bytes[index] != 0x0A { index += 1 }
            } else if bytes[index...].starts(with: "/*".utf8) {
                index += 2
                while index < bytes.count, !bytes[index...].starts(with: "*/".utf8) { index += 1 }
                guard index < bytes.count else { throw StoreError(.other, "a comment in the SQL has no end") }
                index += 2
            } else {
                return
            }
        }
    }

    private mutating func quoted(by quote: UInt8) throws(StoreError) -> String {
        index += 1
        var content: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == quote {
                guard index < bytes.count, bytes[index] == quote else {
                    return String(decoding: content, as: UTF8.self)
                }
                index += 1
            }
            content.append(byte)
        }
        throw StoreError(.other, "a quotation in the SQL has no end")
    }

    private mutating func parameterNumber() throws(StoreError) -> Int {
        index += 1
        var number = 0
        let start = index
        while index < bytes.count, (0x30...0x39).contains(bytes[index]), index - start < 6 {
            number = number * 10 + Int(bytes[index] - 0x30)
            index += 1
        }
        guard number > 0, index == bytes.count || !Self.isWord(bytes[index]) else {
            throw StoreError(.other, "SQL parameters are written $1, $2 …")
        }
        return number
    }

    private func trimmed(_ range: Range<Int>) -> String {
        var text = bytes[range]
        while let first = text.first, first <= 0x20 { text.removeFirst() }
        while let last = text.last, last <= 0x20 { text.removeLast() }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), 0x80...0xFF: true
        default: false
        }
    }
}
