import HTTPTypes
import Hummingbird

/// The headers that every answer carries, whatever the route.
enum SecurityHeaders {
    /// Nothing from elsewhere, nothing inline, nobody's frame.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        + "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    /// `same-origin` and not `no-referrer`: under that browsers send `Origin: null` with forms, which is refused.
    private static let fixed: [(String, String)] = [
        ("Content-Security-Policy", policy),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
    private static let names = fixed.compactMap { pair in HTTPField.Name(pair.0).map { ($0, pair.1) } }

    static func add(to response: inout Response, requestID: String) {
        for (name, value) in names { response.headers[name] = value }
        // Pages hold what only their visitor may see; files with a hash in their name say otherwise themselves.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        response.headers.set("X-Request-Id", requestID)
    }
}

extension HTTPFields {
    /// The value of a field by its name as text.
    package func value(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { self[$0] }
    }

    /// Sets a field by its name as text; a name that is none is left out.
    package mutating func set(_ name: String, _ value: String) {
        if let name = HTTPField.Name(name) { self[name] = value }
    }
}
