/// The public HTTP port and who may see the dashboard.
///
/// ## Configuration keys:
/// - `server.host` (text, 127.0.0.1): address to listen on.
/// - `server.port` (number, 20180): port to listen on; 0 takes a free one.
/// - `server.max_body` (size, 32MiB): longest request body.
/// - `server.max_concurrent_requests` (number, 0): requests served at once; 0 is no limit.
/// - `server.cors_origins` (list, empty): origins whose pages may call the API, `*` for any.
/// - `server.admin_allow` (list of ranges, loopback): peers that see the dashboard.
/// - `server.admin_hosts` (list, empty): further names the dashboard answers to.
/// - `server.admin_listen` (host:port, none): a listener of its own for the dashboard.
/// - `server.admin_url` (URL, none): where `/` on the main port points to.
/// - `server.trusted_proxies` (list of ranges, empty): peers whose forwarding headers are believed.
package struct ServerSettings: Hashable, Sendable {
    package var host = "127.0.0.1"
    package var port = 20_180
    package var maxBody = 32 << 20
    package var maxConcurrentRequests = 0
    package var corsOrigins: [String] = []
    package var adminAllow = AddressRange.loopback
    package var adminHosts: [String] = []
    package var adminListen: HostPort?
    package var adminURL = ""
    package var trustedProxies: [AddressRange] = []

    init(_ section: SettingsSection) throws(ConfigurationError) {
        host = try section.text("host", default: host, expected: "a host name or an address", where: HostPort.isHost)
        port = try section.integer("port", default: port, in: 0...65_535)
        maxBody = try section.bytes("max_body", default: maxBody, in: 1024...(1 << 30))
        maxConcurrentRequests = try section.integer("max_concurrent_requests", default: maxConcurrentRequests)
        corsOrigins = try section.parsedList(
            "cors_origins",
            default: corsOrigins,
            expected: "an origin such as https://app.example, or \"*\""
        ) { $0 == "*" || WebAddress.isOrigin($0) ? $0 : nil }
        adminListen = try section.parsed("admin_listen", expected: "host:port", HostPort.init)
        adminAllow = try section.parsedList(
            "admin_allow",
            // A listener of its own is opened on purpose and guarded by where it is reachable from.
            default: adminListen == nil ? adminAllow : AddressRange.everything,
            expected: "an address or a range such as 10.0.0.0/8",
            AddressRange.init
        )
        adminHosts = try section.parsedList("admin_hosts", default: adminHosts, expected: "a host name") {
            HostPort.isHost($0) ? $0.lowercased() : nil
        }
        adminURL = try section.text("admin_url", default: adminURL, expected: "a URL such as https://admin.example") {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["http", "https"])
        }
        trustedProxies = try section.parsedList(
            "trusted_proxies",
            default: trustedProxies,
            expected: "an address or a range such as 10.0.0.0/8",
            AddressRange.init
        )
    }
}

/// What the settings need to know about URLs.
enum WebAddress {
    /// Whether a text is `scheme://authority…` with one of the schemes and no white space.
    static func isURL(_ text: String, schemes: [String]) -> Bool {
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix("\($0)://") }) else { return false }
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        guard let first = rest.first, first != UInt8(ascii: "/") else { return false }
        return rest.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    /// Whether a text is a scheme and an authority, without a path.
    static func isOrigin(_ text: String) -> Bool {
        isURL(text, schemes: ["http", "https"]) && text.utf8.count(where: { $0 == UInt8(ascii: "/") }) == 2
    }
}
