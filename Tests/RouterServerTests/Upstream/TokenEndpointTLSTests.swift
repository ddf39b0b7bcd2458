import Dialects
import Foundation
import HTTP
import NIOCore
import NIOPosix
import NIOSSL
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

/// Tokens from an endpoint behind TLS, as Google's own is.
@Suite("Tokens of service accounts over TLS", .timeLimit(.minutes(2)))
struct TokenEndpointTLSTests {
    /// The certificate that ``HTTPTests`` shows too: for `upstream.test` and 127.0.0.1.
    private static func file(_ name: String) -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return tests.appending(path: "HTTPTests/Fixtures/\(name)").path
    }

    private static func context() throws -> NIOSSLContext {
        let certificates = try NIOSSLCertificate.fromPEMFile(file("certificate.pem"))
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: file("key.pem"), format: .pem))
            )
        )
    }

    /// What comes of asking for a token at a host, and what the endpoint was asked.
    private static func ask(
        _ host: String,
        tls: Bool = true,
        trusts: Bool = true
    ) async throws -> (answer: Result<String, GoogleTokens.Refusal>, asked: [MockRequest]) {
        let mock = try await MockProvider.start(tls: tls ? context() : nil)
        mock.answer(MockMatch { $0.target == "/token" }) { _ in
            .json(#"{"access_token":"ya29.sealed","expires_in":3600,"token_type":"Bearer"}"#)
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = UpstreamClientConfiguration()
        if trusts { configuration.tls.trustRoots = .file(file("certificate.pem")) }
        let port = mock.port
        configuration.resolve = { _, _ in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
        let client = UpstreamClient(group: group, configuration: configuration, egress: EgressPolicy())
        let tokens = GoogleTokens(egress: EgressClient(client))
        let provider = Provider(
            id: "vertex",
            dialects: [.gemini],
            baseURL: "https://\(host):\(port)/v1",
            connector: .vertex,
            allowsPrivate: true
        )
        let key = ServiceAccountSample.json(tokenURI: "https://\(host):\(port)/token")
        let account = Account(id: "a", provider: "vertex", credential: Credential(key))
        let endpoint = try #require(UpstreamEndpoint(provider, for: account, declared: [], proxy: nil))
        let answer = await Task(executorPreference: LoopExecutor(group.next())) {
            do throws(GoogleTokens.Refusal) {
                return Result<String, GoogleTokens.Refusal>.success(try await tokens.token(for: account, at: endpoint))
            } catch {
                return .failure(error)
            }
        }.value
        await client.shutdown()
        await mock.stop()
        try await group.shutdownGracefully()
        return (answer, mock.exchanges.map(\.request))
    }

    @Test("a trusted endpoint gives a token for a signed assertion")
    func trusted() async throws {
        let (answer, asked) = try await Self.ask("upstream.test")
        #expect(try answer.get() == "ya29.sealed")
        #expect(asked.count == 1 && asked.first?.method == "POST")
        let form = String(decoding: asked.first?.body ?? [], as: UTF8.self)
        #expect(form.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="))
        // Header, claims and signature.
        #expect(form.split(separator: "=").last?.split(separator: ".").count == 3)
    }

    @Test("an assertion goes to nobody who cannot prove its name", arguments: ["other name", "untrusted", "no TLS"])
    func refused(fault: String) async throws {
        let (answer, asked) = try await Self.ask(
            fault == "other name" ? "other.test" : "upstream.test",
            tls: fault != "no TLS",
            trusts: fault != "untrusted"
        )
        let refusal = #expect(throws: GoogleTokens.Refusal.self) { try answer.get() }
        #expect(refusal?.failure.reason == TransportFailure.tlsFailed.rawValue, "\(String(describing: refusal))")
        #expect(asked.isEmpty)
    }
}
