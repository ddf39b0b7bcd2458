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
        let body = request.body
        let isCopied = body.readableBytes <= copyLimit
        var capacity = 64 + (request.prepared?.bytes.readableBytes ?? 0) + (try fieldsCapacity(request.headers))
        if request.prepared == nil { capacity += try startCapacity(request.method, request.path, origin) }
        var bytes = ByteBuffer()
        bytes.reserveCapacity(capacity + (isCopied ? body.readableBytes : 0))
        if let prepared = request.prepared { bytes.writeImmutableBuffer(prepared.bytes) }
        bytes.writeHead(capacity: capacity) { writer in
            if request.prepared == nil { writeStart(request.method, request.path, origin, &writer) }
            for (name, value) in request.headers where isSent(name) { writer.put(field: name, value) }
            if body.readableBytes > 0 || mayHaveBody(request.method) { writer.put(contentLength: body.readableBytes) }
            writer.put("\r\n")
        }
        if isCopied, body.readableBytes > 0 { bytes.writeImmutableBuffer(body) }
        return bytes
    }

    /// Writes the beginning of a head that many requests share.
    static func beginning(
        _ method: HTTPMethod,
        _ path: String,
        _ headers: HTTPHeaders,
        to origin: UpstreamOrigin
    ) throws(UpstreamError) -> ByteBuffer {
        let capacity = try startCapacity(method, path, origin) + (try fieldsCapacity(headers))
        var bytes = ByteBuffer()
        bytes.writeHead(capacity: capacity) { writer in
            writeStart(method, path, origin, &writer)
            for (name, value) in headers where isSent(name) { writer.put(field: name, value) }
        }
        return bytes
    }

    private static func startCapacity(
        _ method: HTTPMethod,
        _ path: String,
        _ origin: UpstreamOrigin
    ) throws(UpstreamError) -> Int {
        guard let first = path.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "*"),
            path.hasOnly(ASCII.isTarget)
        else { throw .malformed("the request path is not a path") }
        let name = method.rawValue
        guard !name.isEmpty, name.hasOnly(ASCII.isToken) else {
            throw .malformed("the request method is not a token")
        }
        return 64 + name.utf8.count + path.utf8.count + origin.authority.utf8.count
    }

    private static func fieldsCapacity(_ headers: HTTPHeaders) throws(UpstreamError) -> Int {
        var capacity = 0
        for (name, value) in headers where isSent(name) {
            guard !name.isEmpty, name.hasOnly(ASCII.isToken), value.isFieldValue else {
                throw .malformed("a request header holds a forbidden character")
            }
            capacity += name.utf8.count + value.utf8.count + 4
        }
        return capacity
    }

    private static func writeStart(
        _ method: HTTPMethod,
        _ path: String,
        _ origin: UpstreamOrigin,
        _ writer: inout HeadWriter
    ) {
        writer.put(method.rawValue)
        writer.put(" ")
        writer.put(path)
        writer.put(" HTTP/1.1\r\nhost: ")
        writer.put(origin.authority)
        writer.put("\r\n")
    }

    private static func isSent(_ name: String) -> Bool {
        !FramingField.isOurs(name) && !ASCII.matches(name, "host")
    }

    private static func mayHaveBody(_ method: HTTPMethod) -> Bool {
        method == .POST || method == .PUT || method == .PATCH
    }
}
