package import Contracts
package import Logging

/// What pages and API are made of.
package struct PortalParts: Sendable {
    /// The other services, for reading.
    package let peers: PeerClients
    /// Everything that changes something, with its row in the audit.
    package let acts: AdminActs
    package let sessions: SessionKeeper
    package let audit: AuditLog
    /// What pages hear of while they are open.
    package let events: EventFeed
    /// The same for the guard's decisions.
    package let decisions: EventFeed
    package let clock: PortalClock
    package let logger: Logger
    let operators: OperatorAccess
    let members: MemberAccess
    let retention: Retention
    package let looks: Looks

    /// Sweeps out what is old, now; the portal does so every hour by itself.
    ///
    /// - Returns: The rows that went.
    @discardableResult
    package func sweep() async throws(ServiceError) -> Int {
        try await retention.sweep()
    }
}
