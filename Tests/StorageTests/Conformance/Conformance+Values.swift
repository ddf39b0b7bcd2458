import Storage
import Testing

extension Conformance {
    private static let table = Migration(
        1,
        "values",
        "CREATE TABLE v (id TEXT PRIMARY KEY, i BIGINT, d DOUBLE PRECISION, t TEXT, b BYTEA, f SMALLINT)"
    )

    /// Stores a value in a column and reads it back as the same type.
    private static func roundTrip<T: SQLConvertible & Equatable>(
        _ value: T,
        _ column: String,
        _ database: any Database
    ) async throws {
        let back = try await database.write { connection throws(StoreError) in
            try connection.execute("DELETE FROM v")
            try connection.execute("INSERT INTO v (id, \(column)) VALUES ($1, $2)", ["x", value])
            return try connection.first("SELECT \(column) FROM v WHERE id = $1", ["x"]) { row throws(StoreError) in
                try row.get(0, as: T.self)
            }
        }
        #expect(back == value)
    }

    static let values = [
        plain("every kind of value comes back as it went in") { database in
            try await database.migrate([table])
            for number in [0, 1, -1, Int.max, Int.min, 1 << 53 + 1] { try await roundTrip(number, "i", database) }
            for number in [0.5, -0.25, 1e300, .leastNonzeroMagnitude, .infinity, -.infinity, 3] {
                try await roundTrip(number, "d", database)
            }
            for text in ["", "a", "'\"; DROP TABLE v; --", "é 日本 👩‍👩‍👧 e\u{301}", String(repeating: "x", count: 100_000)] {
                try await roundTrip(text, "t", database)
            }
            for bytes in [[], [0], [0xFF, 0x00, 0x80], [UInt8](repeating: 7, count: 100_000)] as [[UInt8]] {
                try await roundTrip(bytes, "b", database)
            }
            try await roundTrip(true, "f", database)
            try await roundTrip(false, "f", database)
            try await roundTrip(Int?.none, "i", database)
            try await roundTrip(String?.none, "t", database)
            try await roundTrip([UInt8]?.none, "b", database)
            try await roundTrip(String?.some("x"), "t", database)
        },
        plain("a value of another type or a missing column is an error, never a conversion") { database in
            try await database.migrate([table])
            try await database.write { connection throws(StoreError) in
                try connection.execute("INSERT INTO v (id, i, t) VALUES ($1, $2, $3)", ["x", 1, "2"])
            }
            func get<T: SQLConvertible>(_ column: Int, _ type: T.Type) async throws -> T? {
                try await database.read { connection throws(StoreError) in
                    try connection.first("SELECT i, t, b FROM v") { row throws(StoreError) in try row.get(column) }
                }
            }
            await expectError(.other) { try await get(0, String.self) }
            await expectError(.other) { try await get(1, Int.self) }
            await expectError(.other) { try await get(1, Double.self) }
            await expectError(.other) { try await get(2, [UInt8].self) }
            await expectError(.other) { try await get(3, Int.self) }
            await expectError(.other) { try await get(-1, Int.self) }
            #expect(try await get(0, Double.self) == 1)
            #expect(try await get(2, [UInt8]?.self) == .some(nil))
        },
        plain("what one of the engines cannot store is refused") { database in
            try await database.migrate([table])
            func insert(_ value: any SQLConvertible, _ column: String) async throws {
                try await database.write { connection throws(StoreError) in
                    try connection.execute("INSERT INTO v (id, \(column)) VALUES ($1, $2)", ["x", value])
                }
            }
            await expectError(.other) { try await insert("a\0b", "t") }
            await expectError(.other) { try await insert(Double.nan, "d") }
            #expect(try await database.number("SELECT COUNT(*) FROM v") == 0)
        },
    ]

    static let statements = [
        plain("a parameter may be used again, and arguments go by number") { database in
            let row = try await database.read { connection throws(StoreError) in
                try connection.first("SELECT $1, $2, $1, $3, $2", [1, "two", 3.5]) { row throws(StoreError) in
                    let numbers = [try row.get(0, as: Int.self), try row.get(2, as: Int.self)]
                    let texts = [try row.get(1, as: String.self), try row.get(4, as: String.self)]
                    return "\(numbers) \(texts) \(try row.get(3, as: Double.self))"
                }
            }
            #expect(row == "[1, 1] [\"two\", \"two\"] 3.5")
        },
        plain("parameters out of order, unnumbered or of another number than the arguments are refused") { database in
            func run(_ sql: String, _ arguments: [any SQLConvertible]) async throws {
                _ = try await database.read { connection throws(StoreError) in
                    try connection.query(sql, arguments) { row throws(StoreError) in try row.get(0, as: Int.self) }
                }
            }
            await expectError(.other) { try await run("SELECT $2 + $1", [1, 2]) }
            await expectError(.other) { try await run("SELECT $1 + $3", [1, 2, 3]) }
            await expectError(.other) { try await run("SELECT ? + ?", [1, 2]) }
            await expectError(.other) { try await run("SELECT $0", [1]) }
            await expectError(.other) { try await run("SELECT $1x", [1]) }
            await expectError(.other) { try await run("SELECT $1 + $2", [1]) }
            await expectError(.other) { try await run("SELECT $1", [1, 2]) }
            try await run("SELECT 1 /* $9 ? */ -- $8 ?\n WHERE '$7 ?' <> ''", [])
        },
        plain("transactions, pragmas and several statements at once are not for a connection") {
            database async throws in
            for sql in [
                "BEGIN", " commit", "/* x */ ROLLBACK", "SAVEPOINT s", "PRAGMA user_version = 3", "ATTACH 'x' AS y",
                "VACUUM", "SELECT 1; SELECT 2", "", " ; ", "-- only a comment", "SELECT 'open", "SELEC 1",
            ] {
                await expectError(.other) {
                    try await database.write { connection throws(StoreError) in try connection.execute(sql) }
                }
            }
            #expect(try await database.number("SELECT 1;") == 1)
        },
        plain("execute counts the rows it changed") { database in
            try await database.fill(3)
            let counts = try await database.write { connection throws(StoreError) in
                [
                    try connection.execute("UPDATE account SET balance = 5"),
                    try connection.execute("CREATE TABLE extra (id TEXT)"),
                    try connection.execute("UPDATE account SET balance = 6 WHERE id = $1", ["a1"]),
                    try connection.execute("DELETE FROM account WHERE id = $1", ["nobody"]),
                    try connection.execute("DELETE FROM account"),
                ]
            }
            #expect(counts == [3, 0, 1, 0, 3])
        },
        plain("RETURNING and ON CONFLICT work, in a query") { database in
            try await database.fill(1)
            let sql = """
                INSERT INTO account (id, balance) VALUES ($1, $2)
                ON CONFLICT (id) DO UPDATE SET balance = account.balance + excluded.balance RETURNING balance
                """
            let balances = try await database.write { connection throws(StoreError) in
                var balances: [Int] = []
                for id in ["a0", "a0", "new"] {
                    balances += try connection.query(sql, [id, 7]) { row throws(StoreError) in try row.get(0) }
                }
                return balances
            }
            #expect(balances == [107, 114, 7])
        },
        plain("first takes one row and leaves the statement ready for the next time") { database in
            try await database.fill(50)
            for _ in 0..<3 {
                let first = try await database.read { connection throws(StoreError) in
                    try connection.first("SELECT id FROM account ORDER BY id") { row throws(StoreError) in
                        try row.get(0, as: String.self)
                    }
                }
                #expect(first == "a0")
            }
            #expect(try await database.number("SELECT balance FROM account WHERE id = 'nobody'") == nil)
        },
        plain("more statements than anybody writes neither fail nor fill the memory") { database async throws in
            for index in 0..<700 {
                #expect(try await database.number("SELECT \(index)") == index)
            }
        },
    ]
}
