package import Bootstrap
package import GuardCore
package import Observability
package import PeerRPC
package import Secrets
package import Storage

/// What the service is started with.
package struct GuardConfiguration: Sendable {
    package var server: RPCServerConfiguration
    /// Where the replicas on one machine start one after the other.
    package var folder: DataFolder
    /// Where the data is, which all replicas open; `guard.db` in the folder unless said otherwise.
    package var location: DatabaseLocation
    package var database = DatabaseOptions()
    /// Days that decisions are kept; 0 for ever.
    package var retentionDays: Int
    /// Unicode scalars of a stream held back at most.
    package var window: Int
    package var declaration: GuardDeclaration
    /// The built-in patterns, and the operator's.
    package var catalogue = Catalogue.builtin
    /// Where the engine `presidio` is; without it policies that name it are refused.
    package var presidio: PresidioSettings?
    /// Where the engine `openai` of toxicity is; without it policies that name it are refused.
    package var moderation: ModerationSettings?
    /// Where the router makes vectors for topics that are told by their meaning; without it their words tell.
    package var router: RPCEndpoint?
    package var peers = RPCClientConfiguration()
    /// Whether every engine outside is left alone, whatever policies say: no text leaves this machine to be judged.
    package var isOffline = false
    /// Makes the hashes that stand in place of values.
    package var placeholderKey: Subkey
    /// How often a replica looks whether another one changed a policy.
    package var pollInterval = Duration.seconds(1)
    /// Where it counts.
    package var metrics = MetricsRegistry.shared

    package init(
        server: RPCServerConfiguration,
        folder: DataFolder,
        retentionDays: Int = 30,
        window: Int = 256,
        declaration: GuardDeclaration = GuardDeclaration(),
        placeholderKey: Subkey
    ) {
        self.server = server
        self.folder = folder
        location = .sqlite(path: folder.file("guard.db"))
        self.retentionDays = retentionDays
        self.window = window
        self.declaration = declaration
        self.placeholderKey = placeholderKey
    }
}
