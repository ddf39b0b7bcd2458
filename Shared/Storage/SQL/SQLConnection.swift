/// A connection inside one transaction; it is not to be kept beyond the closure it was given to.
///
/// SQL follows the rules both engines share (conventions.md 3.4). Parameters are `$1`, `$2` … numbered in the order of first
/// use, and one may be used again. A statement is prepared once per connection. Transaction control, `PRAGMA` and `ATTACH`
/// are refused: transactions belong to ``Database``.
package protocol SQLConnection {
    /// Runs a statement and returns how many rows it inserted, updated or deleted.
    @discardableResult
    func execute(_ sql: String, values: [SQLValue]) throws(StoreError) -> Int

    /// All rows, mapped while the engine steps; a statement with `RETURNING` is a query.
    func query<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> [T]

    /// The first row only; the engine stops there, so a statement with `RETURNING` for many rows is not for this.
    func first<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> T?

    /// Tells other processes that listen on this channel, once the transaction is committed; see ``Database/changes(on:)``.
    func notify(_ channel: String) throws(StoreError)
}

extension SQLConnection {
    @discardableResult
    package func execute(_ sql: String) throws(StoreError) -> Int {
        try execute(sql, values: [])
    }

    @discardableResult
    package func execute(_ sql: String, _ arguments: [any SQLConvertible]) throws(StoreError) -> Int {
        try execute(sql, values: arguments.map(\.sqlValue))
    }

    package func query<T>(_ sql: String, _ map: (SQLRow) throws(StoreError) -> T) throws(StoreError) -> [T] {
        try query(sql, [], map)
    }

    package func first<T>(_ sql: String, _ map: (SQLRow) throws(StoreError) -> T) throws(StoreError) -> T? {
        try first(sql, [], map)
    }
}

/// A result row, valid while it is being mapped.
package struct SQLRow {
    /// What a driver provides: the columns of the row the engine stands on.
    package protocol Columns {
        var count: Int { get }
        func value(at column: Int) -> SQLValue
    }

    private let columns: any Columns

    package init(_ columns: any Columns) {
        self.columns = columns
    }

    /// The column's value, counted from 0.
    ///
    /// - Throws: ``StoreError/Kind/other`` when there is no such column or it holds another type.
    package func get<T: SQLConvertible>(_ column: Int, as type: T.Type = T.self) throws(StoreError) -> T {
        guard column >= 0, column < columns.count else {
            throw StoreError(.other, "the result has \(columns.count) columns and no number \(column)")
        }
        let value = columns.value(at: column)
        guard let converted = T(sqlValue: value) else {
            throw StoreError(.other, "column \(column) holds \(value.typeName) where \(T.self) was expected")
        }
        return converted
    }
}
