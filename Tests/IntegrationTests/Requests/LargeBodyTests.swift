import TestSupport
import Testing

extension Integration {
    @Suite("A large body")
    struct LargeBodyTests {
        private static let secret = GatewaySetup.secret("large")

        @Test("goes up and comes back whole, and its memory is given back", arguments: MockDialect.allCases)
        func whole(dialect: MockDialect) async throws {
            let mock = try await MockProvider.start()
            let provider = Common.provider(dialect)
            let setup = GatewaySetup(
                providers: [.init(provider, dialect, mock, credentials: ["sk-large"])],
                keys: [.init("large", Self.secret)]
            )
            let gateway = try await Gateway.start(setup)
            // An image as agents send them: base64 in one string, which must not be encoded again.
            var generator = SeededGenerator(seed: 8)
            let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            let image = String(decoding: (0..<6 << 20).map { _ in generator.pick(letters) }, as: UTF8.self)
            let extra = #","image":"\#(image)\/=""#
            let answer = String(image.prefix(3 << 20))
            mock.answer { .answer(MockAnswer(text: [answer]), to: $0) }
            let before = ProcessTable.residentBytes(try gateway.process(.router).pid) ?? 0
            for _ in 0..<3 {
                let body = Gateway.body(dialect, model: "\(provider)/big", extra: extra)
                let request = Gateway.chat(dialect, key: Self.secret, body: body)
                let response = try await gateway.send(request, deadline: .seconds(60))
                #expect(response.status == 200)
                let exchange = try #require(mock.chats.last)
                #expect(exchange.request.bodyText == Gateway.body(dialect, model: "big", extra: extra))
                #expect(response.body == exchange.sentBody)
            }
            let after = ProcessTable.residentBytes(try gateway.process(.router).pid) ?? 0
            #expect(after - before < 48 << 20, "the router grew by \((after - before) >> 20) MiB")
            try await gateway.stop()
        }
    }
}
