import Foundation
import GRDB

/// The seam's connection over one of GRDB's, valid on its queue.
struct SQLiteConnection: SQLConnection {
    private let connection: GRDB.Database
    private let book: StatementBook
    private let path: String
    private let latest = LatestStatement()

    init(_ connection: GRDB.Database, book: StatementBook, path: String) {
        self.connection = connection
        self.book = book
        self.path = path
    }

    func execute(_ sql: String, values: [SQLValue]) throws(StoreError) -> Int {
        do {
            let entry = try book.entry(for: sql, argumentCount: values.count)
            let statement = try prepare(sql, entry)
            if entry.changesRows {
                latest.sql = sql
                latest.statement = statement
                try statement.run(values, on: connection)
                return connection.changesCount
            }
            // SQLite keeps the last count for statements that change nothing, such as CREATE TABLE.
            let before = connection.totalChangesCount
            try statement.execute(arguments: bindings(values))
            return connection.totalChangesCount == before ? 0 : connection.changesCount
        } catch {
            throw mapped(error)
        }
    }

    func query<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> [T] {
        do {
            let entry = try book.entry(for: sql, argumentCount: arguments.count)
            let rows = try Row.fetchCursor(prepare(sql, entry), arguments: bindings(arguments))
            var result: [T] = []
            while let row = try rows.next() { result.append(try map(SQLRow(SQLiteColumns(row: row)))) }
            return result
        } catch {
            throw mapped(error)
        }
    }

    func first<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        do {
            let entry = try book.entry(for: sql, argumentCount: arguments.count)
            let rows = try Row.fetchCursor(prepare(sql, entry), arguments: bindings(arguments))
            return try rows.next().map { try map(SQLRow(SQLiteColumns(row: $0))) }
        } catch {
            throw mapped(error)
        }
    }

    /// Nobody else has the file open.
    func notify(_ channel: String) {}

    private func prepare(_ sql: String, _ entry: StatementBook.Entry) throws -> Statement {
        if let statement = latest.statement, latest.sql == sql { return statement }
        return try entry.isKept ? connection.cachedStatement(sql: sql) : connection.makeStatement(sql: sql)
    }

    /// Eight at a time through a literal: a sequence of any kind GRDB goes through unspecialised, at ten times the cost.
    private func bindings(_ arguments: [any SQLConvertible]) throws(StoreError) -> StatementArguments {
        var bindings = StatementArguments()
        var next = 0
        while next + 8 <= arguments.count {
            bindings += [
                try binding(arguments[next].sqlValue), try binding(arguments[next + 1].sqlValue),
                try binding(arguments[next + 2].sqlValue), try binding(arguments[next + 3].sqlValue),
                try binding(arguments[next + 4].sqlValue), try binding(arguments[next + 5].sqlValue),
                try binding(arguments[next + 6].sqlValue), try binding(arguments[next + 7].sqlValue),
            ]
            next += 8
        }
        for argument in arguments[next...] { bindings += [try binding(argument.sqlValue)] }
        return bindings
    }

    private func binding(_ value: SQLValue) throws(StoreError) -> DatabaseValue {
        try value.checkStorable()
        return switch value {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }

    private func mapped(_ error: any Error) -> StoreError {
        StoreError(sqlite: error, path: path, isReading: connection.configuration.readonly)
    }
}

/// The statement that changed rows last: a transaction that inserts many looks it up once.
private final class LatestStatement {
    var sql = ""
    var statement: Statement?
}

/// The columns of the row that SQLite stands on.
private struct SQLiteColumns: SQLRow.Columns {
    let row: Row

    var count: Int { row.count }

    func value(at column: Int) -> SQLValue {
        let value: DatabaseValue = row[column]
        switch value.storage {
        case .null: return .null
        case .int64(let number): return .integer(Int(number))
        case .double(let number): return .real(number)
        case .string(let text): return .text(text)
        case .blob(let data): return .blob([UInt8](data))
        }
    }
}
