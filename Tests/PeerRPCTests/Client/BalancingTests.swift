import Contracts
import Foundation
import NIOPosix
import PeerRPC
import Testing

@Suite("Many servers behind one endpoint")
struct BalancingTests {
    private func names(_ client: RPCClient, calls: Int) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for _ in 0..<calls {
            counts[try await client.call(TestMethods.echo, Note(""), deadline: soon()).text, default: 0] += 1
        }
        return counts
    }

    @Test("all sockets of a folder share the calls")
    func sharing() async throws {
        let folder = try TemporaryFolder()
        var servers: [RPCServer] = []
        for name in ["a", "b", "c"] {
            servers.append(try await makeServer(at: folder.socket("\(name).sock"), makeRegistry(name: name)))
        }
        _ = FileManager.default.createFile(atPath: folder.socket("file.sock"), contents: nil)
        let client = try makeClient("unix://\(folder.path)/*.sock")
        let counts = try await names(client, calls: 300)
        #expect(Set(counts.keys) == ["a", "b", "c"])
        #expect(counts.values.allSatisfy { $0 > 30 })
        await client.shutdown()
        for server in servers { await server.stop(drain: .zero) }
    }

    @Test("every server can be asked, one that does not know the method or is silent among them")
    func each() async throws {
        let folder = try TemporaryFolder()
        var servers: [RPCServer] = []
        for name in ["a", "b"] {
            servers.append(try await makeServer(at: folder.socket("\(name).sock"), makeRegistry(name: name)))
        }
        servers.append(try await makeServer(at: folder.socket("c.sock"), RPCRegistry()))
        let client = try makeClient("unix://\(folder.path)/*.sock")
        let answers = await client.callEach(TestMethods.echo, Note(""), deadline: soon())
        let names = answers.map { ($0.server, try? $0.answer.get().text) }.sorted { $0.0 < $1.0 }
        #expect(names.map(\.0) == ["a", "b", "c"].map { folder.socket("\($0).sock") })
        #expect(names.map(\.1) == ["a", "b", nil])
        let late = await client.callEach(TestMethods.hang, Note(""), deadline: .now + .milliseconds(50))
        #expect(late.count == 3)
        #expect(late.allSatisfy { (try? $0.answer.get()) == nil })
        // What was asked for each of them has not cost a server its place.
        #expect(try await names(client, calls: 20).keys.sorted() == ["a", "b"])
        await client.shutdown()
        for server in servers { await server.stop(drain: .zero) }
    }

    @Test("a server that comes is used, one that goes is not missed")
    func changes() async throws {
        let folder = try TemporaryFolder()
        let first = try await makeServer(at: folder.socket("a.sock"), makeRegistry(name: "a"))
        let client = try makeClient("unix://\(folder.path)/*.sock")
        #expect(try await names(client, calls: 20) == ["a": 20])
        let second = try await makeServer(at: folder.socket("b.sock"), makeRegistry(name: "b"))
        try await eventually("the second server is used") { try await names(client, calls: 10)["b"] != nil }
        await first.stop(drain: .seconds(1))
        #expect(try await names(client, calls: 50) == ["b": 50])
        await second.stop(drain: .zero)
        let error = await #expect(throws: ServiceError.self) { _ = try await names(client, calls: 1) }
        #expect(error?.code == .unavailable)
        let third = try await makeServer(at: folder.socket("c.sock"), makeRegistry(name: "c"))
        try await eventually("the third server is found") {
            (try? await names(client, calls: 1)) == ["c": 1]
        }
        await client.shutdown()
        await third.stop(drain: .zero)
    }

    @Test("a server started again at the same path is found again at once")
    func restart() async throws {
        let folder = try TemporaryFolder()
        let client = try makeClient("unix://\(folder.socket())")
        for round in 0..<5 {
            let server = try await makeServer(at: folder.socket(), makeRegistry(name: "\(round)"))
            let start = ContinuousClock.now
            try await eventually("round \(round) is served") {
                (try? await names(client, calls: 1)) == ["\(round)": 1]
            }
            #expect(start.duration(to: .now) < .seconds(2))
            await server.stop(drain: .zero)
        }
        await client.shutdown()
    }

    @Test("when a server dies, calls that may be repeated are answered by another")
    func idempotentRetry() async throws {
        let folder = try TemporaryFolder()
        let impostor = try await Impostor.start(folder.socket("a.sock"), answering: nil)
        let server = try await makeServer(at: folder.socket("b.sock"), makeRegistry(name: "b"))
        let client = try makeClient("unix://\(folder.path)/*.sock")
        #expect(try await names(client, calls: 100) == ["b": 100])
        await client.shutdown()
        await impostor.stop()
        await server.stop(drain: .zero)
    }

    @Test("a call that may not be repeated fails when its connection breaks, and only then")
    func noRetry() async throws {
        let folder = try TemporaryFolder()
        let impostor = try await Impostor.start(folder.socket(), answering: nil)
        let client = try makeClient("unix://\(folder.socket())")
        let error = await #expect(throws: ServiceError.self) {
            _ = try await client.call(TestMethods.once, Note(""), deadline: soon())
        }
        #expect(error?.code == .unavailable)
        #expect(error?.reason == "connection_lost")
        await client.shutdown()
        await impostor.stop()
    }

    @Test("a call that was never sent moves on from a dead server, whatever its method")
    func unsentMoves() async throws {
        let folder = try TemporaryFolder()
        try makeDeadSocket(folder.socket("a.sock"))
        try makeDeadSocket(folder.socket("b.sock"))
        let journal = Journal()
        let server = try await makeServer(at: folder.socket("c.sock"), makeRegistry(journal: journal))
        let client = try makeClient("unix://\(folder.path)/*.sock")
        for number in 0..<50 {
            #expect(try await client.call(TestMethods.once, Note("x", number), deadline: soon()).number == number)
        }
        #expect(journal.started == 50)
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a repeated call goes out twice at most")
    func retriesOnce() async throws {
        let folder = try TemporaryFolder()
        let impostors = [
            try await Impostor.start(folder.socket("a.sock"), answering: nil),
            try await Impostor.start(folder.socket("b.sock"), answering: nil),
            try await Impostor.start(folder.socket("c.sock"), answering: nil),
        ]
        let client = try makeClient("unix://\(folder.path)/*.sock")
        let error = await #expect(throws: ServiceError.self) { _ = try await names(client, calls: 1) }
        #expect(error?.reason == "connection_lost")
        await client.shutdown()
        for impostor in impostors { await impostor.stop() }
    }

    @Test("a server whose calls fail five times in a row is left alone")
    func ejection() async throws {
        let folder = try TemporaryFolder()
        let journal = Journal()
        let server = try await makeServer(at: folder.socket(), makeRegistry(journal: journal))
        let client = try makeClient("unix://\(folder.socket())", group: loops.any()) {
            $0.ejection.firstBackoff = .seconds(600)
            $0.ejection.retryWhenNoneLeft = .seconds(600)
        }
        for number in 0..<6 {
            let error = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.broken, Note(""), deadline: soon())
            }
            #expect(error?.reason == (number < 5 ? "broken" : "no_server"))
        }
        #expect(journal.started == 5)
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a server that left comes back when a probe finds it well")
    func comeback() async throws {
        let folder = try TemporaryFolder()
        let server = try await makeServer(at: folder.socket(), makeRegistry())
        let client = try makeClient("unix://\(folder.socket())", group: loops.any()) {
            $0.ejection.firstBackoff = .milliseconds(50)
        }
        for _ in 0..<5 { _ = try? await client.call(TestMethods.broken, Note(""), deadline: soon()) }
        try await eventually("the server is back") { (try? await names(client, calls: 1)) != nil }
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a server that does not serve leaves by its health checks, and returns by them")
    func healthChecks() async throws {
        let folder = try TemporaryFolder()
        let first = try await makeServer(at: folder.socket("a.sock"), makeRegistry(name: "a"))
        let second = try await makeServer(at: folder.socket("b.sock"), makeRegistry(name: "b"))
        let client = try makeClient("unix://\(folder.path)/*.sock") {
            $0.healthInterval = .milliseconds(20)
            $0.ejection.firstBackoff = .milliseconds(50)
            $0.ejection.longestBackoff = .milliseconds(50)
        }
        #expect(try await names(client, calls: 50).count == 2)
        first.setServing(false)
        try await eventually("only the other is used") { try await names(client, calls: 30) == ["b": 30] }
        first.setServing(true)
        try await eventually("both are used") { try await names(client, calls: 30).count == 2 }
        await client.shutdown()
        await first.stop(drain: .zero)
        await second.stop(drain: .zero)
    }

    @Test("calls fail fast while no server answers, and work as soon as one does")
    func outage() async throws {
        let folder = try TemporaryFolder()
        try makeDeadSocket(folder.socket())
        let client = try makeClient("unix://\(folder.socket())")
        for _ in 0..<20 {
            let start = ContinuousClock.now
            let error = await #expect(throws: ServiceError.self) { _ = try await names(client, calls: 1) }
            #expect(error?.code == .unavailable)
            #expect(start.duration(to: .now) < .seconds(5))
        }
        let server = try await makeServer(at: folder.socket(), makeRegistry(name: "up"))
        try await eventually("the server is found") { (try? await names(client, calls: 1)) == ["up": 1] }
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a dead socket in a shared folder is removed when it has been dead long enough, a live one never")
    func deadSockets() async throws {
        let folder = try TemporaryFolder()
        try makeDeadSocket(folder.socket("dead.sock"))
        let server = try await makeServer(at: folder.socket("live.sock"), makeRegistry())
        let client = try makeClient("unix://\(folder.path)/*.sock") { $0.deadSocketAge = .milliseconds(300) }
        let start = ContinuousClock.now
        try await eventually("the dead socket is gone") {
            _ = try await names(client, calls: 5)
            return !FileManager.default.fileExists(atPath: folder.socket("dead.sock"))
        }
        #expect(start.duration(to: .now) >= .milliseconds(300))
        #expect(FileManager.default.fileExists(atPath: folder.socket("live.sock")))
        await client.shutdown()
        await server.stop(drain: .zero)
    }
}
