/// Where the data is kept.
///
/// ## Configuration keys:
/// - `storage.url` (text, sqlite): `sqlite` for one file per service in the data folder, or `postgres://…`.
package struct StorageSettings: Hashable, Sendable {
    package var url = "sqlite"

    init(_ section: SettingsSection) throws(ConfigurationError) {
        url = try section.text("url", default: url, expected: "sqlite or postgres://user:password@host/database") {
            $0 == "sqlite" || WebAddress.isURL($0, schemes: ["postgres", "postgresql"])
        }
    }

    package var isSQLite: Bool { url == "sqlite" }
}

/// A service that others call.
package enum PeerName: String, CaseIterable, Hashable, Sendable {
    case `guard`
    case saver
    case meter
    case portal
}

/// Where each service answers.
///
/// ## Configuration keys:
/// - `services.guard.endpoint`, `services.saver.endpoint`, `services.meter.endpoint`, `services.portal.endpoint`
///   (text, unix): `unix` for the service's own socket in the data folder, `unix:///path`, `unix:///folder/*.sock`,
///   `tcp://host:port` or `tls://host:port`.
/// - `services.guard.replicas` (number, 1): guards the supervisor starts, 1 to 64.
package struct ServicesSettings: Hashable, Sendable {
    package struct Peer: Hashable, Sendable {
        package var endpoint = "unix"
        package var replicas = 1
    }

    package var `guard` = Peer()
    package var saver = Peer()
    package var meter = Peer()
    package var portal = Peer()

    init(_ section: SettingsSection) throws(ConfigurationError) {
        let guardSection = try section.section("guard")
        `guard`.endpoint = try Self.endpoint(guardSection)
        `guard`.replicas = try guardSection.integer("replicas", default: 1, in: 1...64)
        saver.endpoint = try Self.endpoint(section.section("saver"))
        meter.endpoint = try Self.endpoint(section.section("meter"))
        portal.endpoint = try Self.endpoint(section.section("portal"))
    }

    package subscript(_ name: PeerName) -> Peer {
        switch name {
        case .guard: `guard`
        case .saver: saver
        case .meter: meter
        case .portal: portal
        }
    }

    /// The endpoint to call a service at: what is configured, or its socket (sockets) in the data folder.
    package func endpoint(of name: PeerName, in folder: DataFolder) -> String {
        let peer = self[name]
        guard peer.endpoint == "unix" else { return peer.endpoint }
        guard peer.replicas > 1 else { return "unix://\(folder.socketPath(service: name.rawValue))" }
        return "unix://\(folder.socketFolder)/\(name.rawValue)/*.sock"
    }

    private static func endpoint(_ section: SettingsSection) throws(ConfigurationError) -> String {
        let expected = "unix, unix:///path.sock, unix:///folder/*.sock, tcp://host:port or tls://host:port"
        return try section.text("endpoint", default: "unix", expected: expected) { text in
            if text == "unix" { return true }
            if text.hasPrefix("unix:///") {
                return text.utf8.count - 7 < DataFolder.longestSocketPath && !text.hasSuffix("/")
            }
            guard text.hasPrefix("tcp://") || text.hasPrefix("tls://") else { return false }
            return HostPort(String(text.dropFirst(6))) != nil
        }
    }
}

/// The wire between the services.
///
/// ## Configuration keys:
/// - `rpc.allow_uids` (list of numbers, empty): further users whose processes may connect to the sockets.
/// - `rpc.allow_plaintext` (on/off, off): allow `tcp://` to other machines.
/// - `rpc.max_frame` (size, 64MiB): longest message.
package struct RPCSettings: Hashable, Sendable {
    package var allowUIDs: [UInt32] = []
    package var allowPlaintext = false
    package var maxFrame = 64 << 20

    init(_ section: SettingsSection) throws(ConfigurationError) {
        allowUIDs = try section.parsedList("allow_uids", default: allowUIDs, expected: "a user's number") { UInt32($0) }
        allowPlaintext = try section.boolean("allow_plaintext", default: allowPlaintext)
        maxFrame = try section.bytes("max_frame", default: maxFrame, in: (64 << 10)...(1 << 30))
    }
}
