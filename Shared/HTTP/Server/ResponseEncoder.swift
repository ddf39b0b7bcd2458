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
        let reason = status.reasonPhrase
        // What stands in a field is bounded by its text; what stands around them by a small constant.
        let capacity = headers.reduce(192 + reason.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
        bytes.writeHead(capacity: capacity) { writer in
            writer.put("HTTP/1.1 ")
            writer.put(decimal: Int(status.code))
            writer.put(" ")
            writer.put(reason)
            writer.put("\r\n")
            for (name, value) in headers where !FramingField.isOurs(name) { writer.put(field: name, value) }
            switch framing {
            case .length(let length): writer.put(contentLength: length)
            case .chunked: writer.put("transfer-encoding: chunked\r\n")
            case .untilClose, .none: break
            }
            switch connection {
            case .unspoken: break
            case .keepAlive: writer.put("connection: keep-alive\r\n")
            case .close: writer.put("connection: close\r\n")
            }
            writer.put("\r\n")
        }
    }
}
