package import Contracts
package import Logging
package import NIOPosix
import PortalCore
import Secrets
package import Storage
import Synchronization

/// The operator's way in: the claim code of the log, the first password, the sign-in.
package final class OperatorAccess: Sendable {
    /// Hashings that may wait for a thread; one takes 50 ms and 32 MiB.
    private static let longestQueue = 16

    private let database: any Database
    private let clock: PortalClock
    private let pool: NIOThreadPool
    private let logger: Logger
    private let makeHash: @Sendable (String) -> String?
    private let limiter = Mutex(SignInLimiter())
    private let claimLimiter = Mutex(SignInLimiter())
    private let waiting = Mutex(0)

    package init(
        database: any Database,
        clock: PortalClock,
        pool: NIOThreadPool,
        logger: Logger,
        makeHash: @escaping @Sendable (String) -> String?
    ) {
        self.makeHash = makeHash
        self.database = database
        self.clock = clock
        self.pool = pool
        self.logger = logger
    }

    /// Whether somebody has set the password.
    package func isClaimed() async throws(ServiceError) -> Bool {
        try await storedPassword() != nil
    }

    // MARK: Claim

    /// Makes a new claim code while there is no password, and says it in the log, once.
    package func announceClaim() async throws(ServiceError) {
        guard try await !isClaimed() else { return }
        let code = ClaimCode.make(from: randomBytes(ClaimCode.byteCount))
        let now = clock.nowUS
        let hash = Self.hash(ofCode: code)
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            .done(try OperatorStore.makeClaim(hash, at: now, connection))
        }
        logger.notice("claim code: \(code), enter it at /welcome")
    }

    /// Takes the code.
    ///
    /// - Returns: A ticket that lets this browser set the password within 15 minutes, or why not.
    package func claim(_ text: String, peer: String) async throws(ServiceError) -> Result<String, EntryError> {
        if let wait = attempt(claimLimiter, peer) { return .failure(wait) }
        guard let code = ClaimCode.normalized(text) else { return .failure(.wrongCode) }
        let ticket = Tokens.make()
        let now = clock.nowUS
        let hash = APIKey.digestHex(code)
        let isTaken = try await database.writing { connection throws(StoreError) -> Verdict<Bool?> in
            guard let claim = try OperatorStore.claim(connection) else { return .done(nil) }
            // Whoever holds the code may know that it is used; nobody else hears of it.
            if claim.ticket != nil { return .done(claim.code == hash ? nil : false) }
            return .done(try OperatorStore.exchange(code: hash, for: Tokens.hash(ticket), at: now, connection))
        }
        switch isTaken {
        case true?:
            claimLimiter.withLock { $0.succeeded(peer) }
            return .success(ticket)
        case false?: return .failure(.wrongCode)
        case nil: return .failure(.codeUsed)
        }
    }

    /// Whether a ticket still lets its holder set the first password.
    package func accepts(ticket: String?) async throws(ServiceError) -> Bool {
        guard let ticket, Tokens.accepts(ticket) else { return false }
        let hash = Tokens.hash(ticket)
        let now = clock.nowUS
        return try await database.reading { connection throws(StoreError) in
            guard try OperatorStore.password(connection) == nil, let claim = try OperatorStore.claim(connection),
                let stored = claim.ticket, let since = claim.ticketUS
            else { return false }
            return stored == hash && now - since < PortalCookies.claimSeconds * 1_000_000
        }
    }

    /// Sets the first password.
    ///
    /// - Returns: Why not; `nil` when it is set.
    package func setFirst(_ password: String, ticket: String?) async throws(ServiceError) -> EntryError? {
        if let rule = PasswordRule.broken(by: password) { return .passwordRule(rule) }
        guard try await accepts(ticket: ticket) else { return .codeUsed }
        let hash = try await hash(password)
        let now = clock.nowUS
        let isFirst = try await database.writing { connection throws(StoreError) -> Verdict<Bool> in
            guard try OperatorStore.setFirst(hash, at: now, connection) else { return .done(false) }
            try OperatorStore.dropClaim(connection)
            return .done(true)
        }
        return isFirst ? nil : .codeUsed
    }

    // MARK: Sign-in

    /// Checks the password.
    ///
    /// - Returns: Why not; `nil` when it is right.
    package func check(_ password: String, peer: String) async throws(ServiceError) -> EntryError? {
        if let wait = attempt(limiter, peer) { return wait }
        guard let stored = try await storedPassword() else {
            limiter.withLock { $0.withdraw(peer) }
            return .wrongPassword
        }
        let isRight: Bool
        do throws(ServiceError) {
            isRight = try await onThread { PasswordHash.verify(password, against: stored) }
        } catch {
            limiter.withLock { $0.withdraw(peer) }
            throw error
        }
        guard isRight else { return .wrongPassword }
        limiter.withLock { $0.succeeded(peer) }
        if PasswordHash.needsRehash(stored) { try await renew(password) }
        return nil
    }

    /// Forgets the password and every session of the operator; the next start makes a claim code.
    package static func reset(_ database: any Database) async throws(ServiceError) {
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            try OperatorStore.forget(connection)
            try SessionStore.deleteAll(.operator, except: "", connection)
            return .done(())
        }
    }

    private func renew(_ password: String) async throws(ServiceError) {
        let hash = try await hash(password)
        let now = clock.nowUS
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            .done(try OperatorStore.replace(hash, at: now, connection))
        }
    }

    private func storedPassword() async throws(ServiceError) -> String? {
        try await database.reading { connection throws(StoreError) in try OperatorStore.password(connection) }
    }

    private func attempt(_ limiter: borrowing Mutex<SignInLimiter>, _ peer: String) -> EntryError? {
        let now = clock.nowUS
        guard let wait = limiter.withLock({ $0.attempt(by: peer, at: now) }) else { return nil }
        return .tooMany(retrySeconds: max(1, (wait + 999_999) / 1_000_000))
    }

    private static func hash(ofCode code: String) -> String {
        APIKey.digestHex(ClaimCode.normalized(code) ?? "")
    }

    // MARK: Hashing

    private func hash(_ password: String) async throws(ServiceError) -> String {
        let hash = try await onThread { [makeHash] in makeHash(password) }
        guard let hash else {
            throw ServiceError(.internal, reason: "hashing_failed", message: "the password could not be stored")
        }
        return hash
    }

    /// Runs what computes for long on a thread, with a bounded queue.
    private func onThread<T: Sendable>(_ body: @escaping @Sendable () -> T) async throws(ServiceError) -> T {
        let isFree = waiting.withLock { waiting in
            guard waiting < Self.longestQueue else { return false }
            waiting += 1
            return true
        }
        guard isFree else { throw Self.busy }
        defer { waiting.withLock { $0 -= 1 } }
        do {
            return try await pool.runIfActive { body() }
        } catch {
            throw Self.busy
        }
    }

    private static var busy: ServiceError {
        ServiceError(
            .resourceExhausted,
            reason: "sign_in_busy",
            message: "too many sign-ins at once; try again in a moment",
            retry: .same(afterMilliseconds: 1000)
        )
    }
}
