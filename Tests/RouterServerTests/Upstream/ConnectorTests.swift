import Contracts
import Foundation
import JSON
import TestSupport
import Testing

@testable import RouterServer

/// Providers whose wire is not that of their dialect, each with a mock of it, over real sockets.
@Suite("Connectors")
struct ConnectorTests {
    private static func declare(_ providers: [String], _ accounts: [String]) -> String {
        (["  providers:"] + providers.map { "    - \($0)" } + ["  accounts:"] + accounts.map { "    - \($0)" })
            .joined(separator: "\n")
    }

    private static func fixture(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("DialectsTests/Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
    }

    private static func pieces(_ bytes: [UInt8], of size: Int = 13) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    // MARK: Azure

    @Test("Azure is asked by deployment and version, with its own header", arguments: [false, true])
    func azure(stream: Bool) async throws {
        let declare: (MockProvider) -> String = { provider in
            let endpoint = "endpoint: \"http://127.0.0.1:\(provider.port)/\""
            let chosen = "{ \(endpoint), deployment: east-4o, api_version: 2025-01-01-preview }"
            return """
                  accounts:
                    - { provider: azure, label: plain, api_key: azure-0123456789, settings: { \(endpoint) }, priority: 1 }
                    - { provider: azure, label: named, api_key: azure-9876543210, settings: \(chosen), priority: 2 }
                """
        }
        try await RunningRouter.run(declare: declare) { router in
            let body = Sample.body(.openAI, model: "azure/gpt-4o", stream: stream)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200, "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.target == "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21")
            #expect(sent.headers.first("api-key") == "azure-0123456789")
            #expect(sent.headers.first("authorization") == nil && sent.headers.first("x-api-key") == nil)
            #expect(try await router.record(response).outcome == .ok)
            // The next account has a deployment of its own.
            router.provider.answer(MockMatch { $0.target.contains("/gpt-4o/") }) { _ in
                .fault(.rateLimited(retryAfter: 60), .openAI)
            }
            let second = try await router.send(router.chat(.openAI, body))
            #expect(second.status == 200)
            let target = "/openai/deployments/east-4o/chat/completions?api-version=2025-01-01-preview"
            let last = try #require(router.provider.exchanges.last).request
            #expect(last.target == target && last.headers.first("api-key") == "azure-9876543210")
        }
    }

    // MARK: Places in a base URL

    @Test("Cloudflare's account id stands in the path, each account's its own")
    func cloudflare() async throws {
        let declare: (MockProvider) -> String = { provider in
            let base = "http://127.0.0.1:\(provider.port)/client/v4/accounts/{account_id}/ai/v1"
            return Self.declare(
                ["{ id: cloudflare-ai, dialect: openai, base_url: \"\(base)\" }"],
                [
                    "{ provider: cloudflare-ai, label: a, api_key: cf-one, priority: 1, settings: { account_id: 0a1b } }",
                    "{ provider: cloudflare-ai, label: b, api_key: cf-two, priority: 2, settings: { account_id: 2c3d } }",
                ]
            )
        }
        try await RunningRouter.run(declare: declare) { router in
            router.provider.answer(.credential("cf-one")) { _ in .fault(.overloaded, .openAI) }
            let body = Sample.body(.openAI, model: "cloudflare-ai/@cf/meta/llama-3.2-1b-instruct", stream: false)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200, "\(response.text)")
            let targets = router.provider.exchanges.map(\.request.target)
            #expect(targets == ["0a1b", "2c3d"].map { "/client/v4/accounts/\($0)/ai/v1/chat/completions" })
            let sent = try #require(router.provider.exchanges.last).request
            #expect(sent.credential == "cf-two" && sent.model == "@cf/meta/llama-3.2-1b-instruct")
        }
    }

    @Test("Bedrock's region stands in its address, from the setting or from the access key")
    func bedrock() async throws {
        let declare: (MockProvider) -> String = { provider in
            let base = "http://127.0.0.1:\(provider.port)/{region}"
            return Self.declare(
                ["{ id: bedrock, dialect: bedrock, base_url: \"\(base)\" }"],
                [
                    "{ provider: bedrock, label: key, api_key: ABSKabcdefghij, priority: 1, settings: { region: eu-west-3 } }",
                    "{ provider: bedrock, label: aws, api_key: \"\(RunningRouter.amazonSecret)\", priority: 2 }",
                ]
            )
        }
        let answer = try Self.fixture("bedrock-tools.json")
        try await RunningRouter.run(declare: declare) { router in
            router.provider.answer(MockMatch { $0.target.hasPrefix("/eu-west-3/") }) { _ in
                .json(#"{"message":"Too many requests"}"#, status: 429)
            }
            router.provider.answer(MockMatch { $0.target.hasPrefix("/us-east-1/") }) { _ in .body(answer) }
            let body = Sample.body(.openAI, model: "bedrock/amazon.nova-pro-v1:0", stream: false)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200, "\(response.text)")
            let sent = router.provider.exchanges.map(\.request)
            #expect(
                sent.map(\.target)
                    == ["/eu-west-3", "/us-east-1"].map { $0 + "/model/amazon.nova-pro-v1%3A0/converse" }
            )
            #expect(sent.first?.credential == "ABSKabcdefghij")
            #expect(sent.last?.headers.first("authorization")?.hasPrefix("AWS4-HMAC-SHA256 ") == true)
        }
    }

    @Test("Ollama's cloud takes a key and its local server none; both speak its own wire", arguments: [false, true])
    func ollama(local: Bool) async throws {
        let declare: (MockProvider) -> String = { provider in
            let id = local ? "ollama-local" : "ollama"
            let accounts = local ? "[]" : "[ { provider: ollama, api_key: ollama-0123456789 } ]"
            return """
                  providers: [ { id: \(id), dialect: ollama, base_url: "http://127.0.0.1:\(provider.port)" } ]
                  accounts: \(accounts)
                """
        }
        let answer = try Self.fixture("ollama-text.json")
        try await RunningRouter.run(declare: declare) { router in
            router.provider.answer(MockMatch { $0.target == "/api/chat" }) { _ in .body(answer) }
            let model = local ? "ollama-local/llama3.2" : "ollama/gpt-oss:120b"
            let response = try await router.send(
                router.chat(.openAI, Sample.body(.openAI, model: model, stream: false))
            )
            #expect(response.status == 200, "\(response.text)")
            let sent = try #require(router.provider.exchanges.first).request
            #expect(sent.credential == (local ? nil : "ollama-0123456789"))
            #expect(sent.model == (local ? "llama3.2" : "gpt-oss:120b"))
        }
    }

    // MARK: Vertex

    private static func vertex(_ provider: MockProvider) -> String {
        let base = "http://127.0.0.1:\(provider.port)/v1/projects/{project}/locations/{location}"
        let key = ServiceAccountSample.json(tokenURI: "http://127.0.0.1:\(provider.port)/token")
        return declare(
            ["{ id: vertex, dialect: gemini, connector: vertex, base_url: \"\(base)\" }"],
            ["{ provider: vertex, api_key: '\(key)', settings: { location: europe-west4 } }"]
        )
    }

    private static let tokens = MockMatch { $0.target == "/token" }

    private static func token(_ number: Int) -> MockReply {
        .json(#"{"access_token":"ya29.token-\#(number)","expires_in":3600,"token_type":"Bearer"}"#)
    }

    @Test("Gemini on Vertex: one token for many requests, asked for with a signed assertion", arguments: [false, true])
    func gemini(stream: Bool) async throws {
        let answer = try Self.fixture(stream ? "gemini-text.sse" : "gemini-tools.json")
        try await RunningRouter.run(declare: Self.vertex) { router in
            router.provider.answer(Self.tokens) { _ in Self.token(1) }
            router.provider.answer(MockMatch { $0.target.contains("/publishers/google/") }) { _ in
                stream ? .stream(Self.pieces(answer)) : .body(answer)
            }
            let body = Sample.body(.openAI, model: "vertex/gemini-2.5-pro", stream: stream)
            let responses = try await withThrowingTaskGroup(of: RawResponse.self) { group in
                for _ in 0..<8 { group.addTask { try await router.send(router.chat(.openAI, body)) } }
                return try await group.reduce(into: [RawResponse]()) { $0.append($1) }
            }
            #expect(responses.allSatisfy { $0.status == 200 }, "\(responses.map(\.text))")
            let sent = router.provider.exchanges.map(\.request)
            let asked = sent.filter { $0.target == "/token" }
            #expect(asked.count == 1 && sent.count == 9)
            let form = try #require(asked.first).bodyText.split(separator: "&").map(String.init)
            #expect(form.first == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer")
            let assertion = try #require(form.last?.dropFirst("assertion=".count))
            let claims = try #require(ServiceAccountSample.claims(of: String(assertion)))
            #expect(claims["iss"]?.string == ServiceAccountSample.email)
            #expect(claims["aud"]?.string == "http://127.0.0.1:\(router.provider.port)/token")
            #expect(claims["scope"]?.string == "https://www.googleapis.com/auth/cloud-platform")
            #expect((claims["exp"]?.integer ?? 0) - (claims["iat"]?.integer ?? 0) == 3600)
            let action = stream ? "streamGenerateContent?alt=sse" : "generateContent"
            let place = "/v1/projects/acme-ai/locations/europe-west4/publishers/google/models/gemini-2.5-pro:"
            let chats = sent.filter { $0.target != "/token" }
            #expect(chats.allSatisfy { $0.target == place + action && $0.credential == "ya29.token-1" })
        }
    }

    @Test("Anthropic on Vertex: the path names the model and the body the version", arguments: [false, true])
    func anthropic(stream: Bool) async throws {
        try await RunningRouter.run(declare: Self.vertex) { router in
            router.provider.answer(Self.tokens) { _ in Self.token(1) }
            router.provider.answer(MockMatch { $0.target.contains("/publishers/anthropic/") }) { _ in
                let wire = MockDialect.anthropic
                guard stream else { return .json(wire.unary(MockAnswer(), model: "claude-x")) }
                return .stream(wire.frames(MockAnswer(), model: "claude-x", usage: true))
            }
            for dialect in [MockDialect.anthropic, .openAI] {
                let model = "vertex/claude-sonnet-4-5@20250929"
                let body = Sample.body(dialect, model: model, stream: stream)
                let response = try await router.send(router.chat(dialect, body))
                #expect(response.status == 200 && response.text.contains("Hello"), "\(response.text)")
                let sent = try #require(router.provider.exchanges.last).request
                let action = stream ? "streamRawPredict" : "rawPredict"
                let place = "/v1/projects/acme-ai/locations/europe-west4/publishers/anthropic/models/"
                #expect(sent.target == place + "claude-sonnet-4-5@20250929:\(action)")
                #expect(sent.json?["model"] == nil)
                #expect(sent.json?["anthropic_version"]?.string == "vertex-2023-10-16")
                #expect((sent.json?["stream"]?.boolean ?? false) == stream)
                #expect(sent.headers.first("anthropic-version") == nil && sent.credential == "ya29.token-1")
            }
        }
    }

    @Test("a token is replaced before it ends, whatever its length is said to be", arguments: [-5, 0, 120, 3600, .max])
    func renewal(seconds: Int) {
        let start = ContinuousClock.now
        let life = TokenLife(seconds: seconds, from: start)
        let length = Duration.seconds(min(max(seconds, 60), 12 * 3600))
        let due = length > .seconds(600) ? length - .seconds(300) : length / 2
        #expect(life.isGood(start) && !life.isDue(start))
        #expect(!life.isDue(start + due - .milliseconds(1)) && life.isDue(start + due))
        #expect(life.isGood(start + length - .milliseconds(1)) && !life.isGood(start + length))
    }

    @Test("a refused service account is its account's fault, and the operator's test says why")
    func refused() async throws {
        try await RunningRouter.run(declare: Self.vertex) { router in
            router.provider.answer(Self.tokens) { _ in
                .json(#"{"error":"invalid_grant","error_description":"Invalid JWT Signature."}"#, status: 400)
            }
            let body = Sample.body(.openAI, model: "vertex/gemini-2.5-pro", stream: false)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status != 400 && response.status >= 400)
            let record = try await router.record(response)
            #expect(record.attempts == ["vertex/gemini-2.5-pro 400 upstream_authentication"])
            #expect(router.provider.exchanges.allSatisfy { $0.request.target == "/token" })
        }
    }
}
