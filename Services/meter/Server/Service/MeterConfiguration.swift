package import MeterCore
package import Observability
package import PeerRPC
package import Secrets
package import Storage

/// What the service is started with.
package struct MeterConfiguration: Sendable {
    package var server: RPCServerConfiguration
    /// Where the data is.
    package var location: DatabaseLocation
    /// The numbers of the database; settled is what a power failure leaves, see README.md.
    package var database = DatabaseOptions()
    package var policy: LimitPolicy
    /// Days that the ledger, rollups and alerts are kept; 0 for ever.
    package var retentionDays: Int
    package var declaration: MeterDeclaration
    /// Signs reservation ids.
    package var reservationKey: Subkey
    /// Where it counts.
    package var metrics = MetricsRegistry.shared

    package init(
        server: RPCServerConfiguration,
        location: DatabaseLocation,
        policy: LimitPolicy = LimitPolicy(),
        retentionDays: Int = 400,
        declaration: MeterDeclaration = MeterDeclaration(),
        reservationKey: Subkey
    ) {
        self.server = server
        self.location = location
        self.policy = policy
        self.retentionDays = retentionDays
        self.declaration = declaration
        self.reservationKey = reservationKey
        self.policy.retentionUS = retentionDays > 0 ? min(retentionDays, 36_500) * 86_400_000_000 : 1 << 60
    }
}
