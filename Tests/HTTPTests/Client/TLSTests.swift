import HTTP
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

/// A self-made certificate for `upstream.test` and 127.0.0.1, valid for a hundred years.
enum TLSFixture {
    static func serverConfiguration() throws -> TLSConfiguration {
        let certificates = try NIOSSLCertificate.fromPEMFile(Fixture.path("certificate.pem"))
        return .makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: Fixture.path("key.pem"), format: .pem))
        )
    }

    static func serverContext() throws -> NIOSSLContext {
        try NIOSSLContext(configuration: serverConfiguration())
    }
}

@Suite("TLS", .timeLimit(.minutes(2)))
struct TLSTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

    private static func trusting(_ configuration: inout UpstreamClientConfiguration, resolvingTo port: Int) {
        configuration.tls.trustRoots = .file(Fixture.path("certificate.pem"))
        configuration.resolve = { _, _ in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
    }

    @Test(
        "a trusted certificate with the right name, or the right address, and the connection is kept",
        arguments: ["upstream.test", "127.0.0.1"]
    )
    func trusted(host: String) async throws {
        let server = try await RawServer.start(tls: TLSFixture.serverContext()) { try await $0.answerAll(Self.ok) }
        try await withClient {
            Self.trusting(&$0, resolvingTo: server.port)
        } _: { client async throws in
            let origin = UpstreamOrigin(scheme: .https, host: host, port: server.port)
            #expect(try await client.text(from: origin) == "ok")
            #expect(try await client.text(from: origin) == "ok")
            #expect(client.idleConnections == 1)
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test("a certificate for another name is refused")
    func wrongName() async throws {
        let server = try await RawServer.start(tls: TLSFixture.serverContext()) { try await $0.answerAll(Self.ok) }
        try await withClient {
            Self.trusting(&$0, resolvingTo: server.port)
        } _: { client async throws in
            let failure = await client.failure(
                from: UpstreamOrigin(scheme: .https, host: "other.test", port: server.port)
            )
            #expect(failure == .tlsFailed)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("a certificate the system does not trust is refused")
    func untrusted() async throws {
        let server = try await RawServer.start(tls: TLSFixture.serverContext()) { try await $0.answerAll(Self.ok) }
        try await withClient { client async throws in
            let failure = await client.failure(
                from: UpstreamOrigin(scheme: .https, host: "127.0.0.1", port: server.port)
            )
            #expect(failure == .tlsFailed)
        }
        await server.stop()
    }

    @Test("a server that speaks no TLS is refused")
    func plainServer() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(count: 1)
            connection.send(Self.ok)
            try await connection.receiveToEnd()
        }
        try await withClient { client async throws in
            let failure = await client.failure(
                from: UpstreamOrigin(scheme: .https, host: "127.0.0.1", port: server.port)
            )
            #expect(failure == .tlsFailed)
        }
        await server.stop()
    }

    @Test("edge and client speak TLS to each other: a large body both ways, HEAD to keep-alive")
    func edge() async throws {
        let tls = try TLSFixture.serverConfiguration()
        try await withServer {
            $0.tls = tls
        } handler: { exchange in
            guard let body = try? await exchange.body(limit: 4 << 20) else { return exchange.abort() }
            exchange.begin(.ok)
            var rest = body
            while let piece = rest.readSlice(length: min(30_000, rest.readableBytes)), piece.readableBytes > 0 {
                guard (try? await exchange.write(piece)) != nil else { return }
            }
            exchange.finish()
        } _: { _, address in
            let port = address.port ?? 0
            try await withClient {
                Self.trusting(&$0, resolvingTo: port)
            } _: { client async throws in
                var generator = SeededGenerator(seed: 3)
                let body = ByteBuffer(bytes: (0..<1_000_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
                let request = UpstreamRequest(method: .POST, path: "/", body: body)
                for _ in 0..<2 {
                    let response = try await client.send(
                        request,
                        to: UpstreamOrigin(scheme: .https, host: "upstream.test", port: port),
                        deadlines: patient
                    )
                    #expect(try await response.collect(limit: 4 << 20) == body)
                }
                #expect(client.idleConnections == 1)
            }
        }
    }
}
