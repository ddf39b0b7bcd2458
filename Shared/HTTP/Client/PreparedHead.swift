import NIOCore
package import NIOHTTP1

/// The beginning of a request's head, checked and written once for all requests that share it.
///
/// Request line, `Host` and whatever fields do not change from one request to the next; what changes follows it.
package struct PreparedHead: Sendable {
    let method: HTTPMethod
    let path: String
    let bytes: ByteBuffer

    /// Writes the beginning.
    ///
    /// - Throws: ``UpstreamError/malformed(_:)`` for a path or a field that would break the message.
    package init(
        _ method: HTTPMethod,
        _ path: String,
        headers: HTTPHeaders,
        to origin: UpstreamOrigin
    ) throws(UpstreamError) {
        self.method = method
        self.path = path
        bytes = try RequestEncoder.beginning(method, path, headers, to: origin)
    }
}
