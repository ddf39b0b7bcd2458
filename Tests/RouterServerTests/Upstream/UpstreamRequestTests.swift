import Dialects
import Foundation
import HTTP
import JSON
import NIOCore
import NIOPosix
import Observability
import RouterCore
import RouterServer
import Testing

/// What goes to every provider of the catalogue that answers chat, byte for byte.
///
/// `Fixtures/upstream-requests.txt` holds it; `KEIROUTER_RENDER=1` writes it anew, to be read before it is committed. Apart from
/// it each request is checked against what `catalogue/providers.json` says of the provider.
@Suite("Upstream requests")
struct UpstreamRequestTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../..").standardized
    private static let table = project.appendingPathComponent("Tests/RouterServerTests/Fixtures/upstream-requests.txt")
    private static let secret = "sk-0123456789abcdef"
    private static let settings = [
        "account_id": "0a1b2c3d", "endpoint": "https://acme.openai.azure.com", "region": "us-east-1",
        "project": "acme-ai",
    ]
    /// What the catalogue's places stand for where an account sets nothing.
    private static let defaults = ["location": "us-central1", "api_version": "2024-10-21"]

    private static let chat = Array(
        (#"{"model":"MODEL","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"#
            + #""max_tokens":64,"temperature":0.5,"stream":STREAM}"#).utf8
    )

    private struct Built {
        let head: String
        let body: String
        var lines: [Substring] { head.split(separator: "\r\n") }

        func header(_ name: String) -> String? {
            lines.dropFirst().first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
                .map { String($0.dropFirst(name.utf8.count + 2)) }
        }
    }

    private let caller = UpstreamCaller(
        client: UpstreamClient(group: MultiThreadedEventLoopGroup.singleton, egress: EgressPolicy(allowPrivate: [])),
        timeouts: UpstreamCaller.Timeouts(
            connect: .seconds(1),
            firstByte: .seconds(1),
            stall: .seconds(1),
            request: .seconds(1),
            stream: .seconds(1)
        )
    )

    private static func model(_ provider: Provider) -> String {
        let listed = Catalogue.builtin.models(of: provider.id).first { $0.kind == "llm" }?.id
        return listed ?? (provider.id == "vertex-partner" ? "claude-sonnet-4-5@20250929" : "some-model")
    }

    private func build(_ provider: Provider, stream: Bool) throws -> Built {
        let model = Self.model(provider)
        let text = String(decoding: Self.chat, as: UTF8.self).replacing("MODEL", with: "\(provider.id)/\(model)")
            .replacing("STREAM", with: "\(stream)")
        let document = try JSONDocument(Array(text.utf8))
        let parsed = ParsedChat(document: document, facts: try RequestFacts.read(document, dialect: .openAIChat))
        let target = RoutedTarget(provider: provider, model: model)
        let wanted = Set(provider.settings.map(\.name))
        let account = Account(
            id: "acc_1",
            provider: provider.id,
            credential: provider.needsNoAccount ? nil : Credential(Self.secret),
            settings: Self.settings.filter { wanted.contains($0.key) }
        )
        let endpoint = try #require(UpstreamEndpoint(provider, for: account, declared: [], proxy: nil))
        let body = try #require(
            try AttemptBody.make(parsed, client: .openAIChat, path: nil, for: target, [], Catalogue.builtin)
        )
        let outgoing = UpstreamCaller.Outgoing(
            body: body.bytes,
            isStream: stream,
            dialect: body.dialect,
            remaining: .seconds(1)
        )
        let request = try caller.request(
            outgoing,
            for: Candidate(target: target, account: account),
            at: endpoint
        )
        #expect(endpoint.origin.scheme == .https || provider.baseURL.hasPrefix("http://"))
        let written = String(buffer: try request.encoded(to: endpoint.origin))
        let end = try #require(written.range(of: "\r\n\r\n"))
        return Built(head: String(written[..<end.lowerBound]), body: String(written[end.upperBound...]))
    }

    /// A request as the table has it: what changes from one to the next is named.
    private static func entry(_ built: Built) -> String {
        let lines = built.lines.map { line -> String in
            if line.hasPrefix("traceparent: ") { return "traceparent: TRACE" }
            if line.hasPrefix("user-agent: keirouter/") { return "user-agent: keirouter/VERSION" }
            return String(line)
        }
        return (lines + ["", built.body]).joined(separator: "\n")
    }

    private static let providers = Catalogue.builtin.providers.filter { $0.kinds.contains("llm") }

    @Test("every provider that answers chat is asked as the table says")
    func bytes() throws {
        var entries: [String] = []
        for provider in Self.providers {
            guard provider.isSupported else {
                entries.append("=== \(provider.id): not used, \(provider.obstacle ?? "")\n")
                continue
            }
            for stream in [false, true] {
                let built = try build(Provider(provider), stream: stream)
                entries.append("=== \(provider.id)\(stream ? ", streamed" : "")\n\(Self.entry(built))\n")
            }
        }
        if ProcessInfo.processInfo.environment["KEIROUTER_RENDER"] != nil {
            try entries.joined(separator: "\n").write(to: Self.table, atomically: true, encoding: .utf8)
            return
        }
        let written = try String(contentsOf: Self.table, encoding: .utf8)
        let kept = ("\n" + written).components(separatedBy: "\n=== ").dropFirst()
        #expect(kept.count == entries.count)
        for (entry, kept) in zip(entries, kept) {
            #expect(entry.trimmingCharacters(in: .newlines) == "=== " + kept.trimmingCharacters(in: .newlines))
        }
    }

    // MARK: Against the catalogue

    private static func catalogue() throws -> [String: JSONCursor] {
        let data = try Data(contentsOf: project.appendingPathComponent("catalogue/providers.json"))
        let entries = try #require(try JSONDocument(Array(data)).root["providers"]?.elements)
        return Dictionary(entries.compactMap { entry in entry["id"]?.string.map { ($0, entry) } }) { first, _ in first }
    }

    private static func filled(_ text: String, model: String, deployment: String) throws -> String {
        let values = settings.merging(defaults) { $1 }.merging([
            "model": model, "deployment": deployment,
        ]) { $1 }
        return try #require(AddressTemplate.filled(text) { values[$0] }, "\(text)")
    }

    @Test("address, credential and fixed headers are the catalogue's", arguments: [false, true])
    func places(stream: Bool) throws {
        let catalogue = try Self.catalogue()
        var checked = 0
        for entry in Self.providers where entry.isSupported {
            let facts = try #require(catalogue[entry.id])
            let built = try build(Provider(entry), stream: stream)
            let model = Self.model(Provider(entry))
            var url = try Self.filled(
                try #require(facts["endpoints"]?["chat"]?.string),
                model: ModelPath.escaped(model),
                deployment: ModelPath.escaped(model)
            )
            if stream {
                url = url.replacing(":generateContent", with: ":streamGenerateContent?alt=sse")
                    .replacing(":rawPredict", with: ":streamRawPredict")
                if url.hasSuffix("/converse") { url += "-stream" }
            }
            let path = try #require(built.lines.first?.split(separator: " ").dropFirst().first)
            let scheme = url.hasPrefix("http://") ? "http" : "https"
            let asked = "\(scheme)://\(try #require(built.header("host")))\(path)"
            #expect(asked == url, "\(entry.id)")
            try checkCredential(facts, built, entry.id)
            if let fixed = facts["static_headers"] {
                for (name, value) in fixed.members {
                    let header = try #require(name.string)
                    #expect(built.header(header) == value.string, "\(entry.id): \(header)")
                }
            }
            #expect(built.header("user-agent")?.hasPrefix("keirouter/") == true, "\(entry.id)")
            try checkBody(entry, built, model, stream: stream)
            checked += 1
        }
        // 65 of the first list, and those with connectors.
        #expect(checked >= 70)
    }

    private func checkCredential(_ facts: JSONCursor, _ built: Built, _ id: String) throws {
        guard facts["auth"]?["type"]?.string != "none" else {
            return #expect(built.header("authorization") == nil, "\(id)")
        }
        let name = try #require(facts["auth"]?["header"]?.string)
        let form = try #require(facts["auth"]?["format"]?.string)
        let value = form.replacing("{key_or_token}", with: Self.secret).replacing("{key}", with: Self.secret)
            .replacing("{token}", with: Self.secret)
        #expect(built.header(name) == value, "\(id)")
        #expect(built.head.components(separatedBy: Self.secret).count == 2, "\(id): the key stands there once")
        #expect(!built.body.contains(Self.secret), "\(id)")
    }

    private func checkBody(_ entry: CatalogueProvider, _ built: Built, _ model: String, stream: Bool) throws {
        let root = try JSONDocument(Array(built.body.utf8)).root
        #expect(built.header("content-length") == String(built.body.utf8.count), "\(entry.id)")
        #expect(built.body.contains("Be brief.") && built.body.contains("Hi"), "\(entry.id)")
        let isVertexAnthropic = root["anthropic_version"]?.string == "vertex-2023-10-16"
        #expect(isVertexAnthropic == (entry.id == "vertex-partner"), "\(entry.id)")
        switch entry.dialect {
        case .gemini, .bedrock:
            #expect(root["model"] == nil && root["stream"] == nil, "\(entry.id)")
        default:
            #expect(root["model"]?.string == (isVertexAnthropic ? nil : model), "\(entry.id)")
            #expect((root["stream"]?.boolean ?? false) == entry.streams.asks(wanted: stream), "\(entry.id)")
        }
    }

    @Test("the two entries for providers of one's own, and sign-ins of other programs, name why they are not used")
    func unused() {
        let unused = Self.providers.filter { !$0.isSupported }
        #expect(unused.allSatisfy { $0.obstacle?.isEmpty == false })
        #expect(unused.count + Self.providers.filter(\.isSupported).count == 93)
    }
}
