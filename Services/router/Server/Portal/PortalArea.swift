/// Which door of the portal a path belongs to.
enum PortalArea: String, Hashable, Sendable {
    /// For operators; ``AdminGate`` decides who may.
    case admin
    /// For anybody: the teammates' portal and what its pages need.
    case open

    /// The area of a path.
    ///
    /// A path that could be read in two ways is for operators, whatever it begins with.
    init(path: Substring) {
        let isOpen = path == "/portal" || path.hasPrefix("/portal/") || path.hasPrefix("/static/")
        self = isOpen && !Self.isAmbiguous(path) ? .open : .admin
    }

    private static func isAmbiguous(_ path: Substring) -> Bool {
        path.utf8.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "\\") } || path.contains("..")
            || path.contains("//") || path.contains("/./")
    }

    /// Ollama's paths; the portal has all others below `/api/`.
    private static let ollama: Set<Substring> = ["/api/chat", "/api/tags", "/api/show", "/api/version"]

    /// Whether a path is the client API's, whose errors keep their dialects: `/v1`, `/v1beta` and so on, and Ollama's.
    static func isClientAPI(_ path: Substring) -> Bool {
        var bytes = path.utf8.makeIterator()
        // Nearly all paths begin so; a prefix of characters is looked for only in those that do not.
        if bytes.next() == UInt8(ascii: "/"), bytes.next() == UInt8(ascii: "v"), let third = bytes.next(),
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(third)
        {
            return true
        }
        return path.hasPrefix("/api/") && ollama.contains(path)
    }
}

/// The socket that a request came in on.
package enum Listener: Hashable, Sendable {
    /// `server.host` and `server.port`.
    case main
    /// `server.admin_listen`: for operators alone.
    case admin
}
