package import PeerRPC
package import Storage

/// What the service is started with.
package struct SaverConfiguration: Sendable {
    package var server: RPCServerConfiguration
    /// Where the data is.
    package var location: DatabaseLocation
    package var database = DatabaseOptions()
    package var declaration: SaverDeclaration
    /// Threads that work on long texts.
    package var threads: Int

    package init(
        server: RPCServerConfiguration,
        location: DatabaseLocation,
        declaration: SaverDeclaration = SaverDeclaration(),
        threads: Int = 2
    ) {
        self.server = server
        self.location = location
        self.declaration = declaration
        self.threads = threads
    }
}
