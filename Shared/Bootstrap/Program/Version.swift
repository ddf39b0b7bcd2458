/// Which KeiRouter this is.
package enum Version {
    package static let current = "0.1.0"

    /// The commit it was built from, or `unknown`.
    package static var commit: String { BuildStamp.commit }

    /// `debug` or `release`.
    package static var build: String {
        #if DEBUG
        "debug"
        #else
        "release"
        #endif
    }

    /// The compiler's version, as far as the language can tell.
    package static var swift: String {
        #if compiler(>=6.5)
        "6.5 or later"
        #elseif compiler(>=6.4)
        "6.4"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    /// The operating system and the processor it was built for.
    package static var platform: String {
        #if os(Linux)
        let system = "linux"
        #elseif os(macOS)
        let system = "macos"
        #else
        let system = "unknown"
        #endif
        #if arch(x86_64)
        return "\(system)/x86_64"
        #elseif arch(arm64)
        return "\(system)/arm64"
        #else
        return system
        #endif
    }

    /// One line with all of it: `keirouter 0.1.0 (commit unknown, release, Swift 6.3, linux/x86_64)`.
    package static func line(program: String) -> String {
        "\(program) \(current) (commit \(commit), \(build), Swift \(swift), \(platform))"
    }
}
