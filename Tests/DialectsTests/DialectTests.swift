import Dialects
import Testing

@Suite("Dialect")
struct DialectTests {
    @Test("each dialect has its paths, its credential and its headers")
    func table() {
        #expect(Dialect(rawValue: "openai") == .openAIChat)
        #expect(Dialect(rawValue: "anthropic") == .anthropicMessages)
        #expect(Dialect.openAIChat.requestPath == "/chat/completions")
        #expect(Dialect.anthropicMessages.requestPath == "/messages")
        #expect(Dialect.openAIChat.credentialHeader(secret: "s") == ("authorization", "Bearer s"))
        #expect(Dialect.anthropicMessages.credentialHeader(secret: "s") == ("x-api-key", "s"))
        #expect(Dialect.anthropicMessages.defaultHeaders.map(\.value) == ["2023-06-01"])
        #expect(Dialect.openAIChat.defaultHeaders.isEmpty)
    }

    @Test("no header that could carry a client's credential is forwarded", arguments: Dialect.allCases)
    func forwarded(dialect: Dialect) {
        let secret: Set = ["authorization", "x-api-key", "cookie", "proxy-authorization", "openai-organization"]
        #expect(secret.isDisjoint(with: dialect.forwardedHeaders))
    }
}
