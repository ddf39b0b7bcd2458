import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("The edge's limits and deadlines", .timeLimit(.minutes(2)))
struct LimitsTests {
    /// Reads the body and answers with its length or the error's status.
    private static func measure(_ exchange: HTTPExchange, limit: Int) async {
        do throws(HTTPServerError) {
            let body = try await exchange.body(limit: limit)
            exchange.respond(.ok, body: ByteBuffer(string: "\(body.readableBytes)"))
        } catch {
            exchange.respond(error.status)
        }
    }

    @Test("a declared length above the limit is refused before a byte of the body is sent or a 100 asked for it")
    func declaredLength() async throws {
        try await withServer {
            await Self.measure($0, limit: 10)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n")
            let answer = try await client.receive(containing: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
            #expect(answer.contains("connection: close"))
        }
    }

    @Test("a chunked body is refused once it passes the limit")
    func chunkedLength() async throws {
        try await withServer {
            await Self.measure($0, limit: 10)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n01234567\r\n3\r\n")
            client.send("890")
            try await client.receive(containing: "HTTP/1.1 413 ")
        }
    }

    @Test("a client that is still sending reads the 413 instead of a reset")
    func lingering() async throws {
        try await withServer {
            await Self.measure($0, limit: 10)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n")
            client.send([UInt8](repeating: 0x61, count: 8_000_000))
            let answer = try await client.receive(containing: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test("a large body arrives whole, by length and in chunks", arguments: [false, true])
    func largeBody(isChunked: Bool) async throws {
        let size = 32 << 20
        try await withServer {
            await Self.measure($0, limit: size)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
            client.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
            let piece = [UInt8](repeating: 0x61, count: 1 << 20)
            for _ in 0..<32 { client.send(isChunked ? Array("100000\r\n".utf8) + piece + [13, 10] : piece) }
            if isChunked { client.send("0\r\n\r\n") }
            try await client.receive(containing: "\r\n\r\n\(size)", within: .seconds(30))
        }
    }

    /// Reads the body as an array and answers with its length and its last byte, or the error's status.
    private static func measureBytes(_ exchange: HTTPExchange) async {
        do throws(HTTPServerError) {
            let body = try await exchange.bodyBytes()
            exchange.respond(.ok, body: ByteBuffer(string: "\(body.count) \(body.last ?? 0)"))
        } catch {
            exchange.respond(error.status)
        }
    }

    @Test("a body that is put together as it comes is whole, by length and in chunks", arguments: [false, true])
    func collectedBody(isChunked: Bool) async throws {
        try await withServer {
            await Self.measureBytes($0)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            for size in [1, 70_000, 3_000_000] {
                client.forget()
                let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(size)"
                client.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\r\n\r\n")
                // Pieces that end inside a chunk's size and right behind the body, with the next request in the last.
                var message = [UInt8](repeating: 0x61, count: size - 1) + [UInt8(size % 7)]
                let length = String(size, radix: 16)
                if isChunked { message = Array("\(length)\r\n".utf8) + message + Array("\r\n0\r\n\r\n".utf8) }
                message += Array("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nzz".utf8)
                client.send(Array(message.prefix(3)))
                try await Task.sleep(for: .milliseconds(20))
                client.send(Array(message.dropFirst(3)))
                try await client.receive(containing: "\r\n\r\n\(size) \(size % 7)", within: .seconds(30))
                try await client.receive(containing: "\r\n\r\n2 122", within: .seconds(30))
            }
        }
    }

    @Test("a body that is put together is refused past the limit, when it stands still and when it is malformed")
    func collectedFailures() async throws {
        try await withServer {
            $0.maximumBody = 10
            $0.bodyIdleTimeout = .milliseconds(200)
        } handler: {
            await Self.measureBytes($0)
        } _: { _, address in
            let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            let bodies = [("8\r\n01234567\r\n3\r\n890", 413), ("8\r\n0123", 408), ("8\r\n01234567xx\r\n", 400)]
            for (rest, status) in bodies {
                let client = try await RawConnection.connect(to: address)
                client.send(head)
                try await Task.sleep(for: .milliseconds(20))
                client.send(rest)
                try await client.receive(containing: "HTTP/1.1 \(status) ", within: .seconds(10))
            }
        }
    }

    @Test("a head that comes too slowly is told 408")
    func slowHead() async throws {
        try await withServer {
            $0.headTimeout = .milliseconds(100)
        } handler: {
            $0.respond(.ok)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("GET / HTTP/1.1\r\nHos")
            let answer = try await client.receive(containing: "}}")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test("a head dripping byte by byte has no more time than any other")
    func drippingHead() async throws {
        try await withServer {
            $0.headTimeout = .milliseconds(300)
        } handler: {
            $0.respond(.ok)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            let drip = client.channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) {
                _ in
                client.send("G")
            }
            try await client.receive(containing: "HTTP/1.1 408 ")
            drip.cancel()
        }
    }

    @Test("a body that pauses for too long is timed out for the handler")
    func slowBody() async throws {
        try await withServer {
            $0.bodyIdleTimeout = .milliseconds(100)
        } handler: {
            await Self.measure($0, limit: 100)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            let answer = try await client.receive(containing: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 408 "))
            #expect(answer.contains("connection: close"))
        }
    }

    @Test("an idle connection is closed without a word")
    func idle() async throws {
        try await withServer {
            $0.keepAliveTimeout = .milliseconds(1_500)
        } handler: {
            $0.respond(.ok)
        } _: { server, address in
            let silent = try await RawConnection.connect(to: address)
            let once = try await RawConnection.connect(to: address)
            once.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await silent.receiveToEnd() == "")
            #expect(try await once.receiveToEnd().hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(await eventually { server.openConnections == 0 })
        }
    }

    @Test("a client that reads nothing ends its stream with writeStalled")
    func writeStall() async throws {
        let stalled = Tally()
        try await withServer {
            $0.writeStallTimeout = .milliseconds(200)
        } handler: { exchange in
            exchange.begin(.ok)
            do throws(HTTPServerError) {
                while true { try await exchange.write(ByteBuffer(repeating: 0x61, count: 1 << 20)) }
            } catch {
                if error == .writeStalled { stalled.add() }
            }
        } _: { server, address in
            let client = try await RawConnection.connect(to: address, autoRead: false)
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(await eventually { stalled.count == 1 })
            #expect(await eventually { server.openConnections == 0 && server.activeRequests == 0 })
            client.close()
        }
    }

    @Test("one connection too many is told 503")
    func tooMany() async throws {
        try await withServer {
            $0.maximumConnections = 2
        } handler: {
            $0.respond(.ok)
        } _: { server, address in
            let first = try await RawConnection.connect(to: address)
            let second = try await RawConnection.connect(to: address)
            #expect(await eventually { server.openConnections == 2 })
            let third = try await RawConnection.connect(to: address)
            try await third.receive(containing: "HTTP/1.1 503 ")
            third.close()
            first.close()
            #expect(await eventually { server.openConnections == 1 })
            let fourth = try await RawConnection.connect(to: address)
            fourth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await fourth.receive(containing: "HTTP/1.1 200 ")
            second.close()
        }
    }
}
