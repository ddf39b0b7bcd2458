import Contracts
import PeerRPC
import RouterCore
import Storage
import Synchronization

/// Changes the book: one edit at a time, into the database first, then into memory, then out to whoever listens.
final class BookKeeper: Sendable {
    /// What an edit has come to.
    struct Edited<Value: Sendable>: Sendable {
        var value: Value
        var shelf: BookShelf
    }

    let vault: BookVault
    let catalogue: Catalogue
    let edits = ChangeFeed<AdminChange>()
    let database: any Database
    private let includesDemo: Bool
    private let turns = BookTurns()
    private let current: Mutex<BookShelf>
    private let listener = Mutex<(@Sendable (RouterState) -> Void)?>(nil)

    init(database: any Database, vault: BookVault, catalogue: Catalogue, includesDemo: Bool, shelf: BookShelf) {
        self.database = database
        self.vault = vault
        self.catalogue = catalogue
        self.includesDemo = includesDemo
        current = Mutex(shelf)
    }

    var shelf: BookShelf { current.withLock { $0 } }

    func onChange(_ body: @escaping @Sendable (RouterState) -> Void) {
        listener.withLock { $0 = body }
    }

    func close() async {
        edits.close()
        await database.close()
    }

    /// Changes the book in its turn.
    ///
    /// An edit that would leave a chain or an alias with a fault that it has not had is refused.
    ///
    /// - Parameters:
    ///   - fault: What such a refusal is about.
    ///   - change: Changes the rows, or refuses; it runs on a thread of the database.
    /// - Returns: What `change` returned, and the book with it.
    /// - Throws: ``ServiceError``; then nothing has changed.
    func edit<Value: Sendable>(
        refusing fault: EditFault,
        _ change: @escaping @Sendable (inout BookRows) throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Edited<Value> {
        // A task of its own, so that a caller who gives up in the middle cannot part the database from the memory.
        let attempt = Task { [self] () async -> Result<Edited<Value>, ServiceError> in
            do throws(ServiceError) {
                return .success(try await inTurn(fault, change))
            } catch {
                return .failure(error)
            }
        }
        return try await attempt.value.get()
    }

    /// Takes over what another router has changed in the database that both have.
    func reload() async throws(ServiceError) {
        try await turns.enter()
        defer { turns.leave() }
        let rows: BookRows
        do throws(StoreError) {
            rows = try await database.read { connection throws(StoreError) in try BookRows(connection) }
        } catch {
            throw ServiceError(book: error)
        }
        let before = shelf.rows
        guard rows != before else { return }
        let shelf = BookShelf(rows, vault: vault, catalogue: catalogue, includesDemo: includesDemo)
        publish(shelf, rows.changes(since: before))
    }

    private func inTurn<Value: Sendable>(
        _ fault: EditFault,
        _ change: @escaping @Sendable (inout BookRows) throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Edited<Value> {
        try await turns.enter()
        defer { turns.leave() }
        let known = Set(shelf.problems)
        let (edited, changes) = try await write { [self] connection throws(StoreError) -> Attempt<Value> in
            try attempt(known, fault, change, connection)
        }
        if !changes.isEmpty { publish(edited.shelf, changes) }
        return edited
    }

    private typealias Attempt<Value: Sendable> = Result<(Edited<Value>, [AdminChange]), ServiceError>

    /// One transaction; a refusal has written nothing.
    private func attempt<Value: Sendable>(
        _ known: Set<String>,
        _ fault: EditFault,
        _ change: (inout BookRows) throws(ServiceError) -> Value,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Attempt<Value> {
        let before = try BookRows(connection)
        var after = before
        let value: Value
        do throws(ServiceError) {
            value = try change(&after)
        } catch {
            return .failure(error)
        }
        let changes = after.stamp(over: before, nowUS: BookTime.nowUS)
        let shelf = BookShelf(after, vault: vault, catalogue: catalogue, includesDemo: includesDemo)
        if let problem = shelf.problems.first(where: { !known.contains($0) }) { return .failure(fault.error(problem)) }
        try after.save(over: before, connection)
        return .success((Edited(value: value, shelf: shelf), changes))
    }

    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(StoreError) -> Result<Value, ServiceError>
    ) async throws(ServiceError) -> Value {
        let result: Result<Value, ServiceError>
        do throws(StoreError) {
            result = try await database.write(body)
        } catch {
            throw ServiceError(book: error)
        }
        return try result.get()
    }

    private func publish(_ shelf: BookShelf, _ changes: [AdminChange]) {
        current.withLock { $0 = shelf }
        listener.withLock { $0 }?(shelf.state)
        for change in changes { edits.publish(change) }
    }
}

/// What an edit is told that would break a chain or an alias.
enum EditFault: Sendable {
    /// This field of the item is at fault.
    case field(String)
    /// This item is needed.
    case need(String)

    func error(_ problem: String) -> ServiceError {
        switch self {
        case .field(let field): .invalid(field, problem)
        case .need(let item): .inUse(item, problem)
        }
    }
}

extension ServiceError {
    /// What a caller hears when the database fails.
    init(book error: StoreError) {
        self.init(error, of: "router")
    }
}
