import Contracts
import PeerRPC
import SaverCore
import Synchronization

/// The settings that hold now, for calls and for those who follow them.
final class SettingsState: Sendable {
    private let current: Mutex<StoredBook>
    private let feed = ChangeFeed<SaverSettings>()
    /// What settings can add to requests.
    let directives: DirectiveBook

    init(_ stored: StoredBook, directives: DirectiveBook) {
        current = Mutex(stored)
        self.directives = directives
    }

    var book: SettingsBook { current.withLock { $0.book } }

    /// Puts a later book in the place of the present one; of two edits, the one that was committed last stays.
    func put(_ stored: StoredBook) {
        let isNew = current.withLock { current in
            guard stored.ordinal > current.ordinal else { return false }
            current = stored
            return true
        }
        if isNew { feed.publish(stored.book.overview(directives)) }
    }

    /// The settings now and whenever they change; the later of two may come twice.
    func follow(_ send: (SaverSettings) async throws(ServiceError) -> Void) async throws(ServiceError) {
        let changes = feed.subscribe()
        var last = book.overview(directives)
        try await send(last)
        for await _ in changes {
            // Of changes that come faster than they are sent, only where they lead.
            let now = book.overview(directives)
            guard now != last else { continue }
            last = now
            try await send(now)
        }
    }

    func close() { feed.close() }
}
