import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("Responses of upstreams", .timeLimit(.minutes(2)))
struct ResponseTests {
    /// A server that sends the pieces one after the other, then waits or closes.
    private static func upstream(_ pieces: [String], closes: Bool = false) async throws -> RawServer {
        try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            for piece in pieces { try await connection.channel.writeAndFlush(ByteBuffer(string: piece)).get() }
            if !closes { try await connection.receiveToEnd() }
        }
    }

    static let bodies = [
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;ext=\"a\"\r\n \r\n5  \r\nworld\r\n0\r\nTrailer: x\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\nHTTP/1.1 200\r\ncontent-length: 11\r\n\r\nhello world",
        "HTTP/1.1 200 OK\r\nContent-Length: 11\r\nContent-Length: 11\r\n\r\nhello world",
    ]

    @Test("a body is read the same wherever the network cuts the response", arguments: bodies)
    func framing(response: String) async throws {
        for size in [1, 2, 3, 7, 1_000] {
            let bytes = Array(response.utf8)
            let pieces = stride(from: 0, to: bytes.count, by: size).map { start in
                String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self)
            }
            let server = try await Self.upstream(pieces)
            try await withClient { client async throws in
                #expect(try await client.text(from: plainOrigin(server.port)) == "hello world")
                #expect(client.idleConnections == 1)
            }
            await server.stop()
        }
    }

    @Test("a body without length ends with the connection")
    func untilClose() async throws {
        let server = try await Self.upstream(["HTTP/1.1 200 OK\r\n\r\nhello ", "world"], closes: true)
        try await withClient { client async throws in
            #expect(try await client.text(from: plainOrigin(server.port)) == "hello world")
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test(
        "a connection that closes inside a body is an error",
        arguments: [
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "HTTP/1.1 200 OK\r\ncontent-len",
        ]
    )
    func truncated(response: String) async throws {
        let server = try await Self.upstream([response], closes: true)
        try await withClient { client async throws in
            #expect(await client.failure(from: plainOrigin(server.port)) == .closedMidBody)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test(
        "a malformed response is an error and costs the connection",
        arguments: [
            "nonsense\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 099 X\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nx : y\r\n\r\n",
            "HTTP/1.1 200 OK\nx: y\n\n",
            "HTTP/1.1 200 OK\r\nx: y\r\n z\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 200 OK\r\nx: \(String(repeating: "y", count: 300_000))\r\n\r\n",
            String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 40),
        ]
    )
    func malformed(response: String) async throws {
        let server = try await Self.upstream([response])
        try await withClient { client async throws in
            let failure = await client.failure(from: plainOrigin(server.port))
            guard case .malformed = failure else {
                Issue.record("\(response.prefix(40)) gave \(String(describing: failure))")
                return
            }
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test(
        "HEAD, 204 and 304 have no body, whatever they say",
        arguments: [(HTTPMethod.HEAD, 200), (.GET, 204), (.GET, 304)]
    )
    func bodiless(method: HTTPMethod, status: Int) async throws {
        let server = try await Self.upstream(["HTTP/1.1 \(status) X\r\ncontent-length: 10\r\n\r\n"])
        try await withClient { client async throws in
            #expect(
                try await client.text(UpstreamRequest(method: method, path: "/"), from: plainOrigin(server.port)) == ""
            )
            #expect(client.idleConnections == 1)
        }
        await server.stop()
    }

    @Test("collect stops at its limit and closes")
    func limit() async throws {
        let server = try await Self.upstream(["HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello world"])
        try await withClient { client async throws in
            let response = try await client.send(
                UpstreamRequest(method: .GET, path: "/"),
                to: plainOrigin(server.port),
                deadlines: patient
            )
            await #expect(throws: UpstreamError.tooLarge) { try await response.collect(limit: 10) }
        }
        await server.stop()
    }

    @Test("small chunks that came together are one piece")
    func coalescing() async throws {
        let burst = (0..<200).map { "4\r\n\(1_000 + $0)\r\n" }.joined()
        let server = try await Self.upstream([
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + burst + "0\r\n\r\n"
        ])
        try await withClient { client async throws in
            let response = try await client.send(
                UpstreamRequest(method: .GET, path: "/"),
                to: plainOrigin(server.port),
                deadlines: patient
            )
            var pieces = 0
            var text = ""
            while let piece = try await response.next() {
                pieces += 1
                text += String(buffer: piece)
            }
            #expect(text == (0..<200).map { "\(1_000 + $0)" }.joined())
            #expect(pieces < 20)
        }
        await server.stop()
    }

    @Test("an upstream is slowed by a consumer that does not ask, and loses no byte")
    func backPressure() async throws {
        let sent = Tally()
        let pieces = 400
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(pieces << 16)\r\n\r\n")
            for number in 0..<pieces {
                let piece = ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: 1 << 16)
                try await connection.channel.writeAndFlush(piece).get()
                sent.add()
            }
            try await connection.receiveToEnd(within: .seconds(60))
        }
        try await withClient { client async throws in
            let response = try await client.send(
                UpstreamRequest(method: .GET, path: "/"),
                to: plainOrigin(server.port),
                deadlines: patient
            )
            try await Task.sleep(for: .milliseconds(300))
            #expect(sent.count < pieces / 2)
            var body = ByteBuffer()
            while var piece = try await response.next() {
                #expect(piece.readableBytes <= 64 << 10)
                body.writeBuffer(&piece)
            }
            for number in 0..<pieces {
                let piece = ByteBuffer(repeating: UInt8(truncatingIfNeeded: number), count: 1 << 16)
                #expect(body.readSlice(length: 1 << 16) == piece)
            }
            #expect(body.readableBytes == 0)
        }
        await server.stop()
    }

    @Test("a response nobody reads to its end closes its connection")
    func neglected() async throws {
        let server = try await Self.upstream(["HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\nhello"])
        try await withClient { client async throws in
            do {
                let response = try await client.send(
                    UpstreamRequest(method: .GET, path: "/"),
                    to: plainOrigin(server.port),
                    deadlines: patient
                )
                #expect(response.head.status == .ok)
            }
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }
}
