import Logging

/// The wait of an opening for a server that is away, or for a schema that another process owns.
struct PostgresWait {
    /// What another attempt does not change, in the words of libpq and the server (they have no codes here).
    private static let lasting = ["authentication", "no pg_hba.conf entry", "does not exist", "no password supplied"]
    static let owned = "is in use by another process of this service"
    /// How often the log says that it still waits.
    private static let reminder = Duration.seconds(15)

    private let patience: Duration
    private let logger: Logger?
    private let start = ContinuousClock.now
    private var lastWord: ContinuousClock.Instant?

    init(_ patience: Duration, _ logger: Logger?) {
        self.patience = patience
        self.logger = logger
    }

    /// Whether another attempt may help, and the time for it is not over.
    mutating func goesOn(after error: StoreError) -> Bool {
        guard error.kind == .unavailable, !Self.lasting.contains(where: error.message.contains) else { return false }
        let isOwned = error.message.contains(Self.owned)
        let limit = isOwned ? min(patience, DatabaseOptions.ownerPatience) : patience
        let now = ContinuousClock.now
        guard now - start < limit else { return false }
        if lastWord.map({ now - $0 >= Self.reminder }) ?? true {
            lastWord = now
            logger?.warning(
                "waiting for the database, trying again",
                metadata: ["error": "\(error)", "seconds_left": "\((limit - (now - start)).components.seconds)"]
            )
        }
        return true
    }

    /// The database is open.
    func end() {
        guard lastWord != nil else { return }
        let seconds = (ContinuousClock.now - start).components.seconds
        logger?.notice("the database is there", metadata: ["waited_seconds": "\(seconds)"])
    }
}
