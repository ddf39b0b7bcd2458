package import PeerRPC
package import Secrets
package import Storage

/// What the service is started with.
package struct PortalConfiguration: Sendable {
    /// Where it listens.
    package var listen: RPCAddress
    /// Where the database is.
    package var location: DatabaseLocation
    package var database = DatabaseOptions()
    /// The services it calls.
    package var endpoints: PeerClients.Endpoints
    package var peers: RPCClientConfiguration
    /// Makes the tokens of forms.
    package var csrfKey: Subkey
    package var events = EventFeed.Limits()
    /// Makes a password's hash, or `nil` when it cannot; it blocks, and runs on a thread of its own.
    package var hashPassword: @Sendable (String) -> String? = { try? PasswordHash.hash($0) }

    package init(
        listen: RPCAddress,
        location: DatabaseLocation,
        endpoints: PeerClients.Endpoints,
        peers: RPCClientConfiguration = RPCClientConfiguration(),
        csrfKey: Subkey
    ) {
        self.listen = listen
        self.location = location
        self.endpoints = endpoints
        self.peers = peers
        self.csrfKey = csrfKey
    }
}
