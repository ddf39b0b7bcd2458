/// The one place where the SQL of the house becomes PostgreSQL's: the rest is the same in both (see ``MigrationRules``).
enum PostgresDialect {
    /// After these a word is a name, whatever type it is called like.
    private static let beforeNames: Set<String> = ["TABLE", "COLUMN", "ADD", "TO", "RENAME", "CONSTRAINT", "DROP"]

    /// A statement that makes a table, with texts that sort and compare byte by byte as in SQLite, whatever the database's
    /// collation is; any other statement as it is.
    static func schema(_ sql: String) -> String {
        guard let statement = try? SQLText.statements(sql).first, statement.tokens.count > 2,
            case .word(let verb) = statement.tokens[0], verb == "CREATE" || verb == "ALTER",
            statement.tokens[1] == .word("TABLE")
        else { return sql }
        var writer = Writer()
        for byte in statement.text.utf8 { writer.take(byte) }
        writer.endWord()
        return String(decoding: writer.result, as: UTF8.self)
    }

    /// Copies a statement, with the collation behind each TEXT that is a type: one that follows a column's name.
    private struct Writer {
        var result: [UInt8] = []
        private var word: [UInt8] = []
        private var quote: UInt8?
        /// Whether a name stands before this place, with nothing but space between.
        private var isAfterName = false

        mutating func take(_ byte: UInt8) {
            if quote == nil, Self.isWord(byte) {
                word.append(byte)
                return
            }
            endWord()
            result.append(byte)
            if byte == quote {
                quote = nil
                isAfterName = byte == UInt8(ascii: "\"")
            } else if quote == nil, byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else if quote == nil, byte > 0x20 {
                isAfterName = false
            }
        }

        mutating func endWord() {
            guard !word.isEmpty else { return }
            let name = String(decoding: word, as: UTF8.self).uppercased()
            result.append(contentsOf: word)
            if isAfterName, name == "TEXT" { result.append(contentsOf: " COLLATE \"C\"".utf8) }
            isAfterName = !PostgresDialect.beforeNames.contains(name)
            word = []
        }

        private static func isWord(_ byte: UInt8) -> Bool {
            let letter = byte | 0x20
            return byte == 0x5F || byte >= 0x80 || (0x61...0x7A).contains(letter) || (0x30...0x39).contains(byte)
        }
    }
}
