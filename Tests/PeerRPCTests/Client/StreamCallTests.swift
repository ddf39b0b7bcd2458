import Contracts
import PeerRPC
import Synchronization
import Testing

@Suite("Calls with streams")
struct StreamCallTests {
    @Test("items come in order, all of them, then the result")
    func serverStream() async throws {
        try await withService { server, client, _ in
            let seen = Mutex<[Int]>([])
            let result = try await client.stream(TestMethods.count, Note("x", 1_000), deadline: soon()) { note in
                seen.withLock { $0.append(note.number) }
            }
            #expect(result == Note("sent", 1_000))
            #expect(seen.withLock { $0 } == Array(0..<1_000))
            #expect(server.activeCalls == 0)
            #expect(await client.activeCalls() == 0)
        }
    }

    @Test("a duplex stream carries thousands of items of all sizes both ways")
    func duplex() async throws {
        try await withService { _, client, _ in
            let call = try await client.duplex(TestMethods.mirror, Note(""), deadline: soon(.seconds(30)))
            let sending = Task {
                for number in 0..<2_000 {
                    let length = number % 100 == 0 ? 200_000 : number % 50
                    try await call.send(Note(String(repeating: "x", count: length), number))
                }
                await call.finish()
            }
            var count = 0
            while let note = try await call.next() {
                #expect(note.number == count)
                count += 1
            }
            try await sending.value
            #expect(count == 2_000)
            #expect(try await call.result() == Note("mirrored", 2_000))
            #expect(await client.activeCalls() == 0)
        }
    }

    @Test("a reader that stands still holds back its own stream and no other call")
    func stalledReader() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, client, _ in
            let gate = Gate()
            let seen = Atomic<Int>(0)
            let stalled = Task {
                try await client.stream(TestMethods.count, Note("x", 500), deadline: soon()) { _ in
                    await gate.wait()
                    seen.add(1, ordering: .relaxed)
                }
            }
            try await eventually("the stream is under way") { journal.started == 1 }
            for number in 0..<200 {
                #expect(try await client.call(TestMethods.echo, Note("x", number), deadline: soon()).number == number)
            }
            let other = try await client.stream(TestMethods.count, Note("y", 300), deadline: soon()) { _ in }
            #expect(other.number == 300)
            #expect(server.activeCalls == 1)
            gate.open()
            #expect(try await stalled.value.number == 500)
            #expect(seen.load(ordering: .relaxed) == 500)
        }
    }

    @Test("a sender without credit waits, and its cancellation ends the call")
    func cancelWaitingSender() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, client, _ in
            let call = try await client.duplex(TestMethods.stall, Note(""), deadline: nil)
            let sent = Atomic<Int>(0)
            let sending = Task {
                for number in 0..<1_000 {
                    try await call.send(Note("x", number))
                    sent.add(1, ordering: .relaxed)
                }
            }
            try await eventually("the credit is used up") { sent.load(ordering: .relaxed) == 64 }
            sending.cancel()
            let error = await #expect(throws: ServiceError.self) { try await sending.value }
            #expect(error?.code == .cancelled)
            call.cancel()
            let end = await #expect(throws: ServiceError.self) { _ = try await call.next() }
            #expect(end?.code == .cancelled)
            try await eventually("the handler is cancelled") { journal.cancelled == 1 && server.activeCalls == 0 }
        }
    }

    @Test("a call nobody holds any more is cancelled")
    func abandoned() async throws {
        let journal = Journal()
        try await withService(journal: journal) { server, client, _ in
            do {
                let call = try await client.duplex(TestMethods.stall, Note(""), deadline: nil)
                try await call.send(Note("x"))
                try await eventually("the call is under way") { journal.started == 1 }
            }
            try await eventually("the handler is cancelled") { journal.cancelled == 1 && server.activeCalls == 0 }
            #expect(await client.activeCalls() == 0)
        }
    }

    @Test("a cancelled reader ends its stream on both sides")
    func cancelReader() async throws {
        try await withService { server, client, _ in
            let seen = Atomic<Int>(0)
            let task = Task {
                try await client.stream(TestMethods.count, Note("x", 1_000_000), deadline: nil) { _ in
                    seen.add(1, ordering: .relaxed)
                }
            }
            try await eventually("items flow") { seen.load(ordering: .relaxed) > 100 }
            task.cancel()
            let error = await #expect(throws: ServiceError.self) { _ = try await task.value }
            #expect(error?.code == .cancelled)
            try await eventually("nothing is left") {
                let left = await client.activeCalls()
                return server.activeCalls == 0 && left == 0
            }
        }
    }

    @Test("an item beyond a stream's credit is refused by its sender")
    func largeItem() async throws {
        try await withService { _, client, _ in
            let call = try await client.duplex(TestMethods.mirror, Note(""), deadline: soon())
            let error = await #expect(throws: ServiceError.self) {
                try await call.send(Note(String(repeating: "x", count: 1 << 20)))
            }
            #expect(error?.reason == "item_too_large")
            try await call.send(Note(String(repeating: "x", count: 1_000_000), 5))
            #expect(try await call.next()?.number == 5)
            await call.finish()
            #expect(try await call.next() == nil)
            #expect(try await call.result().number == 1)
        }
    }

    @Test("a subscription ends when its server stops, and nothing waits for it")
    func subscription() async throws {
        try await withService { server, client, _ in
            let call = try await client.duplex(TestMethods.stall, Note(""), deadline: nil)
            try await eventually("the call is under way") { server.activeCalls == 1 }
            let start = ContinuousClock.now
            await server.stop(drain: .seconds(8))
            #expect(start.duration(to: .now) < .seconds(5))
            let error = await #expect(throws: ServiceError.self) { _ = try await call.next() }
            #expect(error?.code == .unavailable)
        }
    }

    @Test("a mix of everything, cut short at random, leaves nothing in flight", arguments: UInt64(1)...8)
    func mixes(seed: UInt64) async throws {
        try await withService { server, client, _ in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        var generator = SeededGenerator(seed &* 1_000 &+ UInt64(number))
                        let patience = Duration.milliseconds(Int.random(in: 1...60, using: &generator))
                        let kind = Int.random(in: 0..<5, using: &generator)
                        await Self.work(kind, client, patience)
                    }
                }
            }
            try await eventually("nothing is in flight") {
                let left = await client.activeCalls()
                return server.activeCalls == 0 && left == 0
            }
            // Deadlines that pass speak against a server; it is back at its first probe.
            try await eventually("calls work") {
                (try? await client.call(TestMethods.echo, Note("x"), deadline: soon()).text) == "x"
            }
        }
    }

    private static func work(_ kind: Int, _ client: RPCClient, _ patience: Duration) async {
        let deadline = soon(patience)
        switch kind {
        case 0: _ = try? await client.call(TestMethods.echo, Note("x"), deadline: deadline)
        case 1: _ = try? await client.call(TestMethods.hang, Note("x"), deadline: deadline)
        case 2: _ = try? await client.stream(TestMethods.count, Note("x", 5_000), deadline: deadline) { _ in }
        case 3:
            guard let call = try? await client.duplex(TestMethods.mirror, Note(""), deadline: deadline) else { return }
            for number in 0..<100 where (try? await call.send(Note("x", number))) != nil {
                _ = try? await call.next()
            }
        default:
            let task = Task { try await client.stream(TestMethods.count, Note("x", 9_000), deadline: nil) { _ in } }
            try? await Task.sleep(for: patience)
            task.cancel()
            _ = try? await task.value
        }
    }
}
