import Contracts
import NIOCore
import NIOSSL
import PeerRPC
import Testing

@Suite("Trust over TCP")
struct TLSTests {
    private static func fixture(_ name: String) -> String {
        "\(#filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/"))"
            + "/Fixtures/\(name)"
    }

    private static func serverTLS(asksForCertificate: Bool) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMFile(fixture("server.pem")).map(NIOSSLCertificateSource.certificate)
        let key = try NIOSSLPrivateKey(file: fixture("server.key"), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
        if asksForCertificate {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .file(fixture("ca.pem"))
        }
        return tls
    }

    private static func clientTLS(hasCertificate: Bool) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(fixture("ca.pem"))
        if hasCertificate {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(fixture("client.pem")).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: fixture("client.key"), format: .pem))
        }
        return tls
    }

    /// Starts a server on TCP, makes one call, and returns its answer or throws its error.
    private func call(
        tls: TLSConfiguration?,
        token: String? = nil,
        scheme: String = "tls",
        host: String = "localhost",
        _ adjust: (inout RPCClientConfiguration) -> Void
    ) async throws -> String {
        var configuration = RPCServerConfiguration(listen: .tcp(host: "127.0.0.1", port: 0))
        configuration.tls = tls
        configuration.bearerToken = token
        let server = RPCServer(configuration, registry: makeRegistry(), group: loops, logger: silentLogger)
        guard case .tcp(_, let port) = try await server.start() else { throw TestFailure("not a TCP address") }
        let client = try makeClient("\(scheme)://\(host):\(port)", adjust)
        let result: Result<String, any Error>
        do {
            let large = String(repeating: "x", count: 300_000)
            _ = try await client.call(TestMethods.echo, Note(large), deadline: soon())
            result = .success(try await client.call(TestMethods.echo, Note("hello"), deadline: soon()).text)
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        await server.stop(drain: .zero)
        return try result.get()
    }

    @Test("a client with a certificate is served", arguments: ["localhost", "127.0.0.1"])
    func clientCertificate(host: String) async throws {
        let tls = try Self.serverTLS(asksForCertificate: true)
        let clientTLS = try Self.clientTLS(hasCertificate: true)
        #expect(try await call(tls: tls, host: host) { $0.tls = clientTLS } == "hello")
    }

    @Test("a client without a certificate is not")
    func noClientCertificate() async throws {
        let tls = try Self.serverTLS(asksForCertificate: true)
        let clientTLS = try Self.clientTLS(hasCertificate: false)
        let error = await #expect(throws: ServiceError.self) { _ = try await call(tls: tls) { $0.tls = clientTLS } }
        #expect(error?.code == .unavailable)
    }

    @Test("a client with the bearer token is served over TLS")
    func bearer() async throws {
        let tls = try Self.serverTLS(asksForCertificate: false)
        let clientTLS = try Self.clientTLS(hasCertificate: false)
        let answer = try await call(tls: tls, token: "secret") {
            $0.tls = clientTLS
            $0.bearerToken = "secret"
        }
        #expect(answer == "hello")
    }

    @Test("a client with no token or the wrong one is told so", arguments: [nil, "", "secre", "secret2"])
    func wrongBearer(token: String?) async throws {
        let tls = try Self.serverTLS(asksForCertificate: false)
        let clientTLS = try Self.clientTLS(hasCertificate: false)
        let error = await #expect(throws: ServiceError.self) {
            _ = try await call(tls: tls, token: "secret") {
                $0.tls = clientTLS
                $0.bearerToken = token
            }
        }
        #expect(error?.code == .unauthenticated)
    }

    @Test("streams carry the token in every frame")
    func bearerInStreams() async throws {
        var configuration = RPCServerConfiguration(listen: .tcp(host: "127.0.0.1", port: 0))
        configuration.bearerToken = "secret"
        let server = RPCServer(configuration, registry: makeRegistry(), group: loops, logger: silentLogger)
        guard case .tcp(_, let port) = try await server.start() else { throw TestFailure("not a TCP address") }
        let client = try makeClient("tcp://127.0.0.1:\(port)") { $0.bearerToken = "secret" }
        let stream = try await client.duplex(TestMethods.mirror, Note(""), deadline: soon())
        for number in 0..<100 {
            try await stream.send(Note("x", number))
            #expect(try await stream.next()?.number == number)
        }
        await stream.finish()
        #expect(try await stream.result().number == 100)
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a server whose certificate no root vouches for is not spoken to")
    func wrongRoot() async throws {
        let tls = try Self.serverTLS(asksForCertificate: false)
        let error = await #expect(throws: ServiceError.self) {
            _ = try await call(tls: tls, token: "secret") {
                $0.tls = .makeClientConfiguration()
                $0.bearerToken = "secret"
            }
        }
        #expect(error?.code == .unavailable)
    }

    @Test("plain TCP serves the loopback interface")
    func plainLoopback() async throws {
        #expect(try await call(tls: nil, scheme: "tcp") { _ in } == "hello")
    }

    @Test("a server refuses plain TCP beyond the loopback interface, and TLS without credentials")
    func refusals() async throws {
        func start(_ adjust: (inout RPCServerConfiguration) throws -> Void) async throws {
            var configuration = RPCServerConfiguration(listen: .tcp(host: "0.0.0.0", port: 0))
            try adjust(&configuration)
            let server = RPCServer(configuration, registry: makeRegistry(), group: loops, logger: silentLogger)
            _ = try await server.start()
            await server.stop(drain: .zero)
        }
        await #expect(throws: RPCServerError.plaintextRefused(address: "tcp://0.0.0.0:0")) { try await start { _ in } }
        await #expect(throws: RPCServerError.plaintextRefused(address: "tcp://0.0.0.0:0")) {
            try await start { $0.bearerToken = "secret" }
        }
        await #expect(throws: RPCServerError.credentialsMissing(address: "tcp://0.0.0.0:0")) {
            try await start { $0.tls = try Self.serverTLS(asksForCertificate: false) }
        }
        await #expect(throws: Never.self) { try await start { $0.allowPlaintext = true } }
    }

    @Test("a client refuses plain TCP beyond the loopback interface")
    func clientRefusal() async throws {
        let client = try makeClient("tcp://192.0.2.1:9")
        let start = ContinuousClock.now
        let error = await #expect(throws: ServiceError.self) {
            _ = try await client.call(TestMethods.echo, Note(""), deadline: soon())
        }
        #expect(error?.reason == "no_server")
        #expect(start.duration(to: .now) < .seconds(5))
        await client.shutdown()
    }
}
