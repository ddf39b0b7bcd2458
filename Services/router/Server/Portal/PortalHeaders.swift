import HTTP
import NIOHTTP1

/// The fields that go to the portal, and those that come back.
enum PortalHeaders {
    /// What only this router may say; what comes from outside under such a name is dropped.
    static let ownPrefix = "x-keirouter-"
    static let area = "x-keirouter-area"
    static let peer = "x-keirouter-peer"
    static let scheme = "x-keirouter-scheme"

    /// Fields that speak of one connection and not of the request.
    private static let hopByHop: Set<String> = [
        "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "content-length", "expect", "host",
    ]

    /// The request's fields as the portal gets them.
    static func forwarded(_ headers: HTTPHeaders, area: PortalArea, origin: RequestOrigin) -> HTTPHeaders {
        var result = endToEnd(headers) { $0.hasPrefix(ownPrefix) }
        result.add(name: self.area, value: area.rawValue)
        result.add(name: peer, value: origin.peer)
        result.add(name: scheme, value: origin.isSecure ? "https" : "http")
        return result
    }

    /// The answer's fields as the browser gets them.
    static func returned(_ headers: HTTPHeaders) -> HTTPHeaders {
        endToEnd(headers) { _ in false }
    }

    private static func endToEnd(_ headers: HTTPHeaders, _ isDropped: (String) -> Bool) -> HTTPHeaders {
        let named = Set(headers[canonicalForm: "connection"].map { $0.lowercased() })
        var result = HTTPHeaders()
        result.reserveCapacity(headers.count + 3)
        for (name, value) in headers {
            let lower = name.lowercased()
            guard !hopByHop.contains(lower), !named.contains(lower), !isDropped(lower) else { continue }
            result.add(name: name, value: value)
        }
        return result
    }
}
