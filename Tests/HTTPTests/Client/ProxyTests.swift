import HTTP
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

/// A proxy of a few lines: greets, then joins both sides.
private struct TestProxy {
    enum Kind {
        case http
        case socks5
    }

    let server: RawServer
    let asked: Asked

    final class Asked: Sendable {
        private let text = Mutex("")
        var target: String { text.withLock { $0 } }
        func note(_ target: String) { text.withLock { $0 = target } }
    }

    /// Every tunnel leads to `port` on loopback, whatever was asked for.
    static func start(_ kind: Kind, to port: Int, credentials: String? = nil) async throws -> TestProxy {
        let asked = Asked()
        let server = try await RawServer.start { client async throws in
            switch kind {
            case .http:
                let head = try await client.receive(containing: "\r\n\r\n")
                asked.note(String(head.prefix { !$0.isNewline }))
                if let credentials, !head.contains("proxy-authorization: Basic \(credentials)\r\n") {
                    client.send("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
                    try await client.receiveToEnd()
                    return
                }
                client.forget()
                try await join(
                    client,
                    to: port,
                    greeting: Array("HTTP/1.1 200 Connection established\r\nx: y\r\n\r\n".utf8)
                )
            case .socks5: try await greetSOCKS(client, to: port, credentials, asked)
            }
        }
        return TestProxy(server: server, asked: asked)
    }

    private static func greetSOCKS(
        _ client: RawConnection,
        to port: Int,
        _ credentials: String?,
        _ asked: Asked
    ) async throws {
        try await client.receive(count: 3)
        client.forget()
        if let credentials {
            client.send([5, 2])
            try await client.receive(containing: credentials)
            client.forget()
            client.send([1, 0])
        } else {
            client.send([5, 0])
        }
        try await client.receive(count: 7)
        let request = Array(buffer: client.received)
        client.forget()
        asked.note(request[3] == 3 ? String(decoding: request[5..<(5 + Int(request[4]))], as: UTF8.self) : "address")
        try await join(client, to: port, greeting: [5, 0, 0, 1, 127, 0, 0, 1, 0, 80])
    }

    private static func join(_ client: RawConnection, to port: Int, greeting: [UInt8]) async throws {
        let origin = try await RawConnection.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: port))
        client.send(greeting)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (from, to) in [(client, origin), (origin, client)] {
                group.addTask {
                    while true {
                        try await from.receive(count: 1, within: .seconds(20))
                        let bytes = from.take()
                        to.send(bytes)
                    }
                }
            }
            defer { origin.close() }
            try await group.next()
        }
    }
}

@Suite("Proxies", .timeLimit(.minutes(2)))
struct ProxyTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

    private static func address(
        _ kind: ProxyAddress.Kind,
        _ port: Int,
        _ user: String? = nil,
        _ word: String? = nil
    ) -> ProxyAddress {
        ProxyAddress(kind: kind, host: "127.0.0.1", port: port, username: user, password: word)
    }

    @Test("a plain origin is reached through CONNECT, and the tunnel is kept alive")
    func connect() async throws {
        let upstream = try await RawServer.start { try await $0.answerAll(Self.ok) }
        let proxy = try await TestProxy.start(.http, to: upstream.port)
        // The name resolves nowhere: only the proxy knows it. The proxy's own loopback address is the operator's choice.
        try await withClient(egress: EgressPolicy()) { client async throws in
            let origin = UpstreamOrigin(
                scheme: .http,
                host: "upstream.test",
                port: 80,
                proxy: Self.address(.http, proxy.server.port)
            )
            #expect(try await client.text(from: origin) == "ok")
            #expect(try await client.text(from: origin) == "ok")
        }
        #expect(proxy.asked.target == "CONNECT upstream.test:80 HTTP/1.1")
        #expect(proxy.server.connections == 1 && upstream.connections == 1)
        await proxy.server.stop()
        await upstream.stop()
    }

    @Test("CONNECT with basic authentication", arguments: [("me", "s:cret", true), ("me", "wrong", false)])
    func basicAuthentication(user: String, word: String, isRight: Bool) async throws {
        let upstream = try await RawServer.start { try await $0.answerAll(Self.ok) }
        let proxy = try await TestProxy.start(.http, to: upstream.port, credentials: "bWU6czpjcmV0")
        try await withClient(egress: EgressPolicy()) { client async throws in
            let origin = UpstreamOrigin(
                scheme: .http,
                host: "upstream.test",
                port: 80,
                proxy: Self.address(.http, proxy.server.port, user, word)
            )
            #expect(await client.failure(from: origin) == (isRight ? nil : .proxyFailed))
            if !isRight { #expect(await eventually { client.openConnections == 0 }) }
        }
        await proxy.server.stop()
        await upstream.stop()
    }

    @Test("SOCKS5 without and with authentication; the proxy resolves the name", arguments: [false, true])
    func socks(authenticates: Bool) async throws {
        let upstream = try await RawServer.start { try await $0.answerAll(Self.ok) }
        let proxy = try await TestProxy.start(
            .socks5,
            to: upstream.port,
            credentials: authenticates ? "\u{2}me\u{6}s:cret" : nil
        )
        try await withClient(egress: EgressPolicy()) { client async throws in
            let address = Self.address(
                .socks5,
                proxy.server.port,
                authenticates ? "me" : nil,
                authenticates ? "s:cret" : nil
            )
            let origin = UpstreamOrigin(scheme: .http, host: "upstream.test", port: 80, proxy: address)
            #expect(try await client.text(from: origin) == "ok")
        }
        #expect(proxy.asked.target == "upstream.test")
        await proxy.server.stop()
        await upstream.stop()
    }

    @Test("TLS is spoken through the tunnel with the origin's name", arguments: [ProxyAddress.Kind.http, .socks5])
    func tlsThroughProxy(kind: ProxyAddress.Kind) async throws {
        let upstream = try await RawServer.start(tls: TLSFixture.serverContext()) { try await $0.answerAll(Self.ok) }
        let proxy = try await TestProxy.start(kind == .http ? .http : .socks5, to: upstream.port)
        try await withClient {
            $0.tls.trustRoots = .file(Fixture.path("certificate.pem"))
        } _: { client async throws in
            var origin = UpstreamOrigin(
                scheme: .https,
                host: "upstream.test",
                port: 443,
                proxy: Self.address(kind, proxy.server.port)
            )
            #expect(try await client.text(from: origin) == "ok")
            origin.host = "other.test"
            #expect(await client.failure(from: origin) == .tlsFailed)
        }
        await proxy.server.stop()
        await upstream.stop()
    }

    @Test(
        "a proxy that breaks its protocol is an error",
        arguments: [ProxyAddress.Kind.http, .socks5],
        [
            "", "HTTP/1.1 502 Bad\r\n\r\n", "nonsense\r\n\r\n", "\u{5}\u{1}", "\u{5}\u{0}\u{5}\u{4}\u{0}\u{1}",
            "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200",
        ]
    )
    func broken(kind: ProxyAddress.Kind, answer: String) async throws {
        let proxy = try await RawServer.start { connection in
            try await connection.receive(count: 3)
            try await connection.channel.writeAndFlush(ByteBuffer(string: answer)).get()
        }
        try await withClient { client async throws in
            let origin = UpstreamOrigin(scheme: .http, host: "x.test", port: 80, proxy: Self.address(kind, proxy.port))
            #expect(await client.failure(from: origin) == .proxyFailed)
            #expect(await eventually { client.openConnections == 0 })
        }
        await proxy.stop()
    }

    @Test(
        "what names a special address by itself is refused before the proxy hears of it",
        arguments: ["169.254.169.254", "0x7f.1", "localhost", "api.localhost", "::1", "10.0.0.1"]
    )
    func specialTargets(host: String) async throws {
        let proxy = try await RawServer.start { try await $0.receiveToEnd() }
        try await withClient(egress: EgressPolicy()) { client async throws in
            let origin = UpstreamOrigin(scheme: .http, host: host, port: 80, proxy: Self.address(.http, proxy.port))
            guard case .refusedByPolicy = await client.failure(from: origin) else {
                Issue.record("\(host) was not refused")
                return
            }
        }
        #expect(proxy.connections == 0)
        await proxy.stop()
    }
}
