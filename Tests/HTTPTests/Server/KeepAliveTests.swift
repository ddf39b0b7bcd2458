import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("Connections between requests", .timeLimit(.minutes(2)))
struct KeepAliveTests {
    private static func get(_ path: String, _ more: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(more)\r\n"
    }

    @Test("pipelined requests are answered in order, one at a time")
    func pipelining() async throws {
        let running = Tally()
        let overlaps = Tally()
        try await withServer { exchange in
            running.add()
            if running.count > 1 { overlaps.add() }
            // Later requests are quicker: out of order they would overtake.
            let delay = 20 - (Int(exchange.path.dropFirst()) ?? 0)
            try? await Task.sleep(for: .milliseconds(delay))
            running.add(-1)
            exchange.respond(.ok, body: ByteBuffer(string: "<\(exchange.path)>"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send((0..<20).map { Self.get("/\($0)") }.joined())
            let answers = try await client.receive(containing: "</19>")
            let order = answers.split(separator: "\r\n").filter { $0.hasPrefix("<") }.map { $0.prefix { $0 != "H" } }
            #expect(order.map(String.init) == (0..<20).map { "</\($0)>" })
        }
        #expect(overlaps.count == 0)
    }

    @Test("bodies do not leak into the next request")
    func bodiesAreSeparate() async throws {
        try await withServer { exchange in
            let body = (try? await exchange.body(limit: 100)) ?? ByteBuffer()
            exchange.respond(.ok, body: ByteBuffer(string: "<\(String(buffer: body))>"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                    + "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;e=1\r\nde\r\n1\r\nf\r\n0\r\nt: v\r\n\r\n"
                    + Self.get("/")
            )
            let answers = try await client.receive(containing: "<>")
            #expect(answers.contains("<abc>") && answers.contains("<def>"))
        }
    }

    @Test("HEAD has the length but no body, and the connection goes on")
    func head() async throws {
        try await withServer { exchange in
            if exchange.path == "/stream" {
                exchange.begin(.ok)
                try? await exchange.write(ByteBuffer(string: "body"))
                exchange.finish()
            } else {
                exchange.respond(.ok, body: ByteBuffer(string: "body"))
            }
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + Self.get("/"))
            let answers = try await client.receive(containing: "body")
            #expect(answers.split(separator: "content-length: 4\r\n\r\n", omittingEmptySubsequences: false).count == 3)
            #expect(answers.split(separator: "body", omittingEmptySubsequences: false).count == 2)
        }
    }

    @Test("204 and 304 have neither body nor length", arguments: [HTTPResponseStatus.noContent, .notModified])
    func bodiless(status: HTTPResponseStatus) async throws {
        try await withServer {
            $0.respond(status, body: ByteBuffer(string: "lost"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.get("/") + Self.get("/", "Connection: close\r\n"))
            let answers = try await client.receiveToEnd()
            #expect(!answers.contains("lost") && !answers.contains("content-length"))
            #expect(answers.split(separator: "HTTP/1.1 \(status.code)").count == 2)
        }
    }

    @Test("100 Continue is sent when the handler reads, and only then")
    func expectContinue() async throws {
        try await withServer { exchange in
            guard exchange.path == "/read" else { return exchange.respond(.forbidden) }
            let body = (try? await exchange.body(limit: 100)) ?? ByteBuffer()
            exchange.respond(.ok, body: body)
        } _: { _, address in
            let reading = try await RawConnection.connect(to: address)
            reading.send("POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
            try await reading.receive(containing: "HTTP/1.1 100 Continue\r\n\r\n")
            reading.send("abc")
            try await reading.receive(containing: "\r\n\r\nabc")
            let refusing = try await RawConnection.connect(to: address)
            refusing.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            let answer = try await refusing.receive(containing: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 403 ") && answer.contains("connection: close"))
        }
    }

    @Test("a small body nobody read costs nothing; one that has not come closes the connection")
    func unreadBody() async throws {
        try await withServer {
            $0.respond(.notFound)
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" + Self.get("/"))
            try await client.receive { $0.split(separator: "404 Not Found").count == 3 }
            #expect(!client.text.contains("connection: close"))
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc" + Self.get("/"))
            let answers = try await client.receive(containing: "connection: close")
            #expect(answers.split(separator: "404 Not Found").count == 4)
        }
    }

    @Test("HTTP/1.0 closes unless asked not to, and gets no chunks")
    func oldVersion() async throws {
        try await withServer { exchange in
            exchange.begin(.ok)
            try? await exchange.write(ByteBuffer(string: "streamed"))
            exchange.finish()
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("GET / HTTP/1.0\r\n\r\n")
            let answer = try await client.receiveToEnd()
            #expect(answer.hasSuffix("connection: close\r\n\r\nstreamed"))
        }
        try await withServer {
            $0.respond(.ok, body: ByteBuffer(string: "x"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
            try await client.receive(containing: "connection: keep-alive\r\n\r\nx")
            client.send("GET / HTTP/1.0\r\n\r\n")
            #expect(try await client.receiveToEnd().hasSuffix("connection: close\r\n\r\nx"))
        }
    }

    @Test("a handler that answers nothing is answered 500, shaped by the hook")
    func unanswered() async throws {
        try await withServer { configuration in
            configuration.errorResponse = { error, path in
                (["content-type": "text/plain"], ByteBuffer(string: "\(error.status.code) at \(path ?? "?")"))
            }
        } handler: { _ in
        } _: { server, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.get("/here?x"))
            try await client.receive(containing: "500 at /here")
            let second = try await RawConnection.connect(to: address)
            second.send("GET /there HTTP/1.1\r\n\r\n")
            try await second.receive(containing: "400 at /there")
            #expect(server.activeRequests == 0)
        }
    }

    @Test("a handler that leaves in the middle of its answer leaves an incomplete one")
    func abandoned() async throws {
        try await withServer { exchange in
            exchange.begin(.ok)
            try? await exchange.write(ByteBuffer(string: "half"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.get("/"))
            let answer = try await client.receiveToEnd()
            #expect(answer.contains("half") && !answer.hasSuffix("0\r\n\r\n"))
        }
    }

    @Test("a handler's header cannot break out of its line or contradict the framing")
    func injection() async throws {
        try await withServer { exchange in
            let headers: HTTPHeaders = [
                "x": "a\r\nset-cookie: b", "content-length": "99", "transfer-encoding": "chunked",
            ]
            exchange.respond(.ok, headers: headers, body: ByteBuffer(string: "body"))
        } _: { _, address in
            let client = try await RawConnection.connect(to: address)
            client.send(Self.get("/"))
            let answer = try await client.receive(containing: "body")
            #expect(answer == "HTTP/1.1 200 OK\r\nx: a  set-cookie: b\r\ncontent-length: 4\r\n\r\nbody")
        }
    }

    @Test("the server listens on a Unix socket")
    func unixSocket() async throws {
        let path = "/tmp/keirouter-http-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let server = HTTPServer(group: group) { $0.respond(.ok) }
        try await server.bind(unixPath: path)
        let client = try await RawConnection.connect(to: SocketAddress(unixDomainSocketPath: path))
        client.send(Self.get("/"))
        try await client.receive(containing: "200 OK")
        await server.shutdown(drain: .zero)
        #expect(server.openConnections == 0)
    }
}
