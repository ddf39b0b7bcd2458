package import Secrets
package import Storage

/// What the book is opened with.
package struct RouterBookConfiguration: Sendable {
    /// Where the data is.
    package var location: DatabaseLocation
    package var database = DatabaseOptions()
    package var declaration: RouterDeclaration
    /// Seals credentials and the addresses of proxies.
    package var envelope: Envelope
    /// Whether `demo/echo` answers.
    package var includesDemo: Bool

    package init(
        location: DatabaseLocation,
        declaration: RouterDeclaration = RouterDeclaration(),
        envelope: Envelope,
        includesDemo: Bool = true
    ) {
        self.location = location
        self.declaration = declaration
        self.envelope = envelope
        self.includesDemo = includesDemo
    }
}
