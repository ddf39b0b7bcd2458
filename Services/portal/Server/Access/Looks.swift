import Contracts
package import PortalCore
package import Storage
import Synchronization

/// How pages look for a browser that has not chosen: as the operator chose last.
package final class Looks: Sendable {
    private static let name = "look"

    private let database: any Database
    private let clock: PortalClock
    private let chosen = Mutex(Appearance())

    package init(database: any Database, clock: PortalClock) {
        self.database = database
        self.clock = clock
    }

    /// What is chosen now.
    package var current: Appearance { chosen.withLock { $0 } }

    /// Reads what was chosen before this start.
    func load() async throws(ServiceError) {
        let text = try await database.reading { connection throws(StoreError) in
            try PreferenceStore.value(Self.name, connection)
        }
        if let text { chosen.withLock { $0 = Appearance(cookie: text) } }
    }

    /// Keeps the operator's choice.
    func choose(_ appearance: Appearance) async throws(ServiceError) {
        guard appearance != current else { return }
        let now = clock.nowUS
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            .done(try PreferenceStore.set(Self.name, appearance.cookieValue, at: now, connection))
        }
        chosen.withLock { $0 = appearance }
    }
}
