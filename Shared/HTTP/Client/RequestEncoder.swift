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
        let copied = request.body.readableBytes <= copyLimit ? request.body.readableBytes : 0
        var bytes = ByteBuffer()
        bytes.reserveCapacity(512 + request.path.utf8.count + copied)
        guard let first = request.path.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "*"),
            request.path.utf8.allSatisfy(ASCII.isTarget)
        else { throw .malformed("the request path is not a path") }
        let method = request.method.rawValue
        guard !method.isEmpty, method.utf8.allSatisfy(ASCII.isToken) else {
            throw .malformed("the request method is not a token")
        }
        bytes.writeString(method)
        bytes.writeStaticString(" ")
        bytes.writeString(request.path)
        bytes.writeStaticString(" HTTP/1.1\r\nhost: ")
        bytes.writeString(origin.authority)
        bytes.writeStaticString("\r\n")
        for (name, value) in request.headers where !FramingField.isOurs(name) && !ASCII.matches(name, "host") {
            guard !name.isEmpty, name.utf8.allSatisfy(ASCII.isToken), value.utf8.allSatisfy(ASCII.isFieldValue) else {
                throw .malformed("a request header holds a forbidden character")
            }
            bytes.writeString(name)
            bytes.writeStaticString(": ")
            bytes.writeString(value)
            bytes.writeStaticString("\r\n")
        }
        if request.body.readableBytes > 0 || request.method == .POST || request.method == .PUT
            || request.method == .PATCH
        {
            bytes.writeContentLength(request.body.readableBytes)
        }
        bytes.writeStaticString("\r\n")
        if copied > 0 { bytes.writeImmutableBuffer(request.body) }
        return bytes
    }
}
