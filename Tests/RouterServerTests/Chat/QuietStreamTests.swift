import Contracts
import Dialects
import JSON
import TestSupport
import Testing

/// What keeps a quiet stream open, in the dialect of each client: before the first token, in the middle, and between frames
/// alone.
@Suite("Quiet streams")
struct QuietStreamTests {
    static let clients: [(client: Dialect, path: String)] = [
        (.openAIChat, "/v1/chat/completions"), (.anthropicMessages, "/v1/messages"),
        (.openAIResponses, "/v1/responses"), (.gemini, "/v1beta/models/mock%2Fm:streamGenerateContent?alt=sse"),
        (.gemini, "/v1beta/models/mock%2Fm:streamGenerateContent"), (.ollama, "/api/chat"),
    ]

    private static let interval = Duration.milliseconds(120)

    private static func request(_ router: RunningRouter, _ client: Dialect, _ path: String) -> RawRequest {
        let body =
            switch client {
            case .gemini: #"{"contents":[{"role":"user","parts":[{"text":"x"}]}]}"#
            case .openAIResponses: #"{"model":"mock/m","stream":true,"input":"x"}"#
            default: #"{"model":"mock/m","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"x"}]}"#
            }
        let fields = [
            HeaderField("host", "localhost"), HeaderField("content-type", "application/json"),
            HeaderField("authorization", "Bearer \(router.key)"),
        ]
        return RawRequest("POST", path, headers: fields, body: Array(body.utf8))
    }

    /// How often the stream says that it is open, before its first content and behind it.
    private static func quiet(_ text: String, _ client: Dialect, isArray: Bool) -> (before: Int, behind: Int) {
        let first = MockAnswer().text[0]
        let parts = text.ranges(of: first)
        let start = parts.first?.lowerBound ?? text.endIndex
        let mark =
            switch client {
            case .ollama: "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":false}\n"
            default: ": keep-alive\n\n"
            }
        guard !isArray else {
            // White space that stands alone is what an array has.
            return (text[..<start].prefix { $0 == "\n" }.count, text[start...].ranges(of: "}\n\n").count)
        }
        return (text[..<start].ranges(of: mark).count, text[start...].ranges(of: mark).count)
    }

    private static func said(_ response: RawResponse, _ client: Dialect, isArray: Bool) throws -> (String, [String]) {
        guard !isArray else {
            let elements = try JSONDocument(response.body).root.elements
            let texts = elements.compactMap { $0["candidates"]?[0]?["content"]?["parts"]?[0]?["text"]?.string }
            return (texts.joined(), [])
        }
        let grammar =
            switch client {
            case .openAIChat, .cohere, .bedrock: StreamGrammar.openAI(response.body)
            case .anthropicMessages: StreamGrammar.anthropic(response.body)
            case .gemini: StreamGrammar.gemini(response.body)
            case .openAIResponses: StreamGrammar.responses(response.body)
            case .ollama: StreamGrammar.ollama(response.body)
            }
        return (grammar.answer.text, grammar.problems)
    }

    @Test("before the first token and in the middle, in every client's dialect", arguments: clients.indices)
    func open(number: Int) async throws {
        let (client, path) = Self.clients[number]
        let isArray = client == .gemini && !path.hasSuffix("alt=sse")
        try await RunningRouter.run(keepAlive: Self.interval) { router in
            router.provider.answer { request in
                // The head at once; silence; the beginning of the answer; silence in the middle of a frame; the rest.
                let steps = MockReply.answer(to: request).steps
                var slow: [MockReply.Step] = []
                var bodies = 0
                for step in steps {
                    guard case .body(let bytes) = step else {
                        slow.append(step)
                        continue
                    }
                    bodies += 1
                    if bodies == 1 { slow.append(.pause(.milliseconds(300))) }
                    guard bodies == 4 else {
                        slow.append(step)
                        continue
                    }
                    let half = bytes.count / 2
                    slow += [.body(Array(bytes[..<half])), .pause(.milliseconds(300)), .body(Array(bytes[half...]))]
                }
                return MockReply(slow)
            }
            let start = ContinuousClock.now
            let response = try await router.send(Self.request(router, client, path))
            let most = Int((ContinuousClock.now - start) / Self.interval) + 1
            #expect(response.status == 200)
            let (text, problems) = try Self.said(response, client, isArray: isArray)
            #expect(text == MockAnswer().text.joined(), "\(response.text)")
            #expect(problems == [], "\(response.text)")
            let quiet = Self.quiet(response.text, client, isArray: isArray)
            #expect(quiet.before >= 1 && quiet.behind >= 1, "\(response.text)")
            #expect(quiet.before + quiet.behind <= most, "\(response.text)")
        }
    }

    @Test("a stream that talks is never told to be open, however long it takes", arguments: clients.indices)
    func talking(number: Int) async throws {
        let (client, path) = Self.clients[number]
        let isArray = client == .gemini && !path.hasSuffix("alt=sse")
        let interval = Duration.milliseconds(1200)
        let answer = MockAnswer(text: ["Hello"] + (0..<11).map { " and \($0)" })
        try await RunningRouter.run(keepAlive: interval) { router in
            router.provider.answer { .answer(answer, to: $0, every: .milliseconds(250)) }
            let start = ContinuousClock.now
            let response = try await router.send(Self.request(router, client, path))
            // More than twice as long as a silent one may be.
            #expect(ContinuousClock.now - start > interval * 2)
            let (text, problems) = try Self.said(response, client, isArray: isArray)
            #expect(text == answer.text.joined() && problems == [], "\(response.text)")
            let quiet = Self.quiet(response.text, client, isArray: isArray)
            // Until its first word it is silent, and on a busy machine that may take long.
            #expect(quiet.behind == 0, "\(response.text)")
        }
    }

    @Test("a running gateway says so after 15 s of silence, between frames")
    func usual() async throws {
        try await RunningRouter.run { router in
            router.provider.answer { request in
                var steps = MockReply.answer(to: request).steps
                // Half of a frame, and the rest of it after the silence.
                guard let place = steps.firstIndex(where: { if case .body = $0 { true } else { false } }),
                    case .body(let bytes) = steps[place]
                else { return MockReply(steps) }
                let half = bytes.count / 2
                steps.replaceSubrange(
                    place...place,
                    with: [.body(Array(bytes[..<half])), .pause(.seconds(16)), .body(Array(bytes[half...]))]
                )
                return MockReply(steps)
            }
            let response = try await router.send(Self.request(router, .openAIChat, "/v1/chat/completions"))
            let (text, problems) = try Self.said(response, .openAIChat, isArray: false)
            #expect(text == MockAnswer().text.joined() && problems == [], "\(response.text)")
            #expect(response.text.hasPrefix(": keep-alive\n\ndata: "), "\(response.text)")
            #expect(response.text.ranges(of: ": keep-alive").count == 1)
        }
    }
}
