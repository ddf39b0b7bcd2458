package import SaverCore

/// The settings that the configuration file declares.
package struct SaverDeclaration: Hashable, Sendable {
    /// One for each scope.
    package var settings: [ScopeSetting]

    package init(settings: [ScopeSetting] = []) {
        self.settings = settings
    }
}
