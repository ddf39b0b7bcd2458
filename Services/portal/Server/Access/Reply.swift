package import Contracts
import HTTPTypes
package import Hummingbird
import JSON
import NIOCore
package import PortalCore

/// Answers of the usual kinds.
package enum Reply {
    /// To another page, after a form; GET is what follows.
    ///
    /// - Parameters:
    ///   - path: On this portal.
    ///   - notice: What the page there says once.
    ///   - undo: Names what takes the act back; the page there offers it.
    ///   - context: For the cookies.
    /// - Returns: The answer, 303.
    package static func redirect(
        to path: String,
        notice: Notice? = nil,
        undo: String? = nil,
        _ context: PortalContext
    ) -> Response {
        var response = Response(status: .seeOther, headers: [.location: path])
        if let notice { response.setCookie(PortalCookies.notice(notice, context.scheme)) }
        if let undo { response.setCookie(PortalCookies.undo(undo, context.scheme)) }
        return response
    }

    /// A page.
    package static func html(
        _ text: String,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// A message as JSON; its `etag` becomes the header of that name.
    package static func json(
        _ message: some WireCodable,
        status: HTTPResponse.Status = .ok,
        location: String? = nil
    ) -> Response {
        var writer = JSONWriter()
        message.write(to: &writer)
        var response = json(bytes: writer.bytes, status: status)
        if let etag = (try? JSONDocument(writer.bytes))?.root["etag"]?.string, !etag.isEmpty {
            response.headers[.eTag] = "\"\(etag)\""
        }
        if let location { response.headers[.location] = location }
        return response
    }

    /// JSON that is written already.
    package static func json(bytes: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// A problem as JSON (RFC 9457).
    package static func problem(_ problem: Problem) -> Response {
        var writer = JSONWriter()
        writer.object { fields in
            fields.string("type", problem.type)
            fields.string("title", problem.title)
            fields.integer("status", problem.status)
            fields.string("detail", problem.detail)
            fields.string("instance", problem.instance)
            fields.string("reason", problem.reason)
            if let seconds = problem.retryAfter { fields.integer("retry_after", seconds) }
            if !problem.details.isEmpty {
                fields.object("details") { details in
                    for (name, value) in problem.details.sorted(by: { $0.key < $1.key }) { details.string(name, value) }
                }
            }
        }
        var response = json(bytes: writer.bytes, status: HTTPResponse.Status(code: problem.status))
        response.headers[.contentType] = "application/problem+json"
        if let seconds = problem.retryAfter { response.headers.set("Retry-After", "\(seconds)") }
        return response
    }
}
