import Contracts
import GuardCore
import PeerRPC
import Storage
import Synchronization

/// The policies that hold now, and word of every change of them.
final class PolicyHolder: Sendable {
    private struct State {
        var book: PolicyBook
        var revision: Int
    }

    let builder: PlanBuilder
    let lists = ChangeFeed<PolicyList>()
    private let database: any Database
    private let state: Mutex<State>

    private init(database: any Database, catalogue: Catalogue) {
        self.database = database
        builder = PlanBuilder(catalogue)
        state = Mutex(State(book: PolicyBook([], builder: builder), revision: -1))
    }

    static func load(
        from database: any Database,
        catalogue: Catalogue
    ) async throws(StoreError) -> PolicyHolder {
        let holder = PolicyHolder(database: database, catalogue: catalogue)
        try await holder.refresh()
        return holder
    }

    var book: PolicyBook { state.withLock { $0.book } }

    /// Reads the policies again where they were changed, here or by another replica.
    func refresh() async throws(StoreError) {
        let known = state.withLock { $0.revision }
        let read = try await database.read { connection throws(StoreError) -> (Int, [PolicyItem])? in
            let revision = try PolicyStore.revision(connection)
            guard revision != known else { return nil }
            let rows = try PolicyStore.page(after: "", limit: GuardCaps.policies, connection)
            return (revision, rows.map(\.item))
        }
        guard let (revision, items) = read else { return }
        let book = PolicyBook(items, builder: builder)
        let isNews = state.withLock { state in
            // A slower look does not undo a later one.
            guard revision > state.revision else { return false }
            defer { state = State(book: book, revision: revision) }
            return state.book.version != book.version
        }
        if isNews { lists.publish(book.list) }
    }
}
