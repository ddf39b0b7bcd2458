/// Whether a request that changes something comes from a page of this portal.
package enum OriginRule {
    /// Judges what the browser says about where the request comes from.
    ///
    /// - Parameters:
    ///   - fetchSite: `Sec-Fetch-Site`.
    ///   - origin: `Origin`.
    ///   - host: `Host`.
    /// - Returns: Whether it may go on; a client that says nothing may, since it must still send the token.
    package static func allows(fetchSite: String?, origin: String?, host: String?) -> Bool {
        if let fetchSite, fetchSite != "same-origin", fetchSite != "none" { return false }
        guard let origin else { return true }
        guard let expected = host?.lowercased(),
            let scheme = ["http://", "https://"].first(where: { origin.lowercased().hasPrefix($0) })
        else { return false }
        let place = origin.dropFirst(scheme.utf8.count).lowercased()
        let port = scheme == "http://" ? ":80" : ":443"
        return place == expected || place + port == expected || place == expected + port
    }

    /// A path to go to after a sign-in: on this portal, and no page to sign in or out on.
    package static func nextPath(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 1024,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        return path == "/login" || path == "/logout" || path == "/welcome" || path.hasPrefix("/api/") ? nil : text
    }
}
