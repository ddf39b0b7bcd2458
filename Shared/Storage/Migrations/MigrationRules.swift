/// What a migration may do: SQL of both engines, on tables that these migrations created.
struct MigrationRules {
    private var tables: Set<String> = []
    private var indexes: Set<String> = []

    /// Words that one of the engines does not have, or means something else by.
    private static let foreignWords: [String: String] = [
        "INTEGER": "BIGINT", "INT": "BIGINT", "BLOB": "BYTEA", "BOOLEAN": "SMALLINT", "DATETIME": "BIGINT",
        "TIMESTAMP": "BIGINT", "SERIAL": "TEXT ids", "AUTOINCREMENT": "TEXT ids", "STRICT": "nothing",
        "ROWID": "nothing", "CONCURRENTLY": "nothing", "JSONB": "TEXT",
    ]

    /// Checks one statement and learns what it creates.
    mutating func check(_ statement: SQLText.Statement) throws(StoreError) {
        for case .word(let word) in statement.tokens {
            if let instead = Self.foreignWords[word] {
                throw StoreError(.migration, "\(word) is not for both engines; write \(instead)")
            }
        }
        if statement.tokens.contains(where: { if case .parameter = $0 { true } else { false } }) {
            throw StoreError(.migration, "a migration has no parameters")
        }
        var words = Words(statement.tokens[...])
        switch words.keyword() {
        case "CREATE": try checkCreate(&words)
        case "DROP": try checkDrop(&words)
        case "ALTER": try checkAlter(&words)
        case "INSERT":
            _ = words.skip("INTO")
            try requireTable(words.identifier())
        case "DELETE":
            _ = words.skip("FROM")
            try requireTable(words.identifier())
        case "UPDATE":
            try requireTable(words.identifier())
        case let other:
            throw StoreError(.migration, "\(other ?? "this") is no statement for a migration")
        }
    }

    private mutating func checkCreate(_ words: inout Words) throws(StoreError) {
        _ = words.skip("UNIQUE")
        let object = words.keyword()
        guard object == "TABLE" || object == "INDEX" else {
            throw StoreError(.migration, "CREATE \(object ?? "") is not for both engines")
        }
        if words.skip("IF") { throw StoreError(.migration, "IF NOT EXISTS would adopt what somebody else created") }
        let name = try words.identifier()
        if object == "TABLE" {
            tables.insert(name)
        } else {
            guard words.skip("ON") else { throw StoreError(.migration, "an index needs a name") }
            try requireTable(words.identifier())
            indexes.insert(name)
        }
    }

    private mutating func checkDrop(_ words: inout Words) throws(StoreError) {
        let object = words.keyword()
        if words.skip("IF") { _ = words.skip("EXISTS") }
        let name = try words.identifier()
        if object == "INDEX", indexes.remove(name) != nil { return }
        if object == "TABLE", tables.remove(name) != nil { return }
        throw StoreError(.migration, "'\(name)' was not created by these migrations")
    }

    private mutating func checkAlter(_ words: inout Words) throws(StoreError) {
        guard words.skip("TABLE") else { throw StoreError(.migration, "only tables are altered") }
        let name = try words.identifier()
        try requireTable(name)
        if words.skip("RENAME"), words.skip("TO") {
            tables.remove(name)
            tables.insert(try words.identifier())
        }
    }

    private func requireTable(_ name: String) throws(StoreError) {
        guard tables.contains(name) else {
            throw StoreError(.migration, "table '\(name)' was not created by these migrations")
        }
    }

    /// The beginning of a statement, word by word.
    private struct Words {
        private var tokens: ArraySlice<SQLText.Token>

        init(_ tokens: ArraySlice<SQLText.Token>) {
            self.tokens = tokens
        }

        mutating func keyword() -> String? {
            guard case .word(let word)? = tokens.popFirst() else { return nil }
            return word
        }

        mutating func skip(_ word: String) -> Bool {
            guard tokens.first == .word(word) else { return false }
            tokens.removeFirst()
            return true
        }

        /// A table's or index's name; both engines fold bare ones, so case does not matter.
        mutating func identifier() throws(StoreError) -> String {
            switch tokens.popFirst() {
            case .word(let word)? where tokens.first != .symbol(UInt8(ascii: ".")): return word.lowercased()
            case .name(let name)? where tokens.first != .symbol(UInt8(ascii: ".")): return name.lowercased()
            default: throw StoreError(.migration, "a name without a schema was expected")
            }
        }
    }
}
