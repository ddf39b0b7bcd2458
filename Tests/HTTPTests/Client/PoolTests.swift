import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("The client's connections", .timeLimit(.minutes(2)))
struct PoolTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
    private static let post = UpstreamRequest(method: .POST, path: "/", body: ByteBuffer(string: "body"))

    @Test("one connection serves request after request")
    func reuse() async throws {
        let server = try await RawServer.start { try await $0.answerAll(Self.ok) }
        let origin = plainOrigin(server.port)
        try await withClient { client async throws in
            for number in 0..<5 {
                let response = try await client.send(Self.post, to: origin, deadlines: patient)
                #expect(response.isReusedConnection == (number > 0))
                #expect(response.head.status == .ok)
                #expect(try await String(buffer: response.collect(limit: 10)) == "ok")
            }
            #expect(client.idleConnections == 1 && client.openConnections == 1)
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test("the request is what was asked for, framing and host by the client")
    func requestBytes() async throws {
        let server = try await RawServer.start { connection in
            let text = try await connection.receive(containing: "body")
            connection.send("HTTP/1.1 200 OK\r\ncontent-length: \(text.utf8.count)\r\n\r\n\(text)")
            try await connection.receiveToEnd()
        }
        let headers: HTTPHeaders = [
            "Host": "evil", "Content-Length": "9", "Transfer-Encoding": "chunked", "Connection": "x", "X-A": "b",
        ]
        try await withClient { client async throws in
            let request = UpstreamRequest(
                method: .POST,
                path: "/a?b=c",
                headers: headers,
                body: ByteBuffer(string: "body")
            )
            let echo = try await client.text(request, from: plainOrigin(server.port))
            #expect(
                echo
                    == "POST /a?b=c HTTP/1.1\r\nhost: 127.0.0.1:\(server.port)\r\nX-A: b\r\ncontent-length: 4\r\n\r\nbody"
            )
        }
        await server.stop()
    }

    @Test("a header or a path that would break the request is refused before anything is sent")
    func injection() async throws {
        try await withClient { client async throws in
            let origin = plainOrigin(1)
            for value in ["a\r\nb: c", "a\nb", "a\0"] {
                let request = UpstreamRequest(method: .GET, path: "/", headers: ["x": value])
                #expect(
                    await client.failure(request, from: origin)
                        == .malformed("a request header holds a forbidden character")
                )
            }
            for path in ["", "a", "/a b", "/a\r\nb", "/é"] {
                let request = UpstreamRequest(method: .GET, path: path)
                #expect(await client.failure(request, from: origin) == .malformed("the request path is not a path"))
            }
        }
    }

    @Test("a reused connection that is dead before any byte is replaced once, POST included")
    func staleConnection() async throws {
        let requests = Tally()
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "body")
            requests.add()
            connection.forget()
            connection.send(Self.ok)
            // The second request is read and then the door shut: a race every keep-alive client loses now and then.
            try await connection.receive(containing: "body")
            requests.add()
        }
        try await withClient { client async throws in
            let origin = plainOrigin(server.port)
            #expect(try await client.text(Self.post, from: origin) == "ok")
            let second = try await client.send(Self.post, to: origin, deadlines: patient)
            #expect(!second.isReusedConnection)
            #expect(try await String(buffer: second.collect(limit: 10)) == "ok")
        }
        #expect(server.connections == 2 && requests.count == 3)
        await server.stop()
    }

    @Test("a fresh connection that closes before any byte is an error, not another attempt")
    func freshClose() async throws {
        let server = try await RawServer.start { try await $0.receive(containing: "body") }
        try await withClient { client async throws in
            #expect(
                await client.failure(Self.post, from: plainOrigin(server.port)) == .closedBeforeResponse(reused: false)
            )
            #expect(await eventually { client.openConnections == 0 })
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test("a reused connection that closes after the first byte is not tried again")
    func closedInHead() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "body")
            connection.forget()
            connection.send(Self.ok)
            try await connection.receive(containing: "body")
            try await connection.channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 2")).get()
        }
        try await withClient { client async throws in
            let origin = plainOrigin(server.port)
            #expect(try await client.text(Self.post, from: origin) == "ok")
            #expect(await client.failure(Self.post, from: origin) == .closedMidBody)
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test("an idle connection the upstream closes leaves the pool")
    func closedWhileIdle() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "body")
            connection.send(Self.ok)
        }
        try await withClient { client async throws in
            #expect(try await client.text(Self.post, from: plainOrigin(server.port)) == "ok")
            #expect(await eventually { client.openConnections == 0 && client.idleConnections == 0 })
        }
        await server.stop()
    }

    @Test("bytes nobody asked for close the connection: they are never the next answer", arguments: [true, false])
    func unsolicited(isImmediate: Bool) async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "body")
            let smuggled = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil"
            connection.send(isImmediate ? Self.ok + smuggled : Self.ok)
            if !isImmediate {
                try await Task.sleep(for: .milliseconds(50))
                connection.send(smuggled)
            }
            try await connection.receiveToEnd()
        }
        try await withClient { client async throws in
            let origin = plainOrigin(server.port)
            #expect(try await client.text(Self.post, from: origin) == "ok")
            #expect(await eventually { client.openConnections == 0 && client.idleConnections == 0 })
            #expect(try await client.text(Self.post, from: origin) == "ok")
        }
        #expect(server.connections == 2)
        await server.stop()
    }

    @Test(
        "a connection is not kept after an answer that ends it",
        arguments: [
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        ]
    )
    func notKept(answer: String) async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "body")
            connection.send(answer)
            try await connection.receiveToEnd()
        }
        try await withClient { client async throws in
            #expect(try await client.text(Self.post, from: plainOrigin(server.port)) == "ok")
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("idle connections are kept up to the limit and for the time allowed")
    func idleLimits() async throws {
        let server = try await RawServer.start { try await $0.answerAll(Self.ok) }
        let origin = plainOrigin(server.port)
        try await withClient {
            $0.maximumIdlePerOrigin = 2
            $0.idleTimeout = .milliseconds(300)
        } _: { client async throws in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 { group.addTask { try await client.text(Self.post, from: origin) } }
                for try await text in group { #expect(text == "ok") }
            }
            #expect(await eventually { client.openConnections == client.idleConnections })
            #expect(client.idleConnections <= 2)
            #expect(await eventually { client.openConnections == 0 && client.idleConnections == 0 })
        }
        await server.stop()
    }

    @Test("connections of different origins do not mix")
    func origins() async throws {
        let first = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1")
        }
        let second = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n2")
        }
        try await withClient { client async throws in
            for _ in 0..<3 {
                #expect(try await client.text(from: plainOrigin(first.port)) == "1")
                #expect(try await client.text(from: plainOrigin(second.port)) == "2")
            }
            #expect(client.idleConnections == 2)
        }
        await first.stop()
        await second.stop()
    }

    @Test("an origin may be a Unix socket, which no egress policy judges")
    func unixOrigin() async throws {
        let path = "/tmp/keirouter-http-test-\(UInt64.random(in: 0...UInt64.max)).sock"
        let server = try await RawServer.start(unixPath: path) { try await $0.answerAll(Self.ok) }
        try await withClient(egress: EgressPolicy()) { client async throws in
            let origin = UpstreamOrigin(scheme: .http, host: "portal", port: 80, unixPath: path)
            #expect(try await client.text(from: origin) == "ok")
            #expect(try await client.text(from: origin) == "ok")
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test(
        "after a mix of success, error, cancellation and neglect no connection is left but idle ones",
        arguments: 0..<4
    )
    func mix(seed: UInt64) async throws {
        let server = try await RawServer.start { connection in
            var generator = SeededGenerator(seed: seed &+ UInt64(connection.channel.remoteAddress?.port ?? 0))
            while true {
                try await connection.receive(containing: "body")
                connection.forget()
                switch Int.random(in: 0..<6, using: &generator) {
                case 0: return
                case 1: connection.send("nonsense\r\n\r\n")
                case 2: connection.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
                case 3: try await Task.sleep(for: .milliseconds(100))
                default: connection.send(Self.ok)
                }
            }
        }
        let origin = plainOrigin(server.port)
        let hasty = UpstreamDeadlines(
            connect: .seconds(5),
            firstByte: .milliseconds(50),
            stall: .milliseconds(50),
            total: .seconds(5)
        )
        try await withClient { client async throws in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<120 {
                    group.addTask {
                        if number % 5 == 0 {
                            _ = try? await client.send(Self.post, to: origin, deadlines: hasty)
                        } else {
                            _ = await client.failure(Self.post, from: origin, deadlines: hasty)
                        }
                    }
                    if number % 30 == 29 { group.cancelAll() }
                }
            }
            #expect(await eventually { client.openConnections == client.idleConnections })
            await client.shutdown()
            #expect(await eventually { client.openConnections == 0 && client.idleConnections == 0 })
            #expect(await client.failure(Self.post, from: origin) == .connectFailed)
        }
        await server.stop()
    }
}
