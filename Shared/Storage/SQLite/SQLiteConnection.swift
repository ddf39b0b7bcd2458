import Foundation
import GRDB

/// The seam's connection over one of GRDB's, valid on its queue.
struct SQLiteConnection: SQLConnection {
    private let connection: GRDB.Database
    private let book: StatementBook
    private let path: String

    init(_ connection: GRDB.Database, book: StatementBook, path: String) {
        self.connection = connection
        self.book = book
        self.path = path
    }

    func execute(_ sql: String, _ arguments: [any SQLConvertible]) throws(StoreError) -> Int {
        do {
            let statement = try prepare(sql, arguments.count)
            // SQLite keeps the last count for statements that change nothing, such as CREATE TABLE.
            let before = connection.totalChangesCount
            try statement.execute(arguments: bindings(arguments))
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
            let rows = try Row.fetchCursor(prepare(sql, arguments.count), arguments: bindings(arguments))
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
            let rows = try Row.fetchCursor(prepare(sql, arguments.count), arguments: bindings(arguments))
            return try rows.next().map { try map(SQLRow(SQLiteColumns(row: $0))) }
        } catch {
            throw mapped(error)
        }
    }

    private func prepare(_ sql: String, _ argumentCount: Int) throws -> Statement {
        let entry = try book.entry(for: sql, argumentCount: argumentCount)
        return try entry.isKept ? connection.cachedStatement(sql: sql) : connection.makeStatement(sql: sql)
    }

    private func bindings(_ arguments: [any SQLConvertible]) throws(StoreError) -> StatementArguments {
        guard !arguments.isEmpty else { return StatementArguments() }
        // As existentials: over an array of one type GRDB reads each value through a key path, at several times the cost.
        var values: [(any DatabaseValueConvertible)?] = []
        values.reserveCapacity(arguments.count)
        for argument in arguments { values.append(try binding(argument.sqlValue)) }
        return StatementArguments(values)
    }

    private func binding(_ value: SQLValue) throws(StoreError) -> DatabaseValue {
        switch value {
        case .null: return .null
        case .integer(let number): return number.databaseValue
        case .real(let number):
            // SQLite would store it as NULL without a word.
            guard !number.isNaN else { throw StoreError(.other, "a number to store is not a number") }
            return number.databaseValue
        case .text(let text):
            // PostgreSQL cannot store it, and SQLite's own functions stop reading there.
            guard !text.utf8.contains(0) else { throw StoreError(.other, "text to store contains a NUL character") }
            return text.databaseValue
        case .blob(let bytes): return Data(bytes).databaseValue
        }
    }

    private func mapped(_ error: any Error) -> StoreError {
        StoreError(sqlite: error, path: path, isReading: connection.configuration.readonly)
    }
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
