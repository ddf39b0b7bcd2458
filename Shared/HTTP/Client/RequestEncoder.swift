import NIOCore
import NIOHTTP1

/// Writes request heads as bytes.
enum RequestEncoder {
    /// Bodies up to this size are copied behind the head and leave in one buffer.
    static let copyLimit = 16 << 10

    /// Writes the head of a request, and its body if it is small.
    ///
    /// - Throws: ``UpstreamError/malformed(_:)`` for a target or a field that would break the message.
    static func encode(_ request: UpstreamRequest, to origin: UpstreamOrigin) throws(UpstreamError) -> ByteBuffer {
        guard let first = request.path.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "*"),
            request.path.hasOnly(ASCII.isTarget)
        else { throw .malformed("the request path is not a path") }
        let method = request.method.rawValue
        guard !method.isEmpty, method.hasOnly(ASCII.isToken) else {
            throw .malformed("the request method is not a token")
        }
        var capacity = 128 + method.utf8.count + request.path.utf8.count + origin.authority.utf8.count
        for (name, value) in request.headers where isSent(name) {
            guard !name.isEmpty, name.hasOnly(ASCII.isToken), value.hasOnly(ASCII.isFieldValue) else {
                throw .malformed("a request header holds a forbidden character")
            }
            capacity += name.utf8.count + value.utf8.count + 4
        }
        let body = request.body
        let isCopied = body.readableBytes <= copyLimit
        var bytes = ByteBuffer()
        bytes.reserveCapacity(capacity + (isCopied ? body.readableBytes : 0))
        bytes.writeHead(capacity: capacity) { writer in
            writer.put(method)
            writer.put(" ")
            writer.put(request.path)
            writer.put(" HTTP/1.1\r\nhost: ")
            writer.put(origin.authority)
            writer.put("\r\n")
            for (name, value) in request.headers where isSent(name) { writer.put(field: name, value) }
            if body.readableBytes > 0 || mayHaveBody(request.method) { writer.put(contentLength: body.readableBytes) }
            writer.put("\r\n")
        }
        if isCopied, body.readableBytes > 0 { bytes.writeImmutableBuffer(body) }
        return bytes
    }

    private static func isSent(_ name: String) -> Bool {
        !FramingField.isOurs(name) && !ASCII.matches(name, "host")
    }

    private static func mayHaveBody(_ method: HTTPMethod) -> Bool {
        method == .POST || method == .PUT || method == .PATCH
    }
}
