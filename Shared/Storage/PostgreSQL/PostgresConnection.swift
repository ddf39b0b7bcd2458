import CPostgreSQL

/// The seam's connection inside one transaction of a link's.
struct PostgresConnection: SQLConnection {
    private let link: PostgresLink
    private let book: StatementBook
    private let call: PostgresCall
    private let isReading: Bool
    private let sender: String
    private let place = Savepoint()

    init(_ link: PostgresLink, book: StatementBook, call: PostgresCall, isReading: Bool, sender: String) {
        self.link = link
        self.book = book
        self.call = call
        self.isReading = isReading
        self.sender = sender
    }

    func execute(_ sql: String, values: [SQLValue]) throws(StoreError) -> Int {
        try run(sql, values) { result in
            let command = PQcmdStatus(result).map { String(cString: $0) } ?? ""
            let changesRows = ["INSERT", "UPDATE", "DELETE"].contains { command.hasPrefix($0) }
            return changesRows ? PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0 : 0
        }
    }

    func query<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> [T] {
        try run(sql, arguments) { result throws(StoreError) in
            var rows: [T] = []
            let count = PQntuples(result)
            rows.reserveCapacity(Int(count))
            for row in 0..<count { rows.append(try map(SQLRow(PostgresColumns(result: result, row: row)))) }
            return rows
        }
    }

    func first<T>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ map: (SQLRow) throws(StoreError) -> T
    ) throws(StoreError) -> T? {
        try run(sql, arguments) { result throws(StoreError) in
            guard PQntuples(result) > 0 else { return nil }
            return try map(SQLRow(PostgresColumns(result: result, row: 0)))
        }
    }

    func notify(_ channel: String) throws(StoreError) {
        _ = try execute("SELECT pg_notify($1, $2)", [link.target.channel(channel), sender])
    }

    private func run<R>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        _ body: (OpaquePointer) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let entry = try book.entry(for: sql, argumentCount: arguments.count)
        guard !call.isCancelled else { throw StoreError(.cancelled, "the call was cancelled") }
        guard !link.isBroken else { throw StoreError(.unavailable, "\(link.target.place) is away") }
        let text = entry.changesRows ? sql : PostgresDialect.schema(sql)
        guard !isReading else {
            return try link.run(text, arguments, isKept: entry.isKept, call, isReading: true, body)
        }
        // A statement that fails would take the whole transaction with it; SQLite forgives, so this does.
        try link.run(place.isSet ? "RELEASE SAVEPOINT s; SAVEPOINT s" : "SAVEPOINT s", call)
        place.isSet = true
        do throws(StoreError) {
            return try link.run(text, arguments, isKept: entry.isKept, call, isReading: false, body)
        } catch {
            if !link.isBroken { try link.run("ROLLBACK TO SAVEPOINT s", PostgresCall()) }
            throw error
        }
    }
}

/// Whether the transaction has a savepoint before the statement that runs.
private final class Savepoint {
    var isSet = false
}
