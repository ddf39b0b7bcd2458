package import PeerRPC
package import Storage

/// What the service is started with.
package struct SaverConfiguration: Sendable {
    package var server: RPCServerConfiguration
    /// The SQLite file.
    package var databasePath: String
    package var database = DatabaseOptions()
    package var declaration: SaverDeclaration
    /// Threads that work on long texts.
    package var threads: Int

    package init(
        server: RPCServerConfiguration,
        databasePath: String,
        declaration: SaverDeclaration = SaverDeclaration(),
        threads: Int = 2
    ) {
        self.server = server
        self.databasePath = databasePath
        self.declaration = declaration
        self.threads = threads
    }
}
