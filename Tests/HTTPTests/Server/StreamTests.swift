import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("Streamed answers", .timeLimit(.minutes(2)))
struct StreamTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("the head leaves with the first piece, and each piece is a chunk", arguments: [3, 20_000])
    func framing(size: Int) async throws {
        try await withServer { exchange in
            exchange.begin(.ok, headers: ["content-type": "text/event-stream"])
            #expect(exchange.hasBegun)
            try? await exchange.write(ByteBuffer(repeating: 0x61, count: size))
            exchange.finish(with: ByteBuffer(string: "end"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.request)
            let text = try await client.receive(containing: "0\r\n\r\n")
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            let chunk = "\(String(size, radix: 16))\r\n\(String(repeating: "a", count: size))\r\n"
            #expect(text == head + chunk + "3\r\nend\r\n0\r\n\r\n")
        }
    }

    @Test("an empty stream is an empty answer with a length")
    func emptyStream() async throws {
        try await withServer { exchange in
            exchange.begin(.accepted)
            exchange.finish()
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.request)
            try await client.receive { $0 == "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n" }
        }
    }

    @Test("a slow reader gets every byte, and the writer waits for it")
    func slowReader() async throws {
        let written = Tally()
        let total = 24 << 20
        try await withServer { exchange in
            exchange.begin(.ok)
            var generator = SeededGenerator(seed: 1)
            while written.count < total {
                let piece = ByteBuffer(repeating: UInt8(truncatingIfNeeded: generator.next()), count: 64 << 10)
                guard (try? await exchange.write(piece)) != nil else { return }
                written.add(piece.readableBytes)
            }
            exchange.finish()
        } _: { _, address in
            let client = try await RawConnection.connect(to: address, autoRead: false)
            client.send(Self.request)
            // Without a reader the writer stops at what the sockets hold.
            try await Task.sleep(for: .milliseconds(300))
            let held = written.count
            #expect(held < total / 2)
            try await Task.sleep(for: .milliseconds(100))
            #expect(written.count == held)
            try await client.channel.setOption(.autoRead, value: true).get()
            #expect(await eventually({ written.count == total }, within: .seconds(30)))
            let framed = total + (total >> 16) * 9 + 5
            try await client.receive(count: framed)
            let start = client.received.readableBytesView.prefix(200)
            let head = try #require(start.firstRange(of: Array("\r\n\r\n".utf8)))
            try await client.receive(count: head.upperBound + framed)
            var bytes = client.received
            bytes.moveReaderIndex(to: head.upperBound)
            var generator = SeededGenerator(seed: 1)
            for _ in 0..<(total / (64 << 10)) {
                var chunk = ByteBuffer(string: "10000\r\n")
                chunk.writeRepeatingByte(UInt8(truncatingIfNeeded: generator.next()), count: 64 << 10)
                chunk.writeString("\r\n")
                #expect(bytes.readSlice(length: chunk.readableBytes) == chunk)
            }
            #expect(String(buffer: bytes) == "0\r\n\r\n")
        }
    }

    @Test(
        "a client that closes cancels its request's task, wherever that waits",
        arguments: ["sleep", "body", "write", "idle"]
    )
    func disconnect(place: String) async throws {
        let started = Tally()
        let ended = Tally()
        try await withServer { exchange in
            started.add()
            switch place {
            case "sleep": try? await Task.sleep(for: .seconds(60))
            case "body": await #expect(throws: HTTPServerError.clientGone) { try await exchange.body(limit: 100) }
            case "write":
                exchange.begin(.ok)
                while (try? await exchange.write(ByteBuffer(repeating: 0, count: 1 << 20))) != nil {}
            default:
                exchange.begin(.ok)
                try? await exchange.write(ByteBuffer(string: "first"))
                try? await Task.sleep(for: .seconds(60))
            }
            #expect(exchange.isClientGone && Task.isCancelled)
            exchange.finish()
            ended.add()
        } _: { server, address in
            let client = try await RawConnection.connect(to: address, autoRead: place != "write")
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(place == "body" ? 10 : 0)\r\n\r\n")
            #expect(await eventually { started.count == 1 })
            if place == "write" { try await Task.sleep(for: .milliseconds(50)) }
            client.close()
            #expect(await eventually({ ended.count == 1 }, within: .seconds(5)))
            #expect(await eventually { server.activeRequests == 0 && server.openConnections == 0 })
        }
    }

    @Test("a client that closes is noticed although it has sent more than is read ahead")
    func disconnectBehindBody() async throws {
        let ended = Tally()
        try await withServer { exchange in
            try? await Task.sleep(for: .seconds(60))
            ended.add()
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
            try await client.channel.writeAndFlush(ByteBuffer(repeating: 0x61, count: 110_000)).get()
            try await Task.sleep(for: .milliseconds(50))
            client.close()
            #expect(await eventually({ ended.count == 1 }, within: .seconds(5)))
        }
    }

    @Test("work after the answer's end is not cancelled by the client's leaving")
    func workAfterAnswer() async throws {
        let finished = Tally()
        try await withServer { exchange in
            exchange.respond(.ok)
            try? await Task.sleep(for: .milliseconds(200))
            if !Task.isCancelled { finished.add() }
        } _: { server, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.request)
            try await client.receive(containing: "200 OK")
            client.close()
            #expect(await eventually { finished.count == 1 })
            #expect(await eventually { server.activeRequests == 0 })
        }
    }
}

@Suite("Draining", .timeLimit(.minutes(2)))
struct DrainTests {
    @Test("draining closes idle connections, refuses new ones, and ends running answers with connection: close")
    func graceful() async throws {
        let gate = Tally()
        let server = HTTPServer(group: group) { exchange in
            if exchange.path == "/slow" { _ = await eventually { gate.count > 0 } }
            exchange.respond(.ok, body: ByteBuffer(string: "done"))
        }
        let address = try await server.bind(host: "127.0.0.1", port: 0)
        let idle = try await RawConnection.connect(to: address)
        idle.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try await idle.receive(containing: "done")
        let busy = try await RawConnection.connect(to: address)
        busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await eventually { server.activeRequests == 1 })
        async let drained: Void = server.shutdown(drain: .seconds(10))
        try await idle.receiveToEnd()
        await #expect(throws: (any Error).self) { try await RawConnection.connect(to: address) }
        gate.add()
        let answer = try await busy.receiveToEnd()
        #expect(answer.contains("connection: close\r\n") && answer.hasSuffix("done"))
        await drained
        #expect(server.openConnections == 0)
    }

    @Test("draining waits for what a handler does after its answer")
    func afterwork() async throws {
        let gate = Tally()
        let kept = Tally()
        let server = HTTPServer(group: group) { exchange in
            exchange.respond(.ok, body: ByteBuffer(string: "done"))
            _ = await eventually { gate.count > 0 }
            kept.add()
        }
        let address = try await server.bind(host: "127.0.0.1", port: 0)
        let client = try await RawConnection.connect(to: address)
        client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try await client.receiveToEnd()
        async let drained: Void = server.shutdown(drain: .seconds(10))
        #expect(await eventually { server.openConnections == 0 })
        gate.add()
        await drained
        #expect(kept.count == 1)
        #expect(server.activeRequests == 0)
    }

    @Test("what does not end in time is cut off and cancelled")
    func forced() async throws {
        let cancelled = Tally()
        let server = HTTPServer(group: group) { exchange in
            try? await Task.sleep(for: .seconds(60))
            if Task.isCancelled { cancelled.add() }
        }
        let address = try await server.bind(host: "127.0.0.1", port: 0)
        let client = try await RawConnection.connect(to: address)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(await eventually { server.activeRequests == 1 })
        await server.shutdown(drain: .milliseconds(50))
        try await client.receiveToEnd()
        #expect(await eventually { cancelled.count == 1 && server.activeRequests == 0 })
    }
}
