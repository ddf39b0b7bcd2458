import Contracts
import NIOCore
import NIOPosix
import PeerRPC
import Synchronization
import Testing

@Suite("Calls")
struct RPCClientTests {
    @Test("a call brings back its answer, in any number at once")
    func calls() async throws {
        try await withService { server, client, _ in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let note = try await client.call(TestMethods.echo, Note("é\n\"", number), deadline: soon())
                        return note == Note("é\n\"", number)
                    }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(await client.activeCalls() == 0)
            #expect(server.activeCalls == 0)
        }
    }

    @Test("a message of 2 MB passes in both directions")
    func largeMessages() async throws {
        try await withService { _, client, _ in
            let text = String(repeating: "0123456789", count: 200_000)
            let answer = try await client.call(TestMethods.echo, Note(text), deadline: soon())
            #expect(answer.text == text)
        }
    }

    @Test("a server's error arrives with all its fields")
    func errors() async throws {
        try await withService { _, client, _ in
            let error = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.fail, Note("no budget left"), deadline: soon())
            }
            #expect(error?.code == .resourceExhausted)
            #expect(error?.reason == "no_money")
            #expect(error?.message == "no budget left")
            #expect(error?.origin == .gateway)
            #expect(error?.retry == .same(afterMilliseconds: 1_200))
            #expect(error?.details == ["plan": "small"])
            let unknown = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.unknown, Note(""), deadline: soon())
            }
            #expect(unknown?.code == .methodNotFound)
        }
    }

    @Test("at the deadline the caller hears of it and the handler is cancelled")
    func deadline() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, client, _ in
            _ = try await client.call(TestMethods.echo, Note(""), deadline: soon())
            let start = ContinuousClock.now
            let error = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.hang, Note(""), deadline: start + .milliseconds(200))
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(start.duration(to: .now) >= .milliseconds(200))
            try await eventually("the handler is cancelled") { journal.cancelled == 1 && server.activeCalls == 0 }
            let late = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.echo, Note(""), deadline: start)
            }
            #expect(late?.code == .deadlineExceeded)
            #expect(journal.started == 2)
        }
    }

    @Test("a cancelled task's call ends at once and its handler is cancelled")
    func cancellation() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, client, _ in
            let task = Task { try await client.call(TestMethods.hang, Note(""), deadline: soon(.seconds(60))) }
            try await eventually("the call is under way") { journal.started == 1 }
            task.cancel()
            let error = await #expect(throws: ServiceError.self) { _ = try await task.value }
            #expect(error?.code == .cancelled)
            try await eventually("the handler is cancelled") { journal.cancelled == 1 && server.activeCalls == 0 }
            #expect(await client.activeCalls() == 0)
            #expect(try await client.call(TestMethods.echo, Note("x"), deadline: soon()).text == "x")
        }
    }

    @Test("a call cancelled at any moment leaves nothing behind", arguments: 0..<20)
    func cancellationRaces(seed: Int) async throws {
        try await withService { server, client, _ in
            for delay in 0..<30 {
                let task = Task { try? await client.call(TestMethods.echo, Note("x"), deadline: soon()) }
                for _ in 0..<(delay * (seed % 5)) { await Task.yield() }
                task.cancel()
                _ = await task.value
            }
            try await eventually("nothing is left") {
                let left = await client.activeCalls()
                return left == 0 && server.activeCalls == 0
            }
        }
    }

    @Test("a call from an event loop stays on this loop, over one connection of its own")
    func loopAffinity() async throws {
        let folder = try TemporaryFolder()
        let served = Mutex<Set<ObjectIdentifier>>([])
        var registry = RPCRegistry(service: nil)
        registry.register(TestMethods.echo) { (note, _) async throws(ServiceError) -> Note in
            if let loop = MultiThreadedEventLoopGroup.currentEventLoop {
                _ = served.withLock { $0.insert(ObjectIdentifier(loop)) }
            }
            return note
        }
        let server = try await makeServer(at: folder.socket(), registry)
        let client = try makeClient("unix://\(folder.socket())")
        for loop in loops.makeIterator() {
            let isAtHome = try await Task(executorPreference: TestExecutor(loop)) {
                for _ in 0..<50 {
                    _ = try await client.call(TestMethods.echo, Note("x"), deadline: soon())
                    if !loop.inEventLoop { return false }
                }
                return true
            }.value
            #expect(isAtHome)
        }
        #expect(server.openConnections == 2)
        #expect(served.withLock { !$0.isEmpty })
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("after shutdown calls fail, those under way included")
    func shutdown() async throws {
        try await withService { server, client, _ in
            let call = Task { try await client.call(TestMethods.hang, Note(""), deadline: soon(.seconds(60))) }
            try await eventually("the call is under way") { server.activeCalls == 1 }
            await client.shutdown()
            let error = await #expect(throws: ServiceError.self) { _ = try await call.value }
            #expect(error?.code == .unavailable)
            let next = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.echo, Note(""), deadline: soon())
            }
            #expect(next?.reason == "client_closed")
            try await eventually("the server is alone") { server.openConnections == 0 && server.activeCalls == 0 }
        }
    }

    @Test("a client is ready when its server is, and says so when none comes")
    func readiness() async throws {
        let folder = try TemporaryFolder()
        let client = try makeClient("unix://\(folder.socket())")
        #expect(await client.waitUntilReady(deadline: soon(.milliseconds(100))) == false)
        let isReady = Task { await client.waitUntilReady(deadline: soon()) }
        let server = try await makeServer(at: folder.socket(), makeRegistry())
        #expect(await isReady.value)
        #expect(try await client.call(TestMethods.echo, Note("x"), deadline: soon()).text == "x")
        await client.shutdown()
        await server.stop(drain: .zero)
    }

    @Test("a stopping server lets calls with a deadline end and takes no new ones")
    func draining() async throws {
        let gate = Gate()
        let folder = try TemporaryFolder()
        var registry = RPCRegistry(service: nil)
        registry.register(TestMethods.once) { (note, _) async throws(ServiceError) -> Note in
            await gate.wait()
            return note
        }
        let server = try await makeServer(at: folder.socket(), registry)
        let client = try makeClient("unix://\(folder.socket())")
        let call = Task { try await client.call(TestMethods.once, Note("kept"), deadline: soon()) }
        try await eventually("the call is under way") { server.activeCalls == 1 }
        let stopping = Task { await server.stop(drain: .seconds(10)) }
        try await eventually("no new call gets in") {
            let error = await #expect(throws: ServiceError.self) {
                _ = try await client.call(TestMethods.echo, Note(""), deadline: soon())
            }
            return error?.code == .unavailable
        }
        gate.open()
        #expect(try await call.value.text == "kept")
        await stopping.value
        await client.shutdown()
    }
}

/// Holds handlers back until it is opened.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiters.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiters = state.withLock { state in
            defer { state = (true, []) }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Runs tasks on one event loop, as the HTTP edge does.
final class TestExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
