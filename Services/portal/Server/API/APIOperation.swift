import Contracts
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import PortalCore

/// One method of one address of the API: the route and its description are made from the same value.
struct APIOperation: Sendable {
    enum Verb: String, Sendable {
        case get
        case post
        case put
        case delete

        var method: HTTPRequest.Method {
            switch self {
            case .get: .get
            case .post: .post
            case .put: .put
            case .delete: .delete
            }
        }
    }

    /// A parameter of the query.
    struct Query: Sendable {
        var name: String
        var schema: Schema
        var summary: String
    }

    /// What it answers with when all is well.
    enum Output: Sendable {
        case json(Schema, status: Int)
        case nothing
        /// The description of the API itself, or the stream of events.
        case other(type: String)
    }

    var verb: Verb
    /// As OpenAPI writes it: `/api/keys/{id}`.
    var path: String
    /// Unique; the name that generated clients use.
    var id: String
    var tag: String
    var summary: String
    var query: [Query] = []
    var body: Schema?
    var output: Output
    /// Whether `If-Match` is honoured.
    var takesEtag = false
    var run: @Sendable (APICall) async throws -> Response

    /// As the router writes it.
    var pattern: String { path.replacing("{", with: ":").replacing("}", with: "") }

    var takesID: Bool { path.contains("{id}") }
}

extension String {
    /// The text with one piece in place of another; FoundationEssentials would be a high price for it.
    fileprivate func replacing(_ piece: Character, with other: String) -> String {
        reduce(into: "") { $0 += $1 == piece ? other : String($1) }
    }
}

/// A request of the API.
struct APICall: Sendable {
    let request: Request
    let context: PortalContext

    /// The id of the path.
    var id: String {
        get throws { try context.pathID }
    }

    /// The version that the caller has read; `nil` when any will do.
    var etag: String? {
        guard let text = request.headers.value("If-Match"), text != "*" else { return nil }
        let bare = text.hasPrefix("W/") ? text.dropFirst(2) : text[...]
        return bare.hasPrefix("\"") && bare.hasSuffix("\"") && bare.utf8.count >= 2
            ? String(bare.dropFirst().dropLast()) : String(bare)
    }

    func query(_ name: String) -> String? {
        request.uri.queryParameters.get(name)
    }

    /// A number of the query.
    func number(_ name: String) throws(ServiceError) -> Int? {
        guard let text = query(name) else { return nil }
        guard let number = Int(text) else { throw .invalid(name, "is not a number") }
        return number
    }

    /// Reads the body, which must be JSON and say so.
    func body<Message: WireCodable>(_ type: Message.Type = Message.self) async throws -> Message {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type == "application/json" || type.hasPrefix("application/json;") else {
            throw Problem(
                status: 415,
                reason: "content_type",
                title: "Not acceptable as sent",
                detail: "send Content-Type: application/json"
            )
        }
        let buffer = try await request.body.collect(upTo: PortalLimits.body)
        let document = try JSONDocument(Array(buffer.readableBytesView))
        return try Message(from: document.root)
    }
}
