import Contracts
import SaverCore
import Storage
import Synchronization

/// The settings of earlier versions: from the store, the last few from memory.
final class EarlierEpochs: Sendable {
    private static let remembered = 8
    private static let longestEpoch = 64

    private let database: any Database
    private let books = Mutex<[SettingsBook]>([])

    init(database: any Database) {
        self.database = database
    }

    /// `nil` for a version that is not kept, or was made by other rules.
    func book(_ epoch: String) async throws(ServiceError) -> SettingsBook? {
        guard epoch.utf8.count <= Self.longestEpoch, !epoch.utf8.contains(0) else { return nil }
        if let book = books.withLock({ $0.first { $0.epoch == epoch } }) { return book }
        let book = try await database.reading { connection throws(StoreError) in
            try EpochStore.book(epoch, connection)
        }
        guard let book, book.epoch == epoch else { return nil }
        books.withLock { books in
            if books.count >= Self.remembered { books.removeFirst() }
            books.append(book)
        }
        return book
    }
}
