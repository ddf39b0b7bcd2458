import Dialects
import RouterCore
import Testing

@Suite("Conversations and clients")
struct ConversationTests {
    static let agents: [(agent: String?, language: String?, kind: String)] = [
        ("claude-cli/1.0.95 (external, cli)", nil, "claude-code"),
        ("Cursor/0.45", nil, "cursor"),
        ("codex_cli_rs/0.20.0", nil, "codex"),
        ("opencode/1.0", nil, "opencode"),
        ("KiloCode/4", nil, "kilo-code"),
        ("Roo-Code/3", nil, "roo-code"),
        ("MyTool/2.0 (linux)", nil, "mytool"),
        ("Mozilla/5.0 (X11)", nil, "unknown"),
        ("python-requests/2.32", nil, "unknown"),
        ("curl/8.5.0", nil, "unknown"),
        ("OpenAI/Python 1.66", "python", "openai"),
        ("axios/1.7", "js", "sdk-js"),
        ("", "python", "sdk-python"),
        (nil, nil, "unknown"),
        ("\u{1F600}\u{1F600}/1", nil, "unknown"),
        (String(repeating: "x", count: 5000), nil, String(repeating: "x", count: 64)),
    ]

    @Test("a client is known by its agent", arguments: agents)
    func client(agent: String?, language: String?, kind: String) {
        #expect(ClientKind.detect(userAgent: agent, stainlessLanguage: language) == kind)
    }

    /// Not a good hash, but one that shows what went into it.
    static func hash(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return (hash, ~hash)
    }

    static func id(
        _ body: String,
        key: String = "key-1",
        client: String = "unknown",
        headers: [String: String] = [:],
        dialect: Dialect = .openAIChat
    ) throws -> ConversationID {
        ConversationID.make(
            try Samples.facts(body, dialect),
            keyID: key,
            client: client,
            header: { headers[$0] },
            hash: hash
        )
    }

    static let first = #"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#
    static let later =
        #"{"model":"m","messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"x"},{"role":"user","content":"more"}]}"#
    static let other = #"{"model":"m","messages":[{"role":"user","content":"goodbye"}]}"#

    @Test("the same conversation keeps its id over the turns, another key or start has another")
    func fingerprint() throws {
        #expect(try Self.id(Self.first) == Self.id(Self.later))
        #expect(try Self.id(Self.first) != Self.id(Self.other))
        #expect(try Self.id(Self.first) != Self.id(Self.first, key: "key-2"))
        #expect(try Self.id(Self.first).description.count == 32)
    }

    @Test("a header beats the body, the body beats the start")
    func precedence() throws {
        let cached = #"{"model":"m","messages":[{"role":"user","content":"a"}],"prompt_cache_key":"k"}"#
        let cachedLater = #"{"model":"m","messages":[{"role":"user","content":"b"}],"prompt_cache_key":"k"}"#
        #expect(try Self.id(cached) == Self.id(cachedLater))
        let header = ["x-keirouter-conversation": "c"]
        #expect(try Self.id(cached, headers: header) == Self.id(Self.first, headers: header))
        #expect(try Self.id(cached, headers: header) != Self.id(cached))
        #expect(try Self.id(cached, headers: ["x-session-id": ""]) == Self.id(cached))
        let both = ["x-session-id": "s", "x-keirouter-conversation": "c"]
        #expect(try Self.id(Self.first, headers: both) == Self.id(Self.other, headers: header))
    }

    @Test("an id of one place never equals the same id of another, nor another key's")
    func separation() throws {
        let body = #"{"model":"m","messages":[{"role":"user","content":"a"}],"prompt_cache_key":"k"}"#
        let ids = try [
            Self.id(body), Self.id(body, key: "key-2"), Self.id(Self.first, headers: ["x-thread-id": "k"]),
            Self.id(Self.first, headers: ["x-session-id": "k"]),
        ]
        #expect(Set(ids).count == ids.count)
    }

    @Test("a request id is a conversation's only where Codex sends it")
    func requestID() throws {
        let header = ["x-client-request-id": "r"]
        #expect(try Self.id(Self.first, headers: header) == Self.id(Self.first))
        #expect(
            try Self.id(Self.first, client: "codex", headers: header)
                == Self.id(Self.other, client: "codex", headers: header)
        )
    }
}
