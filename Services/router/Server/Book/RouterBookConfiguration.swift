package import Secrets

/// What the book is opened with.
package struct RouterBookConfiguration: Sendable {
    /// The SQLite file.
    package var databasePath: String
    package var declaration: RouterDeclaration
    /// Seals credentials and the addresses of proxies.
    package var envelope: Envelope
    /// Whether `demo/echo` answers.
    package var includesDemo: Bool

    package init(
        databasePath: String,
        declaration: RouterDeclaration = RouterDeclaration(),
        envelope: Envelope,
        includesDemo: Bool = true
    ) {
        self.databasePath = databasePath
        self.declaration = declaration
        self.envelope = envelope
        self.includesDemo = includesDemo
    }
}
