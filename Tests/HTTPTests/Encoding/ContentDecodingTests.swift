import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("Content coding")
struct ContentDecodingTests {
    static let codings = [
        ("text.gz", "gzip"), ("text-fast.gz", "gzip"), ("text-stored.gz", "x-gzip"), ("text-fixed.gz", "gzip"),
        ("text.zlib", "deflate"), ("text.deflate", "deflate"),
    ]

    /// An upstream that answers with a compressed fixture cut into chunks of `size`.
    private static func upstream(_ fixture: ByteBuffer, _ coding: String, chunk size: Int) async throws -> RawServer {
        try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\ncontent-encoding: \(coding)\r\ntransfer-encoding: chunked\r\n\r\n")
            var rest = fixture
            while let piece = rest.readBytes(length: min(size, rest.readableBytes)), !piece.isEmpty {
                connection.send(Array("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [13, 10])
            }
            connection.send("0\r\n\r\n")
            try await connection.receiveToEnd()
        }
    }

    @Test("a compressed response is decoded wherever the network cuts it", arguments: codings, [7, 1_000, 1 << 20])
    func responses(coding: (String, String), size: Int) async throws {
        let server = try await Self.upstream(Fixture.bytes(coding.0), coding.1, chunk: size)
        let expected = try Fixture.bytes("text.txt")
        try await withClient { client async throws in
            let response = try await client.send(
                UpstreamRequest(method: .GET, path: "/"),
                to: plainOrigin(server.port),
                deadlines: patient
            )
            #expect(response.head.headers["content-encoding"].isEmpty)
            #expect(try await response.collect(limit: 1 << 20) == expected)
            #expect(client.idleConnections == 1)
        }
        await server.stop()
    }

    @Test("broken compressed responses are errors, never crashes", arguments: 0..<60)
    func broken(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let (name, coding) = Self.codings[Int(seed) % 5]
        var bytes = try Array(buffer: Fixture.bytes(name))
        if seed % 3 == 0 {
            bytes.removeLast(Int.random(in: 1...bytes.count / 2, using: &generator))
        } else {
            bytes[Int.random(in: 2..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
        }
        let server = try await Self.upstream(ByteBuffer(bytes: bytes), coding, chunk: 10_000)
        let expected = try String(buffer: Fixture.bytes("text.txt"))
        try await withClient { client async throws in
            do throws(UpstreamError) {
                // A flipped bit that decodes all the same (a gzip header's time, say) must not change the text.
                let text = try await client.text(from: plainOrigin(server.port))
                #expect(text == expected)
            } catch {
                #expect(error == .malformed("the compressed response is broken"))
            }
        }
        await server.stop()
    }

    @Test("a compression bomb ends at the ratio limit")
    func bomb() async throws {
        let server = try await Self.upstream(Fixture.bytes("bomb.gz"), "gzip", chunk: 1 << 20)
        try await withClient { client async throws in
            #expect(await client.failure(from: plainOrigin(server.port)) == .tooLarge)
        }
        await server.stop()
    }

    @Test("a compressed request body reaches the handler decoded", arguments: codings)
    func requests(name: String, coding: String) async throws {
        let expected = try Fixture.bytes("text.txt")
        let body = try Fixture.bytes(name)
        try await withServer { exchange in
            let isPlain = exchange.head.headers["content-encoding"].isEmpty
            let body = try? await exchange.body(limit: 1 << 20)
            exchange.respond(body == expected && isPlain ? .ok : .badRequest)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(
                "POST / HTTP/1.1\r\nhost: x\r\ncontent-encoding: \(coding)\r\ncontent-length: \(body.readableBytes)\r\n\r\n"
            )
            client.send(Array(buffer: body))
            try await client.receive(containing: "200 OK")
        }
    }

    @Test(
        "a request body that is a bomb, broken or in another coding is refused",
        arguments: [
            ("bomb.gz", "gzip", "413"), ("text.txt", "gzip", "400"), ("text.gz", "br", "415"),
            ("text.gz", "gzip, gzip", "415"),
        ]
    )
    func refusedRequests(name: String, coding: String, status: String) async throws {
        let body = try Fixture.bytes(name)
        try await withServer { exchange in
            do throws(HTTPServerError) {
                _ = try await exchange.body(limit: 4 << 20)
                exchange.respond(.ok)
            } catch {
                exchange.respond(error.status)
            }
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(
                "POST / HTTP/1.1\r\nhost: x\r\ncontent-encoding: \(coding)\r\ncontent-length: \(body.readableBytes)\r\n\r\n"
            )
            client.send(Array(buffer: body))
            try await client.receive(containing: "HTTP/1.1 \(status) ")
        }
    }
}
