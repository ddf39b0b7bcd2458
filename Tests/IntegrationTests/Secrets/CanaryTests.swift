import TestSupport
import Testing

extension Integration {
    /// Credentials that would be recognised anywhere, and every way that an error can take.
    @Suite("Canary credentials")
    struct CanaryTests {
        private static let providerKey = "sk-canary-PROVIDER-0123456789abcdefABCDEF"
        private static let secondKey = "sk-ant-canary-SECOND-9876543210fedcbaFEDCBA"
        private static let clientKey = GatewaySetup.secret("canaryCLIENT")
        private static let strangerKey = GatewaySetup.secret("canarySTRANGER")
        private static let proxyPassword = "canary-PROXY-pa55word-0123456789"
        private static let canaries = [providerKey, secondKey, clientKey, strangerKey, proxyPassword]

        private func setup(_ mock: MockProvider) -> GatewaySetup {
            var setup = GatewaySetup(
                providers: [
                    .init("acme", .openAI, mock, credentials: [Self.providerKey]),
                    .init("claude", .anthropic, mock, credentials: [Self.secondKey]),
                ],
                keys: [.init("canary", Self.clientKey)]
            )
            setup.logLevel = "trace"
            setup.settings = [
                "timeouts: { connect: 1s, first_byte: 1s, stall: 1s }",
                "limits: { default_concurrency: 0, default_rpm: 0, default_tpm: 0 }",
            ]
            return setup
        }

        /// Texts in which a secret can hide: itself, in base64 with a user name, percent-encoded.
        private static func spellings(_ secret: String) -> [String] {
            [secret, Base64.encoded("user:" + secret), secret.split(separator: "-").joined(separator: "%2D")]
        }

        private func check(_ text: String, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) {
            for canary in Self.canaries.flatMap(Self.spellings) {
                #expect(
                    !text.contains(canary),
                    "\(canary.prefix(16))… stands in \(place)",
                    sourceLocation: sourceLocation
                )
            }
        }

        private func checkFiles(_ folder: String) {
            for canary in Self.canaries.flatMap(Self.spellings) {
                let files = TestFile.holding(canary, below: folder)
                #expect(files.isEmpty, "\(canary.prefix(16))… stands in \(files)")
            }
        }

        /// Sends one request and looks at all that comes back.
        private func drive(_ gateway: Gateway, _ request: RawRequest, _ place: String) async throws {
            let exchange = try await gateway.open(request)
            _ = try? await exchange.end(deadline: .seconds(10))
            let response = exchange.response
            check(response.headers.map(\.description).joined(separator: "\n") + response.text, place)
            await exchange.close()
        }

        @Test("stand in no answer, log, metric or file, whatever goes wrong")
        func everywhere() async throws {
            let mock = try await MockProvider.start()
            let gateway = try await Gateway.start(setup(mock))
            for dialect in MockDialect.allCases {
                for (number, reply) in Self.replies(dialect).enumerated() {
                    for stream in [false, true] {
                        let name = "canary-\(number)-\(stream)"
                        mock.answer(.model(name)) { reply($0) }
                        let model = dialect == .openAI ? "acme/\(name)" : "claude/\(name)"
                        let body = Gateway.body(dialect, model: model, stream: stream)
                        let request = Gateway.chat(dialect, key: Self.clientKey, body: body)
                        try await drive(gateway, request, "the answer to \(name), \(dialect)")
                    }
                }
                try await clientMistakes(gateway, dialect)
            }
            try await commands(gateway)
            let metrics = try await gateway.send(RawRequest("GET", "/metrics"))
            #expect(metrics.status == 200)
            check(metrics.text, "the metrics")
            #expect(gateway.log.count > 1000)
            check(gateway.log, "the log")
            checkFiles(gateway.folder.path)
            try await gateway.stop()
            check(gateway.log, "the log at the end")
            checkFiles(gateway.folder.path)
        }

        /// What providers may answer, some of it with the credential in it.
        private static func replies(_ dialect: MockDialect) -> [@Sendable (MockRequest) -> MockReply] {
            let faults = MockFault.all.map { fault in
                { @Sendable (_: MockRequest) in MockReply.fault(fault, dialect) }
            }
            let echoes = MockFault.all.map { fault in
                { @Sendable (request: MockRequest) in
                    let text = "Incorrect API key provided: \(request.credential ?? ""). See our docs."
                    return MockReply.json(fault.body(dialect, message: text), status: fault.status(dialect))
                }
            }
            let others: [@Sendable (MockRequest) -> MockReply] = [
                { .answer(to: $0) }, { _ in .page() }, { _ in .closed }, { _ in .reset }, { _ in .silent(.seconds(3)) },
                { MockReply.answer(to: $0).cut(after: 1, then: [.reset]) },
                { .json("{\"echo\":\"\($0.credential ?? "")\"}", status: 500) },
                { MockReply([.raw(Array("HTTP/1.1 200 \($0.credential ?? "")\r\nbroken\r\n\r\n".utf8)), .close]) },
            ]
            return faults + echoes + others
        }

        private func clientMistakes(_ gateway: Gateway, _ dialect: MockDialect) async throws {
            let good = Gateway.body(dialect, model: "acme/m")
            try await drive(gateway, Gateway.chat(dialect, key: Self.strangerKey, body: good), "a 401")
            try await drive(gateway, Gateway.chat(dialect, key: Self.clientKey + "x", body: good), "a 401")
            try await drive(gateway, Gateway.chat(dialect, key: Self.clientKey, body: "{"), "a 400")
            let named = Gateway.body(dialect, model: Self.clientKey)
            try await drive(
                gateway,
                Gateway.chat(dialect, key: Self.clientKey, body: named),
                "a 404 for a key as model"
            )
            var query = Gateway.chat(dialect, key: Self.clientKey, body: good)
            query.target += "?api_key=\(Self.clientKey)"
            try await drive(gateway, query, "a request with the key in its URL")
            let missing = RawRequest(
                "GET",
                "/v1/\(Self.clientKey)",
                headers: [HeaderField("X-Api-Key", Self.clientKey)]
            )
            try await drive(gateway, missing, "a 404")
            let models = RawRequest(
                "GET",
                "/v1/models/\(Self.clientKey)",
                headers: [HeaderField("X-Api-Key", Self.clientKey)]
            )
            try await drive(gateway, models, "a model that is a key")
        }

        private func commands(_ gateway: Gateway) async throws {
            let words = [
                ["keys", "list", "--json"], ["keys", "list"], ["accounts", "list", "--json"], ["accounts", "list"],
                ["status"],
                ["doctor"], ["keys", "revoke", "nobody"], ["accounts", "test", "nobody"],
            ]
            for command in words {
                let result = try await gateway.run(command, deadline: .seconds(60))
                check(result.output + result.errors, "keirouter \(command.joined(separator: " "))")
            }
        }

        @Test("of a proxy stay hidden when the proxy refuses")
        func proxy() async throws {
            let mock = try await MockProvider.start()
            let proxy = try await MockProvider.start()
            // A proxy that shows everybody what it was told.
            proxy.answer(.all) { request in
                let told = request.headers.first("proxy-authorization") ?? "nothing"
                return .json(
                    "{\"error\":{\"message\":\"\(told)\"}}",
                    status: 407,
                    headers: [HeaderField("x-told", told)]
                )
            }
            var setup = setup(mock)
            setup.environment["KEIROUTER_EGRESS__PROXY"] = "http://user:\(Self.proxyPassword)@127.0.0.1:\(proxy.port)"
            let gateway = try await Gateway.start(setup)
            for stream in [false, true] {
                let body = Gateway.body(.openAI, model: "acme/m\(stream)", stream: stream)
                let request = Gateway.chat(.openAI, key: Self.clientKey, body: body)
                try await drive(gateway, request, "an answer through the proxy")
            }
            let told = proxy.exchanges.first?.request.headers.first("proxy-authorization")
            #expect(told == "Basic " + Base64.encoded("user:" + Self.proxyPassword))
            try await commands(gateway)
            check(try await gateway.send(RawRequest("GET", "/metrics")).text, "the metrics")
            try await gateway.stop()
            check(gateway.log, "the log")
            checkFiles(gateway.folder.path)
        }
    }
}

/// Base64 as proxies read it.
enum Base64 {
    static func encoded(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let bytes = Array(text.utf8)
        var out = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let value = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0..<4 {
                out.append(place <= part.count ? alphabet[value >> (18 - 6 * place) & 63] : "=")
            }
        }
        return out
    }
}
