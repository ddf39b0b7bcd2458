import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1

/// What the router says in the portal's place: as a page for browsers, as problem details below `/api`, else as text.
struct PortalNotice: Sendable {
    var status: HTTPResponseStatus
    /// In snake_case, the end of the problem's type.
    var reason: String
    var title: String
    /// A sentence or two for whoever reads it.
    var detail: String

    static let away = PortalNotice(
        status: .serviceUnavailable,
        reason: "portal_away",
        title: "The portal is away",
        detail: "The dashboard does not answer right now. The API is not affected. Try again in a moment; "
            + "keirouter status says what runs, and the log says why."
    )
    static let busy = PortalNotice(
        status: .serviceUnavailable,
        reason: "portal_busy",
        title: "Too many at once",
        detail: "As many pages and streams are open as there may be. Close some, or try again in a moment."
    )
    static let tooLarge = PortalNotice(
        status: .payloadTooLarge,
        reason: "body_too_large",
        title: "Too large",
        detail: "A request to the portal may hold \(PortalProxy.maximumBody) bytes."
    )
    static let malformed = PortalNotice(
        status: .badRequest,
        reason: "malformed",
        title: "Not understood",
        detail: "This request cannot be passed on as it is."
    )
    static let wrongMethod = PortalNotice(
        status: .methodNotAllowed,
        reason: "method_not_allowed",
        title: "Not this way",
        detail: "This method is not understood here."
    )

    /// Why an operator's page is not shown.
    static func forbidden(_ why: String) -> PortalNotice {
        PortalNotice(
            status: .forbidden,
            reason: "forbidden",
            title: "Not from here",
            detail: "The dashboard is not shown: \(why)."
        )
    }

    /// Where the dashboard is when it is not here.
    static func elsewhere(_ place: String) -> PortalNotice {
        PortalNotice(
            status: .ok,
            reason: "elsewhere",
            title: "KeiRouter",
            detail: "The API is at /v1, the usage portal at /portal. The dashboard has a listener of its own: \(place)."
        )
    }

    static let nothing = PortalNotice(
        status: .notFound,
        reason: "not_found",
        title: "Nothing here",
        detail: "There is nothing at this path."
    )

    /// Answers with it.
    ///
    /// - Returns: The status.
    func answer(_ exchange: HTTPExchange) -> Int {
        let accepts = exchange.head.headers[canonicalForm: "accept"].contains { $0.hasPrefix("text/html") }
        var headers: HTTPHeaders = [
            "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
            "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
        ]
        if status == .serviceUnavailable { headers.add(name: "retry-after", value: "2") }
        let body: ByteBuffer
        if exchange.path == "/api" || exchange.path.hasPrefix("/api/") {
            headers.add(name: "content-type", value: "application/problem+json")
            body = problem
        } else if accepts {
            headers.add(name: "content-type", value: "text/html; charset=utf-8")
            body = page
        } else {
            headers.add(name: "content-type", value: "text/plain; charset=utf-8")
            body = ByteBuffer(string: "\(title): \(detail)\n")
        }
        exchange.respond(status, headers: headers, body: body)
        return Int(status.code)
    }

    private var problem: ByteBuffer {
        var writer = JSONWriter()
        writer.object { fields in
            fields.string("type", "urn:keirouter:problem:\(reason)")
            fields.string("title", title)
            fields.integer("status", Int(status.code))
            fields.string("detail", detail)
        }
        return ByteBuffer(bytes: writer.bytes)
    }

    /// Without a style of its own: the portal that has them is what is missing.
    private var page: ByteBuffer {
        ByteBuffer(
            string: """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>\(Self.escaped(title))</title>
                <h1>\(Self.escaped(title))</h1>
                <p>\(Self.escaped(detail))</p>
                </html>

                """
        )
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}
