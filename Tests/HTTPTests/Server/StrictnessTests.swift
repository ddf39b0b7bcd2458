import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("What the edge refuses", .timeLimit(.minutes(2)))
struct StrictnessTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let status: String
        var testDescription: String { name }

        init(_ name: String, _ request: String, _ status: String) {
            (self.name, self.request, self.status) = (name, request, status)
        }
    }

    private static let start = "POST / HTTP/1.1\r\nHost: x\r\n"

    static let refused = [
        Case("both lengths", start + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        Case("both lengths, the other order", start + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400"),
        Case("differing lengths", start + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "400"),
        Case("the same length twice", start + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "400"),
        Case("a list of lengths", start + "Content-Length: 5, 5\r\n\r\n", "400"),
        Case("a signed length", start + "Content-Length: +5\r\n\r\n", "400"),
        Case("a negative length", start + "Content-Length: -1\r\n\r\n", "400"),
        Case("a hexadecimal length", start + "Content-Length: 0x5\r\n\r\n", "400"),
        Case("an empty length", start + "Content-Length: \r\n\r\n", "400"),
        Case("an endless length", start + "Content-Length: 99999999999999999999\r\n\r\n", "400"),
        Case("a bare CR in a value", start + "X: a\rb\r\n\r\n", "400"),
        Case("a bare LF in a value", start + "X: a\nY: b\r\n\r\n", "400"),
        Case("lines that end in LF", "GET / HTTP/1.1\nHost: x\n\n", "400"),
        Case("NUL in a value", start + "X: a\0b\r\n\r\n", "400"),
        Case("DEL in a value", start + "X: a\u{7F}b\r\n\r\n", "400"),
        Case("a folded line", start + "X: a\r\n b\r\n\r\n", "400"),
        Case("a folded line with a tab", start + "X: a\r\n\tb\r\n\r\n", "400"),
        Case("a space before the first header", "GET / HTTP/1.1\r\n Host: x\r\n\r\n", "400"),
        Case("a space before the colon", start + "X : a\r\n\r\n", "400"),
        Case("a length with a space before the colon", start + "Content-Length : 5\r\n\r\n", "400"),
        Case("no colon", start + "nonsense\r\n\r\n", "400"),
        Case("no name", start + ": a\r\n\r\n", "400"),
        Case("a name that is no token", start + "X(Y): a\r\n\r\n", "400"),
        Case("no Host", "GET / HTTP/1.1\r\n\r\n", "400"),
        Case("two Hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400"),
        Case("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n", "400"),
        Case("a Host that is a list", "GET / HTTP/1.1\r\nHost: x,y\r\n\r\n", "400"),
        Case("a Host with user name", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n", "400"),
        Case("a Host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", "400"),
        Case("an unknown transfer coding", start + "Transfer-Encoding: xchunked\r\n\r\n", "501"),
        Case("gzip under chunked", start + "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"),
        Case("identity", start + "Transfer-Encoding: identity\r\n\r\n", "501"),
        Case("chunked twice", start + "Transfer-Encoding: chunked, chunked\r\n\r\n", "400"),
        Case(
            "chunked twice in two lines",
            start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400"
        ),
        Case("chunked not last", start + "Transfer-Encoding: chunked, gzip\r\n\r\n", "400"),
        Case("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"),
        Case("another expectation", start + "Expect: the-unexpected\r\n\r\n", "417"),
        Case("HTTP/2 in a request line", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"),
        Case("HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", "505"),
        Case("HTTP/0.9", "GET /\r\n\r\n", "400"),
        Case("a version that is none", "GET / HTTP/11\r\nHost: x\r\n\r\n", "400"),
        Case("a lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a tab for a space", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a space in the target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a raw byte in the target", "GET /é HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a target without slash", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a star for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a target of another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("a method that is no token", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("an endless method", String(repeating: "A", count: 100) + " / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("too many empty lines", String(repeating: "\r\n", count: 9) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
        Case("an oversize target", "GET /\(String(repeating: "a", count: 17_000)) HTTP/1.1\r\nHost: x\r\n\r\n", "414"),
        Case("an oversize target that never ends", "GET /\(String(repeating: "a", count: 17_000))", "414"),
        Case("an oversize header", start + "X: \(String(repeating: "a", count: 70_000))\r\n\r\n", "431"),
        Case("an oversize header that never ends", start + "X: \(String(repeating: "a", count: 70_000))", "431"),
        Case("too many headers", start + String(repeating: "X: a\r\n", count: 201) + "\r\n", "431"),
    ]

    @Test("a malformed head is answered by its status and the connection closed", arguments: refused)
    func refusals(refusal: Case) async throws {
        let handled = Tally()
        try await withServer { exchange in
            handled.add()
            exchange.respond(.ok)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(refusal.request)
            let answer = try await client.receive(containing: "}}")
            #expect(answer.hasPrefix("HTTP/1.1 \(refusal.status) "))
            #expect(answer.contains("connection: close\r\n"))
            #expect(
                answer.contains(#"{"error":{"message":""#) && answer.hasSuffix(#"","type":"invalid_request_error"}}"#)
            )
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            client.channel.close(mode: .output, promise: nil)
            #expect(try await client.receiveToEnd() == answer)
        }
        #expect(handled.count == 0)
    }

    @Test(
        "the same refusal whether the head comes at once or byte by byte",
        arguments: refused.filter { $0.request.utf8.count < 200 }
    )
    func bytewise(refusal: Case) async throws {
        try await withServer {
            $0.respond(.ok)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            for byte in refusal.request.utf8 {
                try? await client.channel.writeAndFlush(ByteBuffer(bytes: [byte])).get()
            }
            try await client.receive(containing: "HTTP/1.1 \(refusal.status) ")
        }
    }

    @Test(
        "whoever does not speak HTTP/1 is cut off without an answer",
        arguments: [
            Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0],
            [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC], [0], [0xFF, 0xFE],
        ]
    )
    func otherProtocols(bytes: [UInt8]) async throws {
        try await withServer {
            $0.respond(.ok)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(bytes)
            #expect(try await client.receiveToEnd() == "")
        }
    }

    static let accepted = [
        Case("absolute target", "GET http://y/a?b HTTP/1.1\r\nHost: y\r\n\r\n", "/a b"),
        Case("absolute target without path", "GET http://y HTTP/1.1\r\nHost: y\r\n\r\n", "/ -"),
        Case("star", "OPTIONS * HTTP/1.1\r\nHost: y\r\n\r\n", "* -"),
        Case("empty lines before", "\r\n\r\nGET /x? HTTP/1.1\r\nHost: y\r\n\r\n", "/x "),
        Case("empty Host", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", "/x -"),
        Case("a literal Host and spaces around it", "GET /x HTTP/1.1\r\nHost: \t[::1]:80 \r\n\r\n", "/x -"),
        Case("HTTP/1.0 without Host", "GET /x HTTP/1.0\r\n\r\n", "/x -"),
        Case("text beyond ASCII in a value", "GET /x HTTP/1.1\r\nHost: y\r\nX: é\r\n\r\n", "/x -"),
        Case("another method", "BREW /x HTTP/1.1\r\nHost: y\r\n\r\n", "/x -"),
    ]

    @Test("what is valid but unusual is served", arguments: accepted)
    func unusual(sample: Case) async throws {
        try await withServer { exchange in
            exchange.respond(.ok, body: ByteBuffer(string: "[\(exchange.path) \(exchange.query ?? "-")]"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(sample.request)
            try await client.receive(containing: "[\(sample.status)]")
        }
    }

    @Test(
        "a broken chunked body is malformed for the handler and ends the connection",
        arguments: [
            "x\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "-1\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n",
            "5 \r\nhello\r\n0\r\n\r\n", "5;a=\0\r\nhello\r\n0\r\n\r\n", "fffffffffffffffff\r\n", "\r\n",
            "5;\(String(repeating: "a", count: 2_000))",
            "0\r\nbad trailer\r\n\r\n", "0\r\n x: y\r\n\r\n", "0\r\nx: \(String(repeating: "a", count: 9_000))\r\n\r\n",
            "5;a\rb\r\nhello\r\n0\r\n\r\n",
        ]
    )
    func chunks(body: String) async throws {
        try await withServer { exchange in
            do throws(HTTPServerError) {
                _ = try await exchange.body(limit: 1_000)
                exchange.respond(.ok)
            } catch {
                exchange.respond(error.status)
            }
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)")
            let answer = try await client.receive(containing: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains("connection: close"))
        }
    }
}
