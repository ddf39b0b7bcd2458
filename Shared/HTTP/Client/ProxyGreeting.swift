import NIOCore
import NIOHTTP1

/// Asks a proxy for a tunnel to the connection's origin.
struct ProxyGreeting {
    let connection: UpstreamConnection
    let deadline: NIODeadline

    func greet(_ proxy: ProxyAddress) async throws(UpstreamError) {
        switch proxy.kind {
        case .http: try await connectHTTP(proxy)
        case .socks5: try await connectSOCKS(proxy)
        }
        // Bytes before we spoke to the origin cannot be the origin's answer.
        guard connection.inbound.readableBytes == 0 else { throw .proxyFailed }
    }

    // MARK: HTTP CONNECT

    private func connectHTTP(_ proxy: ProxyAddress) async throws(UpstreamError) {
        let host = connection.origin.host
        let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let authority = "\(name):\(connection.origin.port)"
        var request = ByteBuffer(string: "CONNECT \(authority) HTTP/1.1\r\nhost: \(authority)\r\n")
        if let username = proxy.username {
            let credentials = Base64.encoded(Array("\(username):\(proxy.password ?? "")".utf8))
            request.writeHead(capacity: credentials.utf8.count + 64) { writer in
                writer.put(field: "proxy-authorization", "Basic " + credentials)
            }
        }
        request.writeStaticString("\r\n")
        connection.send(request)
        var scanner = HeadScanner()
        let limits = HeadLimits(firstLineBytes: 8 << 10, bytes: 32 << 10, fields: 100)
        while true {
            do throws(HTTPWireError) {
                if let length = try scanner.scan(connection.inbound, limits: limits),
                    let head = connection.inbound.readSlice(length: length)
                {
                    let status = try HeadParser.response(head).head.status.code
                    if (200..<300).contains(status) { return }
                    break
                }
            } catch {
                break
            }
            try await more()
        }
        throw .proxyFailed
    }

    // MARK: SOCKS5 (RFC 1928, 1929)

    private func connectSOCKS(_ proxy: ProxyAddress) async throws(UpstreamError) {
        let methods: [UInt8] = proxy.username == nil ? [5, 1, 0] : [5, 2, 0, 2]
        connection.send(ByteBuffer(bytes: methods))
        let choice = try await read(2)
        guard choice[0] == 5 else { throw .proxyFailed }
        switch choice[1] {
        case 0: break
        case 2 where proxy.username != nil: try await authenticate(proxy)
        default: throw .proxyFailed
        }
        try connection.send(socksRequest())
        let reply = try await read(4)
        guard reply[0] == 5, reply[1] == 0 else { throw .proxyFailed }
        switch reply[3] {
        case 1: _ = try await read(4 + 2)
        case 4: _ = try await read(16 + 2)
        case 3:
            let length = try await read(1)
            _ = try await read(Int(length[0]) + 2)
        default: throw .proxyFailed
        }
    }

    private func authenticate(_ proxy: ProxyAddress) async throws(UpstreamError) {
        let username = Array((proxy.username ?? "").utf8.prefix(255))
        let password = Array((proxy.password ?? "").utf8.prefix(255))
        var message = ByteBuffer(bytes: [1, UInt8(username.count)])
        message.writeBytes(username)
        message.writeInteger(UInt8(password.count))
        message.writeBytes(password)
        connection.send(message)
        let reply = try await read(2)
        guard reply[1] == 0 else { throw .proxyFailed }
    }

    private func socksRequest() throws(UpstreamError) -> ByteBuffer {
        let origin = connection.origin
        var request = ByteBuffer(bytes: [5, 1, 0])
        if let address = AddressBytes.parse(origin.host) {
            request.writeInteger(UInt8(address.count == 4 ? 1 : 4))
            request.writeBytes(address)
        } else {
            guard (1...255).contains(origin.host.utf8.count) else { throw .proxyFailed }
            request.writeInteger(UInt8(3))
            request.writeInteger(UInt8(origin.host.utf8.count))
            request.writeString(origin.host)
        }
        request.writeInteger(UInt16(clamping: origin.port))
        return request
    }

    // MARK: Reading

    private func read(_ count: Int) async throws(UpstreamError) -> [UInt8] {
        while true {
            if let bytes = connection.inbound.readBytes(length: count) { return bytes }
            try await more()
        }
    }

    private func more() async throws(UpstreamError) {
        if connection.isClosed { throw .proxyFailed }
        try await connection.awaitBytes(until: deadline, else: .connectTimedOut)
    }
}

/// Base64 with padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.enumerated().reduce(0) { $0 | Int($1.element) << (16 - 8 * $1.offset) }
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[word >> (18 - 6 * index) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
