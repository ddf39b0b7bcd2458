package import Contracts
package import PortalCore
package import Storage

/// Opens, finds and ends sessions.
package struct SessionKeeper: Sendable {
    private let database: any Database
    private let clock: PortalClock
    package let limits: SessionLimits

    package init(database: any Database, clock: PortalClock, limits: SessionLimits = SessionLimits()) {
        self.database = database
        self.clock = clock
        self.limits = limits
    }

    /// Opens a session under a fresh token; the session of the browser's earlier token ends in the same transaction.
    ///
    /// - Returns: The session, and the token, which goes into the cookie and nowhere else.
    package func open(
        _ kind: PortalSession.Kind,
        keyID: String? = nil,
        replacing earlier: String?,
        peer: String,
        agent: String
    ) async throws(ServiceError) -> (session: PortalSession, token: String) {
        let token = Tokens.make()
        let now = clock.nowUS
        let session = PortalSession(
            id: Tokens.name(),
            kind: kind,
            keyID: keyID,
            createdUS: now,
            lastSeenUS: now,
            expiresUS: now + limits.absoluteUS,
            peer: SafeText.line(peer, longest: 64),
            agent: SafeText.line(agent, longest: 200)
        )
        let limits = limits
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            if let earlier { try SessionStore.delete(token: Tokens.hash(earlier), connection) }
            guard try SessionStore.count(connection) < limits.total else {
                return .refused(.full("sessions", limits.total))
            }
            let open = try SessionStore.all(kind, keyID: keyID, limit: limits.total, connection)
            for surplus in open.dropFirst(limits.perOwner - 1) { try SessionStore.delete(surplus.id, connection) }
            try SessionStore.insert(session, token: Tokens.hash(token), connection)
            return .done(())
        }
        return (session, token)
    }

    /// The live session of a token; its last request is written down once a minute.
    package func find(_ token: String, _ kind: PortalSession.Kind) async throws(ServiceError) -> PortalSession? {
        guard Tokens.accepts(token) else { return nil }
        let hash = Tokens.hash(token)
        let found = try await database.reading { connection throws(StoreError) in
            try SessionStore.find(token: hash, connection)
        }
        guard var session = found, session.kind == kind else { return nil }
        let now = clock.nowUS
        guard limits.isLive(session, at: now) else {
            try await end(session.id)
            return nil
        }
        guard now - session.lastSeenUS >= limits.touchUS else { return session }
        session.lastSeenUS = now
        let id = session.id
        try await database.writing { connection throws(StoreError) -> Verdict<Void> in
            .done(try SessionStore.touch(id, at: now, connection))
        }
        return session
    }

    /// The live sessions of the operator, or of one key.
    package func list(
        _ kind: PortalSession.Kind,
        keyID: String? = nil,
        limit: Int = 500
    ) async throws(ServiceError) -> [PortalSession] {
        let now = clock.nowUS
        let limits = limits
        return try await database.reading { connection throws(StoreError) in
            try SessionStore.all(kind, keyID: keyID, limit: limit, connection)
        }.filter { limits.isLive($0, at: now) }
    }

    /// Whether a session still counts.
    package func isOpen(_ id: String) async throws(ServiceError) -> Bool {
        let now = clock.nowUS
        let session = try await database.reading { connection throws(StoreError) in
            try SessionStore.find(id: id, connection)
        }
        return session.map { limits.isLive($0, at: now) } ?? false
    }

    /// Ends one session.
    ///
    /// - Returns: Whether there was one.
    @discardableResult
    package func end(_ id: String) async throws(ServiceError) -> Bool {
        try await database.writing { connection throws(StoreError) -> Verdict<Bool> in
            .done(try SessionStore.delete(id, connection))
        }
    }

    /// Ends every session of a kind but one.
    @discardableResult
    package func endAll(_ kind: PortalSession.Kind, except id: String) async throws(ServiceError) -> Int {
        try await database.writing { connection throws(StoreError) -> Verdict<Int> in
            .done(try SessionStore.deleteAll(kind, except: id, connection))
        }
    }

    /// Ends the sessions that were opened with a key.
    package func endAll(ofKey id: String) async throws(ServiceError) {
        _ = try await database.writing { connection throws(StoreError) -> Verdict<Int> in
            .done(try SessionStore.delete(keyID: id, connection))
        }
    }
}
