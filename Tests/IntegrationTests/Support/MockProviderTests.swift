import JSON
import NIOCore
import TestSupport
import Testing

/// The measuring tools are measured first: what they get wrong, no other test would see.
@Suite("The mock provider")
struct MockProviderTests {
    private func send(
        _ mock: MockProvider,
        _ dialect: MockDialect,
        stream: Bool = false,
        extra: String = ""
    ) async throws -> RawResponse {
        let body = Gateway.body(dialect, model: "mock-model", stream: stream, extra: extra)
        return try await RawHTTP.send(Gateway.chat(dialect, key: "sk-test", body: body), port: mock.port)
    }

    @Test("answers in each dialect, whole", arguments: MockDialect.allCases)
    func unary(dialect: MockDialect) async throws {
        let mock = try await MockProvider.start()
        mock.answer { .answer(.everything, to: $0) }
        let response = try await send(mock, dialect)
        #expect(response.status == 200)
        #expect(response.isComplete)
        #expect(response.extra.isEmpty)
        let root = try #require(response.json)
        switch dialect {
        case .openAI:
            let message = try #require(root["choices"]?[0]?["message"])
            #expect(message["content"]?.string == "Let me look.")
            let arguments = try #require(message["tool_calls"]?[0]?["function"]?["arguments"]?.string)
            let read = try JSONDocument(Array(arguments.utf8)).root
            #expect(read["location"]?.string == "Paris \"F\"")
            #expect(root["usage"]?["prompt_tokens"]?.integer == 540)
        case .anthropic:
            #expect(root["content"]?[0]?["signature"]?.string?.hasPrefix("EqQB") == true)
            #expect(root["content"]?[3]?["input"]?["location"]?.string == "Paris \"F\"")
            #expect(root["usage"]?["cache_creation"]?["ephemeral_1h_input_tokens"]?.integer == 20)
        }
        await mock.stop()
    }

    @Test("streams frames that are JSON, and keeps what it sent", arguments: MockDialect.allCases)
    func stream(dialect: MockDialect) async throws {
        let mock = try await MockProvider.start()
        mock.answer { .answer(.everything, to: $0) }
        let response = try await send(mock, dialect, stream: true)
        #expect(response.header("content-type")?.hasPrefix("text/event-stream") == true)
        #expect(response.isComplete)
        let exchange = try #require(mock.chats.first)
        #expect(exchange.sentBody == response.body)
        #expect(exchange.isOver)
        #expect(exchange.lostAt == nil)
        #expect(exchange.request.credential == "sk-test")
        let lines = response.text.split(separator: "\n").filter { $0.hasPrefix("data: {") }
        #expect(lines.count > 8)
        for line in lines { _ = try JSONDocument(Array(line.dropFirst(6).utf8)) }
        let last = dialect == .openAI ? "data: [DONE]\n\n" : "data: {\"type\":\"message_stop\"}\n\n"
        #expect(response.text.hasSuffix(last))
        await mock.stop()
    }

    @Test("reports an OpenAI stream's usage only when it is asked to")
    func usage() async throws {
        let mock = try await MockProvider.start()
        let without = try await send(mock, .openAI, stream: true)
        #expect(!without.text.contains("usage"))
        let with = try await send(mock, .openAI, stream: true, extra: #","stream_options":{"include_usage":true}"#)
        #expect(with.text.contains(#""choices":[],"usage":{"prompt_tokens":100"#))
        await mock.stop()
    }

    @Test("keeps the request byte for byte")
    func recording() async throws {
        let mock = try await MockProvider.start()
        let body = " {\"model\" :\t\"m\\u0061\", \"x\": 1.0e5,\n\"messages\":[]}\r\n"
        let request = Gateway.chat(.openAI, key: "k", body: body, headers: [HeaderField("X-Odd-CASE", "a  b")])
        _ = try await RawHTTP.send(request, port: mock.port)
        let recorded = try #require(mock.exchanges.first).request
        #expect(recorded.bodyText == body)
        #expect(recorded.model == "ma")
        #expect(recorded.headers.contains(HeaderField("X-Odd-CASE", "a  b")))
        await mock.stop()
    }

    @Test("fails the way providers fail", arguments: MockFault.all)
    func faults(fault: MockFault) async throws {
        let mock = try await MockProvider.start()
        for dialect in MockDialect.allCases {
            mock.enqueue([.fault(fault, dialect)])
            let response = try await send(mock, dialect)
            #expect(response.status == fault.status(dialect))
            #expect(response.json?["error"]?["message"]?.string == fault.message)
            if case .rateLimited = fault { #expect(response.header("retry-after") == "7") }
        }
        await mock.stop()
    }

    @Test("breaks off, resets and closes when told to")
    func breaks() async throws {
        let mock = try await MockProvider.start()
        mock.enqueue([.closed, .reset])
        for _ in 0..<2 {
            await #expect(throws: (any Error).self) {
                let response = try await send(mock, .openAI)
                if response.headAt == nil { throw TestSupportError("closed without an answer") }
            }
        }
        mock.answer(times: 1) { MockReply.answer(to: $0).cut(after: 2, then: [.close]) }
        let cut = try await send(mock, .openAI, stream: true)
        #expect(cut.status == 200)
        #expect(!cut.isComplete)
        #expect(cut.text.split(separator: "\n\n").count == 2)
        await mock.stop()
    }

    @Test("sees that a caller went away, and when")
    func departure() async throws {
        let mock = try await MockProvider.start()
        let gate = Gate()
        mock.answer { MockReply.answer(to: $0).cut(after: 1, then: [.hold(gate), .end]) }
        let body = Gateway.body(.openAI, model: "m", stream: true)
        let exchange = try await RawHTTP.open(Gateway.chat(.openAI, key: "k", body: body), port: mock.port)
        try await exchange.body(containing: "assistant")
        await exchange.close()
        try await Poll.until("the loss", deadline: .seconds(2)) { mock.chats.first?.lostAt != nil }
        gate.open()
        await mock.stop()
    }

    @Test("writes gzip that is gzip")
    func gzip() async throws {
        let mock = try await MockProvider.start()
        mock.enqueue([MockReply.json("{\"a\":1}").gzipped()])
        let response = try await send(mock, .openAI)
        #expect(response.header("content-encoding") == "gzip")
        #expect(response.body.prefix(3) == [0x1F, 0x8B, 8])
        #expect(ByteSearch.contains(response.body, "{\"a\":1}"))
        // The checksum of this very text, from another implementation.
        #expect(Array(response.body.suffix(8).prefix(4)) == [0xAF, 0xAC, 0x1B, 0x56])
        await mock.stop()
    }

    @Test("answers as told for one credential and well for the others")
    func rules() async throws {
        let mock = try await MockProvider.start()
        mock.answer(.credential("bad")) { _ in .fault(.authentication, .openAI) }
        let body = Gateway.body(.openAI, model: "m")
        let bad = try await RawHTTP.send(Gateway.chat(.openAI, key: "bad", body: body), port: mock.port)
        let good = try await RawHTTP.send(Gateway.chat(.openAI, key: "good", body: body), port: mock.port)
        #expect(bad.status == 401)
        #expect(good.status == 200)
        await mock.stop()
    }
}

@Suite("Processes of tests")
struct ChildProcessTests {
    @Test("a process is heard, waited for and read")
    func output() async throws {
        let folder = try TemporaryFolder()
        let process = try ChildProcess("/bin/sh", ["-c", "echo out; echo err >&2; exit 3"], output: folder.file("log"))
        #expect(try await process.wait() == .exited(3))
        #expect(process.output == "out\n")
        #expect(process.errors == "err\n")
    }

    @Test("a process and its children end with the value")
    func cleaning() async throws {
        let folder = try TemporaryFolder()
        let mark = "97\(folder.path.utf8.reduce(0) { ($0 * 31 + Int($1)) % 100_000 })"
        do {
            let process = try ChildProcess(
                "/bin/sh",
                ["-c", "sleep \(mark) & sleep \(mark)"],
                output: folder.file("log")
            )
            try await Poll.until("the children") { ProcessTable.pids(mentioning: mark).count == 3 }
            #expect(process.isRunning)
            process.kill()
        }
        try await Poll.until("no children") { ProcessTable.pids(mentioning: mark).isEmpty }
    }

    @Test("a killed process says so")
    func killed() async throws {
        let folder = try TemporaryFolder()
        let process = try ChildProcess("/bin/sleep", ["60"], output: folder.file("log"))
        process.signal(9)
        #expect(try await process.wait() == .signalled(9))
    }
}
