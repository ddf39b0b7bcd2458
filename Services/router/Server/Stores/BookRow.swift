import Storage

/// What every row of the book has: who made it, when, and how often it changed.
struct RowLife: Hashable, Sendable {
    /// Whether the configuration file declares it now.
    var isDeclared = false
    /// Whether a declaration made it: it goes when it is no longer declared, whereas an adopted one stays.
    var isFromFile = false
    var createdUS: Int
    /// Rises with every change; a row made anew begins at the time of its making, so no etag ever comes back.
    var version = 0
}

/// A row of one of the book's tables.
protocol BookRow: Hashable, Sendable {
    static var table: String { get }
    /// The columns before those of ``RowLife``, the key first.
    static var columns: [String] { get }

    /// What it is found by.
    var key: String { get }
    var life: RowLife { get set }
    /// What stands in ``columns``.
    var values: [any SQLConvertible] { get }

    init(_ row: SQLRow, life: RowLife) throws(StoreError)
}

extension BookRow {
    var etag: String { String(life.version) }

    private static var allColumns: [String] { columns + ["declared", "from_file", "created_us", "version"] }

    static func all(_ connection: any SQLConnection) throws(StoreError) -> [String: Self] {
        let first = columns.count
        let rows = try connection.query(
            "SELECT \(allColumns.joined(separator: ", ")) FROM \(table)"
        ) { row throws(StoreError) -> Self in
            let life = RowLife(
                isDeclared: try row.get(first),
                isFromFile: try row.get(first + 1),
                createdUS: try row.get(first + 2),
                version: try row.get(first + 3)
            )
            return try Self(row, life: life)
        }
        return Dictionary(rows.map { ($0.key, $0) }) { _, last in last }
    }

    func put(_ connection: any SQLConnection) throws(StoreError) {
        let columns = Self.allColumns
        let places = columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let changes = columns.dropFirst().map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        var arguments = values
        arguments += [life.isDeclared, life.isFromFile, life.createdUS, life.version] as [any SQLConvertible]
        try connection.execute(
            """
            INSERT INTO \(Self.table) (\(columns.joined(separator: ", "))) VALUES (\(places))
            ON CONFLICT (\(columns[0])) DO UPDATE SET \(changes)
            """,
            arguments
        )
    }

    static func delete(_ key: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM \(table) WHERE \(columns[0]) = $1", [key])
    }
}

/// Lists of short texts in one column, a line each.
enum BookLines {
    static func join(_ texts: some Sequence<String>) -> String {
        texts.joined(separator: "\n")
    }

    static func split(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }

    /// Named values, a line for each in the order of their names.
    static func join(_ values: [String: String]) -> String {
        join(values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" })
    }

    static func values(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in split(text) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[String(line[..<colon])] = String(line[colon...].dropFirst(2))
        }
        return values
    }
}
