import NIOCore
import NIOHTTP1

/// Writes response heads as bytes.
enum ResponseEncoder {
    /// How the client finds the end of the body.
    enum Framing {
        case length(Int)
        case chunked
        case untilClose
        /// No body and no length: 204 and 304.
        case none
    }

    /// What the head says about the connection.
    enum Connection {
        /// The default of HTTP/1.1.
        case unspoken
        case keepAlive
        case close
    }

    /// Writes status line, fields and empty line.
    ///
    /// Framing fields among `headers` are left out: they are the edge's own.
    static func writeHead(
        _ status: HTTPResponseStatus,
        _ headers: HTTPHeaders,
        _ framing: Framing,
        connection: Connection,
        to bytes: inout ByteBuffer
    ) {
        bytes.reserveCapacity(minimumWritableBytes: 512)
        bytes.writeStaticString("HTTP/1.1 ")
        bytes.writeDecimal(Int(status.code))
        bytes.writeStaticString(" ")
        bytes.writeString(status.reasonPhrase)
        bytes.writeStaticString("\r\n")
        for (name, value) in headers where !FramingField.isOurs(name) { bytes.writeField(name, value) }
        switch framing {
        case .length(let length): bytes.writeContentLength(length)
        case .chunked: bytes.writeStaticString("transfer-encoding: chunked\r\n")
        case .untilClose, .none: break
        }
        switch connection {
        case .unspoken: break
        case .keepAlive: bytes.writeStaticString("connection: keep-alive\r\n")
        case .close: bytes.writeStaticString("connection: close\r\n")
        }
        bytes.writeStaticString("\r\n")
    }
}
