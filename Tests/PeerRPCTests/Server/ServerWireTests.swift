import JSON
import PeerRPC
import Testing

@Suite("The wire, as a stranger speaks it")
struct ServerWireTests {
    static let echo = #"{"jsonrpc":"2.0","id":7,"method":"test.v1.Test/Echo","params":{"text":"x","number":1}}"#

    private func request(_ method: String, id: Int, _ text: String = "x", _ number: Int = 0) -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"test.v1.Test/\(method)","params":{"text":"\(text)","number":\(number)}}
        """
    }

    @Test("a request is answered under its id, with unknown headers and members ignored")
    func plain() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(
                #" { "id" : 7, "more": [1], "params": {"number": 3, "text": "é", "x": null}, "#
                    + #""method": "test.v1.Test/Echo", "jsonrpc": "2.0" } "#,
                headers: "X-New: 1\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n"
            )
            #expect(try await peer.next() == #"{"jsonrpc":"2.0","id":7,"result":{"text":"é","number":3}}"#)
            await peer.close()
        }
    }

    @Test("the trace context reaches the handler")
    func traceparent() async throws {
        let journal = Journal()
        try await withService(journal: journal) { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(Self.echo, headers: "Traceparent: 00-abc\r\n")
            _ = try await peer.answer()
            #expect(journal.traceparents == ["00-abc"])
            await peer.close()
        }
    }

    @Test(
        "an id comes back as it was sent",
        arguments: ["0", "-3", "9007199254740993", #""a-\"é""#, "1.5", "null"]
    )
    func ids(id: String) async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(Self.echo.replacing("\"id\":7", with: "\"id\":\(id)"))
            let answer = try #require(try await peer.next())
            #expect(answer.hasPrefix("{\"jsonrpc\":\"2.0\",\"id\":\(id),"))
            #expect(answer.hasSuffix(#""result":{"text":"x","number":1}}"#))
            await peer.close()
        }
    }

    @Test(
        "a wrong message inside an intact frame is answered and the connection goes on",
        arguments: [
            ("", -32_700), ("{", -32_700), ("{}x", -32_700), ("\u{FEFF}{}", -32_700), ("1", -32_600), ("{}", -32_600),
            (#"{"id":7,"method":"a/b"}"#, -32_600), (#"{"jsonrpc":"1.0","id":7,"method":"a/b"}"#, -32_600),
            (#"{"jsonrpc":"2.0","id":7,"method":1}"#, -32_600), (#"{"jsonrpc":"2.0","id":{},"method":"a/b"}"#, -32_600),
            (#"{"jsonrpc":"2.0","id":7,"method":"a/b","params":"x"}"#, -32_600), ("[]", -32_600),
            (#"{"jsonrpc":"2.0","id":7,"method":"test.v1.Test/Nope"}"#, -32_601),
            (#"{"jsonrpc":"2.0","id":7,"method":"$/cancel"}"#, -32_601),
            (#"{"jsonrpc":"2.0","id":7,"method":"test.v1.Test/Echo"}"#, -32_602),
            (#"{"jsonrpc":"2.0","id":7,"method":"test.v1.Test/Echo","params":["x",1]}"#, -32_602),
            (#"{"jsonrpc":"2.0","id":7,"method":"test.v1.Test/Echo","params":{"text":1,"number":1}}"#, -32_602),
        ]
    )
    func wrongMessages(body: String, code: Int) async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(body)
            let answer = try await peer.answer()
            #expect(answer.code == code)
            let hasID = body.contains("\"id\":7")
            #expect(hasID ? answer.id == 7 : answer.cursor["id"]?.isNull == true)
            peer.send(Self.echo)
            #expect(try await peer.answer().text == "x")
            await peer.close()
        }
    }

    @Test(
        "a broken header is answered once and closes the connection",
        arguments: [
            "nonsense\r\n\r\n", "Content-Length: x\r\n\r\n", "X: y\r\n\r\n", "Content-Length: 99999999999\r\n\r\n",
        ]
    )
    func brokenHeaders(text: String) async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(Self.echo)
            #expect(try await peer.answer().text == "x")
            peer.sendBytes(Array((text + text).utf8))
            let answer = try await peer.answer()
            #expect(answer.code == -32_700)
            #expect(answer.cursor["id"]?.isNull == true)
            #expect(try await peer.next() == nil)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test("a request is read the same when every byte comes alone")
    func oneByteCuts() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            for _ in 0..<2 {
                let frame = "Content-Length: \(Self.echo.utf8.count)\r\nDeadline: 90000\r\n\r\n\(Self.echo)"
                try await peer.sendBytes(Array(frame.utf8), pieces: 1)
                #expect(try await peer.answer().text == "x")
            }
            await peer.close()
        }
    }

    @Test("calls are worked on side by side and answered in any order")
    func multiplexed() async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(request("Hang", id: 1))
            peer.send(request("Echo", id: 2))
            #expect(try await peer.answer().id == 2)
            #expect(server.activeCalls == 1)
            await peer.close()
            try await eventually("the call is cancelled") { server.activeCalls == 0 }
        }
    }

    @Test("a notification gets no answer, even when it fails")
    func notifications() async throws {
        let journal = Journal()
        try await withService(journal: journal) { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(Self.echo.replacing("\"id\":7,", with: ""))
            peer.send(#"{"jsonrpc":"2.0","method":"test.v1.Test/Nope"}"#)
            peer.send(#"{"jsonrpc":"2.0","method":"test.v1.Test/Echo","params":[]}"#)
            peer.send(#"{"jsonrpc":"2.0","method":"$/whatever","params":{"id":1}}"#)
            peer.send(Self.echo)
            #expect(try await peer.answer().id == 7)
            #expect(journal.started == 2)
            await peer.close()
        }
    }

    @Test("an error carries code, status, reason, origin, retry and details")
    func errors() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(request("Fail", id: 3, "no budget left"))
            let answer = try await peer.answer()
            #expect(answer.code == -32_008)
            #expect(answer.status == "RESOURCE_EXHAUSTED")
            #expect(answer.reason == "no_money")
            let data = try #require(answer.cursor["error"]?["data"])
            #expect(answer.cursor["error"]?["message"]?.string == "no budget left")
            #expect(data["origin"]?.string == "gateway")
            #expect(data["retry"]?.string == "same")
            #expect(data["retry_after_ms"]?.integer == 1_200)
            #expect(data["details"]?["plan"]?.string == "small")
            await peer.close()
        }
    }

    // MARK: Batches

    @Test("a batch is answered as one, without its notifications")
    func batch() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            let notification = Self.echo.replacing("\"id\":7,", with: "")
            let requests = [request("Echo", id: 1), "1", notification, request("Nope", id: 2), request("Echo", id: 3)]
            peer.send("[" + requests.joined(separator: ",") + "]")
            let answers = try await peer.answer().cursor.elements.map { Answer($0) }
            #expect(answers.count == 4)
            #expect(Set(answers.map { $0.id ?? -1 }) == [1, 2, 3, -1])
            #expect(answers.first { $0.id == 2 }?.code == -32_601)
            #expect(answers.first { $0.id == nil }?.code == -32_600)
            peer.send("[\(notification)]")
            peer.send(Self.echo)
            #expect(try await peer.answer().id == 7)
            await peer.close()
        }
    }

    @Test("a batch has at most 1,000 members")
    func longBatch() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send("[" + Array(repeating: "1", count: 1_000).joined(separator: ",") + "]")
            #expect(try await peer.answer().cursor.count == 1_000)
            peer.send("[" + Array(repeating: "1", count: 1_001).joined(separator: ",") + "]")
            #expect(try await peer.answer().code == -32_600)
            await peer.close()
        }
    }

    // MARK: Deadlines and cancellation

    @Test("an expired deadline is answered without work", arguments: ["0", "-20"])
    func expired(deadline: String) async throws {
        let journal = Journal()
        try await withService(journal: journal) { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(Self.echo, headers: "Deadline: \(deadline)\r\n")
            #expect(try await peer.answer().status == "DEADLINE_EXCEEDED")
            #expect(journal.started == 0)
            await peer.close()
        }
    }

    @Test("at its deadline a call is answered and its handler cancelled")
    func deadline() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(request("Hang", id: 1), headers: "Deadline: 90000\r\n")
            peer.send(request("Hang", id: 2), headers: "Deadline: 60\r\n")
            peer.send(request("Hang", id: 3), headers: "Deadline: 20\r\n")
            let answers = [try await peer.answer(), try await peer.answer()]
            #expect(Set(answers.map(\.id)) == [2, 3])
            #expect(answers.allSatisfy { $0.status == "DEADLINE_EXCEEDED" })
            try await eventually("their handlers are cancelled") {
                server.activeCalls == 1 && journal.cancelled == journal.started - 1
            }
            await peer.close()
        }
    }

    @Test("a cancelled call is answered exactly once, and its id is free again")
    func cancel() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(request("Hang", id: 7))
            peer.send(#"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":"7"}}"#)
            peer.send(#"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":7}}"#)
            peer.send(#"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":7}}"#)
            let answer = try await peer.answer()
            #expect(answer.id == 7)
            #expect(answer.status == "CANCELLED")
            try await eventually("the handler has ended") { server.activeCalls == 0 }
            peer.send(Self.echo)
            #expect(try await peer.answer().text == "x")
            #expect(journal.cancelled == 1)
            await peer.close()
        }
    }

    @Test("a closed connection cancels all its calls and no others")
    func closed() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, _, path in
            let peer = try await RawPeer.connect(path)
            let other = try await RawPeer.connect(path)
            for id in 0..<20 { peer.send(request("Hang", id: id)) }
            other.send(request("Hang", id: 0))
            try await eventually("all calls are under way") { server.activeCalls == 21 }
            await peer.close()
            try await eventually("twenty calls are cancelled") { journal.cancelled == 20 && server.activeCalls == 1 }
            await other.close()
        }
    }

    @Test("a connection's calls are limited, and an id in use is refused")
    func limits() async throws {
        try await withService {
            $0.maximumCallsPerConnection = 3
        } _: { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(request("Hang", id: 1))
            peer.send(request("Echo", id: 1))
            #expect(try await peer.answer().code == -32_600)
            peer.send(request("Hang", id: 2))
            peer.send(request("Hang", id: 3))
            peer.send(request("Echo", id: 4))
            let answer = try await peer.answer()
            #expect(answer.status == "RESOURCE_EXHAUSTED")
            #expect(answer.reason == "too_many_calls")
            peer.send(#"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":2}}"#)
            #expect(try await peer.answer().id == 2)
            try await eventually("a place is free") { server.activeCalls == 2 }
            peer.send(request("Echo", id: 5))
            #expect(try await peer.answer().text == "x")
            await peer.close()
        }
    }

    @Test("a frame that never ends is given up")
    func slowFrame() async throws {
        try await withService {
            $0.frameTimeout = .milliseconds(50)
        } _: { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.sendBytes(Array("Content-Length: 100\r\n\r\n{".utf8))
            #expect(try await peer.next() == nil)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test("connections past the limit are closed at once")
    func connectionLimit() async throws {
        try await withService {
            $0.maximumConnections = 1
        } _: { _, _, path in
            let first = try await RawPeer.connect(path)
            first.send(Self.echo)
            #expect(try await first.answer().text == "x")
            let second = try await RawPeer.connect(path)
            #expect(try await second.next() == nil)
            first.send(Self.echo)
            #expect(try await first.answer().text == "x")
            await first.close()
        }
    }
}
