package import Bootstrap
import Hummingbird
import Mustache

/// The portal's process, from options to exit.
package enum PortalProgram {
    package static func run(_ options: CommonOptions) async throws {
        _ = try options.loadConfiguration(declares: [])
    }
}
