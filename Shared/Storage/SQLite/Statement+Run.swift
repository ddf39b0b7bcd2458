import GRDB
import GRDBSQLite

extension Statement {
    /// SQLite copies the bytes before the call returns.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    /// Runs a statement that changes rows, its values bound to SQLite as they are.
    ///
    /// Through GRDB's boxed arguments a row of the ledger costs twice the time, and the ledger has one for each request. The
    /// statement must be none that changes the schema, of which GRDB keeps its own memory.
    func run(_ values: [SQLValue], on connection: GRDB.Database) throws {
        sqlite3_reset(sqliteStatement)
        sqlite3_clear_bindings(sqliteStatement)
        defer { sqlite3_reset(sqliteStatement) }
        var place: Int32 = 0
        for value in values {
            place += 1
            try value.checkStorable()
            guard bind(value, at: place) == SQLITE_OK else { throw failure(on: connection) }
        }
        var code = SQLITE_ROW
        while code == SQLITE_ROW { code = sqlite3_step(sqliteStatement) }
        guard code == SQLITE_DONE else { throw failure(on: connection) }
    }

    private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(sqliteStatement, place)
        case .integer(let number): return sqlite3_bind_int64(sqliteStatement, place, Int64(number))
        case .real(let number): return sqlite3_bind_double(sqliteStatement, place, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                // An empty text has no address, which SQLite would take for NULL.
                guard let start = bytes.baseAddress, !bytes.isEmpty else {
                    return sqlite3_bind_text(sqliteStatement, place, "", 0, Self.copied)
                }
                return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
                    sqlite3_bind_text(sqliteStatement, place, $0, Int32(bytes.count), Self.copied)
                }
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(sqliteStatement, place, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(sqliteStatement, place, $0.baseAddress, Int32($0.count), Self.copied)
            }
        }
    }

    private func failure(on connection: GRDB.Database) -> DatabaseError {
        let handle = connection.sqliteConnection
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(handle)),
            message: sqlite3_errmsg(handle).map { String(cString: $0) },
            sql: sql
        )
    }
}

extension SQLValue {
    /// Refuses what an engine would change or could not keep.
    func checkStorable() throws(StoreError) {
        switch self {
        case .real(let number):
            // SQLite would store it as NULL without a word.
            guard !number.isNaN else { throw StoreError(.other, "a number to store is not a number") }
        case .text(let text):
            // PostgreSQL cannot store it, and SQLite's own functions stop reading there.
            var text = text
            guard !text.withUTF8({ $0.contains(0) }) else {
                throw StoreError(.other, "text to store contains a NUL character")
            }
        case .null, .integer, .blob: break
        }
    }
}
