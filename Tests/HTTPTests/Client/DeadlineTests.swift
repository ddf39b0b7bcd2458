import HTTP
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import Testing

@Suite("Deadlines and cancellation of requests", .timeLimit(.minutes(2)))
struct DeadlineTests {
    private static let get = UpstreamRequest(method: .GET, path: "/")
    private static let half = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"

    private static func deadlines(
        connect: Duration = .seconds(10),
        firstByte: Duration = .seconds(10),
        stall: Duration = .seconds(10),
        total: Duration = .seconds(10)
    ) -> UpstreamDeadlines {
        UpstreamDeadlines(connect: connect, firstByte: firstByte, stall: stall, total: total)
    }

    /// A server that sends `text` after each request and nothing more.
    private static func silent(after text: String = "") async throws -> RawServer {
        try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send(text)
            try await connection.receiveToEnd(within: .seconds(60))
        }
    }

    @Test("no first byte in time")
    func firstByte() async throws {
        let server = try await Self.silent()
        try await withClient { client async throws in
            let failure = await client.failure(
                from: plainOrigin(server.port),
                deadlines: Self.deadlines(firstByte: .milliseconds(50))
            )
            #expect(failure == .firstByteTimedOut)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("half a head is not a first byte")
    func halfHead() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send("HTTP/1.1 200")
            try await connection.receiveToEnd(within: .seconds(60))
        }
        try await withClient { client async throws in
            let failure = await client.failure(
                from: plainOrigin(server.port),
                deadlines: Self.deadlines(firstByte: .milliseconds(50))
            )
            #expect(failure == .firstByteTimedOut)
        }
        await server.stop()
    }

    @Test("a body that stalls")
    func stall() async throws {
        let server = try await Self.silent(after: Self.half)
        try await withClient { client async throws in
            let failure = await client.failure(
                from: plainOrigin(server.port),
                deadlines: Self.deadlines(stall: .milliseconds(50))
            )
            #expect(failure == .stalled)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("a slow consumer is not a stall")
    func slowConsumer() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send(Self.half)
            try await Task.sleep(for: .milliseconds(20))
            connection.send("+later")
            try await connection.receiveToEnd(within: .seconds(60))
        }
        try await withClient { client async throws in
            let response = try await client.send(
                Self.get,
                to: plainOrigin(server.port),
                deadlines: Self.deadlines(stall: .milliseconds(400))
            )
            try await Task.sleep(for: .milliseconds(900))
            #expect(try await String(buffer: response.collect(limit: 100)) == "half+later")
        }
        await server.stop()
    }

    @Test("a stream that never pauses but never ends meets the total deadline")
    func total() async throws {
        let server = try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while !connection.isClosed {
                connection.send("1\r\nx\r\n")
                try await Task.sleep(for: .milliseconds(5))
            }
        }
        try await withClient { client async throws in
            let failure = await client.failure(
                from: plainOrigin(server.port),
                deadlines: Self.deadlines(total: .seconds(1))
            )
            #expect(failure == .totalTimedOut)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("a resolver that hangs neither blocks the loop nor outlives the connect deadline")
    func hangingResolver() async throws {
        let gate = Tally()
        try await withClient { configuration in
            configuration.resolve = { _, _ in
                while gate.count == 0 { waitABit() }
                throw UpstreamError.resolveFailed
            }
        } _: { client async throws in
            let origin = UpstreamOrigin(scheme: .http, host: "slow.test", port: 80)
            let start = ContinuousClock.now
            let failure = await client.failure(from: origin, deadlines: Self.deadlines(connect: .milliseconds(100)))
            #expect(failure == .resolveFailed)
            #expect(ContinuousClock.now - start < .seconds(5))
            gate.add()
        }
    }

    @Test("a TLS handshake that hangs meets the connect deadline")
    func hangingHandshake() async throws {
        let server = try await RawServer.start { try await $0.receiveToEnd(within: .seconds(60)) }
        try await withClient { client async throws in
            let origin = UpstreamOrigin(scheme: .https, host: "127.0.0.1", port: server.port)
            let failure = await client.failure(from: origin, deadlines: Self.deadlines(connect: .milliseconds(200)))
            #expect(failure == .connectTimedOut)
            #expect(await eventually { client.openConnections == 0 })
        }
        await server.stop()
    }

    @Test("a port nobody listens on")
    func refused() async throws {
        let server = try await Self.silent()
        let origin = plainOrigin(server.port)
        await server.stop()
        try await withClient { client async throws in
            #expect(await client.failure(from: origin) == .connectFailed)
            #expect(client.openConnections == 0)
        }
    }

    @Test("the next address is tried when the first refuses")
    func nextAddress() async throws {
        let server = try await RawServer.start {
            try await $0.answerAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
        }
        let dead = try SocketAddress(ipAddress: "127.0.0.2", port: server.port)
        let live = try SocketAddress(ipAddress: "127.0.0.1", port: server.port)
        try await withClient {
            $0.resolve = { _, _ in [dead, live] }
        } _: { client async throws in
            #expect(
                try await client.text(from: UpstreamOrigin(scheme: .http, host: "two.test", port: server.port)) == "ok"
            )
        }
        await server.stop()
    }

    enum Place: CaseIterable {
        case resolving
        case handshaking
        case awaitingHead
        case awaitingBody
    }

    enum Means: CaseIterable {
        case task
        case abort
    }

    @Test(
        "cancelling the task, or giving up the request alone, ends it at once and closes its socket",
        arguments: Place.allCases,
        Means.allCases
    )
    func cancellation(place: Place, means: Means) async throws {
        let reached = Tally()
        let closed = Tally()
        let gate = Tally()
        let server = try await RawServer.start { connection in
            if place != .handshaking { try await connection.receive(containing: "\r\n\r\n") }
            if place == .awaitingBody { connection.send(Self.half) }
            reached.add()
            try await connection.receiveToEnd(within: .seconds(60))
            closed.add()
        }
        try await withClient { configuration in
            configuration.resolve = { _, _ in
                reached.add()
                while gate.count == 0 { waitABit() }
                throw UpstreamError.resolveFailed
            }
        } _: { client async throws in
            let origin = UpstreamOrigin(
                scheme: place == .handshaking ? .https : .http,
                host: place == .resolving ? "slow.test" : "127.0.0.1",
                port: server.port
            )
            let loop = try #require(MultiThreadedEventLoopGroup.currentEventLoop)
            let abort = NIOLoopBound(UpstreamAbort(), eventLoop: loop)
            let task = Task(executorPreference: loopExecutor) {
                var request = Self.get
                request.abort = abort
                let failure = await client.failure(request, from: origin)
                return (failure, Task.isCancelled)
            }
            #expect(await eventually { reached.count == 1 })
            let start = ContinuousClock.now
            if means == .task { task.cancel() } else { abort.value.abort() }
            #expect(await task.value == (.cancelled, means == .task))
            #expect(ContinuousClock.now - start < .seconds(5))
            #expect(await eventually { client.openConnections == 0 })
            if place != .resolving { #expect(await eventually({ closed.count == 1 }, within: .seconds(5))) }
            gate.add()
        }
        await server.stop()
    }

    @Test("a request that is over is given up in vain: the next one on its connection is not hurt")
    func lateAbort() async throws {
        let asked = Tally()
        let gate = Tally()
        let server = try await RawServer.start { connection in
            for path in ["/first", "/second"] {
                try await connection.receive(containing: path)
                asked.add()
                while path == "/second", gate.count == 0, !connection.isClosed {
                    try await Task.sleep(for: .milliseconds(5))
                }
                connection.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            }
            try await connection.receiveToEnd()
        }
        try await withClient { client async throws in
            let loop = try #require(MultiThreadedEventLoopGroup.currentEventLoop)
            let abort = NIOLoopBound(UpstreamAbort(), eventLoop: loop)
            var first = UpstreamRequest(method: .GET, path: "/first")
            first.abort = abort
            #expect(try await client.text(first, from: plainOrigin(server.port)) == "ok")
            let next = UpstreamRequest(method: .GET, path: "/second")
            let second = Task(executorPreference: loopExecutor) {
                try await client.text(next, from: plainOrigin(server.port))
            }
            #expect(await eventually { asked.count == 2 })
            abort.value.abort()
            gate.add()
            #expect(try await second.value == "ok")
            // Nobody begins a request that was given up before.
            #expect(await client.failure(first, from: plainOrigin(server.port)) == .cancelled)
        }
        #expect(server.connections == 1)
        await server.stop()
    }

    @Test("a client that leaves closes the upstream of its request")
    func disconnectPropagates() async throws {
        let closed = Tally()
        let upstream = try await RawServer.start { connection in
            try await connection.receive(containing: "\r\n\r\n")
            connection.send(Self.half)
            try await connection.receiveToEnd(within: .seconds(60))
            closed.add()
        }
        let loopback = EgressPolicy(declared: [HostPort(host: "127.0.0.1", port: upstream.port)])
        let client = UpstreamClient(group: group, egress: loopback)
        try await withServer { exchange in
            do {
                let response = try await client.send(Self.get, to: plainOrigin(upstream.port), deadlines: patient)
                exchange.begin(.ok)
                while let piece = try await response.next() { try await exchange.write(piece) }
                exchange.finish()
            } catch {
                exchange.abort()
            }
        } _: { server, address in
            let caller = try await RawConnection.connect(to: address)
            caller.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            try await caller.receive(containing: "half")
            caller.close()
            #expect(await eventually({ closed.count == 1 }, within: .seconds(5)))
            #expect(await eventually { client.openConnections == 0 && server.activeRequests == 0 })
        }
        await client.shutdown()
        await upstream.stop()
    }
}
