import JSON
import PeerRPC
import Testing

@Suite("Streams, as a stranger speaks them")
struct StreamWireTests {
    private func open(_ method: String, id: Int, _ number: Int = 0, text: String = "t") -> String {
        """
        {"jsonrpc":"2.0","id":\(id),"method":"test.v1.Test/\(method)","params":{"text":"\(text)","number":\(number)}}
        """
    }

    private func item(_ number: Int, id: Int, text: String = "i") -> String {
        """
        {"jsonrpc":"2.0","method":"$/send","params":{"id":\(id),"value":{"text":"\(text)","number":\(number)}}}
        """
    }

    private func end(_ id: Int) -> String {
        #"{"jsonrpc":"2.0","method":"$/end","params":{"id":\#(id)}}"#
    }

    private func credit(_ id: Int, _ items: Int, _ bytes: Int) -> String {
        #"{"jsonrpc":"2.0","method":"$/credit","params":{"id":\#(id),"items":\#(items),"bytes":\#(bytes)}}"#
    }

    @Test("a server's items come in order before its result")
    func serverStream() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Count", id: 4, 3))
            for number in 0..<3 {
                let answer = try await peer.answer()
                #expect(answer.method == "$/item")
                #expect(answer.cursor["params"]?["id"]?.integer == 4)
                #expect(answer.cursor["params"]?["value"]?["number"]?.integer == number)
            }
            let result = try await peer.answer()
            #expect(result.id == 4)
            #expect(result.cursor["result"]?["number"]?.integer == 3)
            await peer.close()
        }
    }

    @Test("without credit a server stops after 64 items, and goes on with what it is given")
    func itemCredit() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Count", id: 1, 70))
            for _ in 0..<64 { #expect(try await peer.answer().method == "$/item") }
            // The stream stands still; another call on the connection does not.
            peer.send(open("Echo", id: 2))
            #expect(try await peer.answer().id == 2)
            peer.send(credit(1, 5, 1_000))
            for _ in 0..<5 { #expect(try await peer.answer().method == "$/item") }
            peer.send(open("Echo", id: 3))
            #expect(try await peer.answer().id == 3)
            peer.send(credit(1, 1, 1_000))
            #expect(try await peer.answer().method == "$/item")
            #expect(try await peer.answer().id == 1)
            await peer.close()
        }
    }

    @Test("without credit a server stops after 1 MiB")
    func byteCredit() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Count", id: 1, 5, text: String(repeating: "b", count: 300_000)))
            for _ in 0..<3 { #expect(try await peer.answer().method == "$/item") }
            peer.send(open("Echo", id: 2))
            #expect(try await peer.answer().id == 2)
            peer.send(credit(1, 2, 600_000))
            for _ in 0..<2 { #expect(try await peer.answer().method == "$/item") }
            #expect(try await peer.answer().id == 1)
            await peer.close()
        }
    }

    @Test("a duplex stream mirrors items until its end, and gives credit back")
    func duplex() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Mirror", id: 1))
            var credits = 0
            for number in 0..<100 {
                peer.send(item(number, id: 1))
                var answer = try await peer.answer()
                while answer.method == "$/credit" {
                    credits += answer.cursor["params"]?["items"]?.integer ?? 0
                    answer = try await peer.answer()
                }
                #expect(answer.cursor["params"]?["value"]?["number"]?.integer == number)
                peer.send(credit(1, 1, 100))
            }
            #expect(credits >= 64)
            peer.send(end(1))
            var answer = try await peer.answer()
            while answer.method == "$/credit" { answer = try await peer.answer() }
            #expect(answer.cursor["result"]?["number"]?.integer == 100)
            await peer.close()
        }
    }

    @Test("an overrun of items ends that stream alone")
    func itemOverrun() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Stall", id: 1))
            peer.send(open("Stall", id: 2))
            for number in 0..<64 { peer.send(item(number, id: 1)) }
            peer.send(open("Echo", id: 3))
            #expect(try await peer.answer().id == 3)
            peer.send(item(64, id: 1))
            let answer = try await peer.answer()
            #expect(answer.id == 1)
            #expect(answer.status == "RESOURCE_EXHAUSTED")
            #expect(answer.reason == "credit_exceeded")
            try await eventually("one handler is cancelled") { journal.cancelled == 1 && server.activeCalls == 1 }
            // What still comes for the dead stream is ignored.
            peer.send(item(65, id: 1))
            peer.send(end(1))
            peer.send(open("Echo", id: 4))
            #expect(try await peer.answer().id == 4)
            await peer.close()
        }
    }

    @Test("an overrun of bytes ends that stream alone")
    func byteOverrun() async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Stall", id: 1))
            let text = String(repeating: "b", count: 500_000)
            peer.send(item(0, id: 1, text: text))
            peer.send(item(1, id: 1, text: text))
            peer.send(open("Echo", id: 2))
            #expect(try await peer.answer().id == 2)
            peer.send(item(2, id: 1, text: text))
            #expect(try await peer.answer().reason == "credit_exceeded")
            try await eventually("the handler has ended") { server.activeCalls == 0 }
            await peer.close()
        }
    }

    @Test("a value after the end of its stream, or none at all, ends the stream")
    func afterEnd() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Stall", id: 1))
            peer.send(end(1))
            peer.send(item(0, id: 1))
            #expect(try await peer.answer().reason == "stream_ended")
            peer.send(open("Stall", id: 2))
            peer.send(#"{"jsonrpc":"2.0","method":"$/send","params":{"id":2}}"#)
            #expect(try await peer.answer().code == -32_602)
            await peer.close()
        }
    }

    @Test("an item of the wrong type is the client's fault")
    func wrongItem() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Mirror", id: 1))
            peer.send(#"{"jsonrpc":"2.0","method":"$/send","params":{"id":1,"value":{"text":1}}}"#)
            #expect(try await peer.answer().code == -32_602)
            await peer.close()
        }
    }

    @Test("a cancelled stream waiting for credit is answered once and lets go of its handler")
    func cancelStalled() async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(open("Count", id: 1, 1_000))
            for _ in 0..<64 { _ = try await peer.answer() }
            peer.send(#"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":1}}"#)
            #expect(try await peer.answer().status == "CANCELLED")
            try await eventually("the handler has ended") { server.activeCalls == 0 }
            peer.send(open("Echo", id: 2))
            #expect(try await peer.answer().id == 2)
            await peer.close()
        }
    }
}
