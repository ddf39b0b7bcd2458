import Dispatch
import Foundation
import Storage
import Testing

/// Stands for an event loop: one serial queue that runs everything of its tasks.
private final class LoopExecutor: TaskExecutor {
    private static let mark = DispatchSpecificKey<Bool>()
    private let queue = DispatchQueue(label: "loop")

    init() {
        queue.setSpecific(key: Self.mark, value: true)
    }

    /// Whether this code runs on such a loop.
    static var isCurrent: Bool { DispatchQueue.getSpecific(key: mark) == true }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

@Suite("SQLite and event loops", .timeLimit(.minutes(1)))
struct SQLiteExecutorTests {
    @Test("no closure runs on the caller's loop, and the caller comes back to it")
    func offTheLoop() async throws {
        let folder = try TemporaryFolder()
        let loop = LoopExecutor()
        let places = Recorder<Bool>()
        try await withTaskExecutorPreference(loop) {
            let database = try await folder.open()
            try await database.fill(1)
            try await database.read { _ in places.append(LoopExecutor.isCurrent) }
            try await database.write { _ in places.append(LoopExecutor.isCurrent) }
            try await database.backup(to: folder.file("copy.db")) { _ in places.append(LoopExecutor.isCurrent) }
            #expect(LoopExecutor.isCurrent)
            await database.close()
            #expect(LoopExecutor.isCurrent)
        }
        #expect(places.elements.count >= 3)
        #expect(!places.elements.contains(true))
    }

    @Test("while a transaction blocks, its loop goes on with other work", arguments: [true, false])
    func loopStaysFree(isWriting: Bool) async throws {
        let folder = try TemporaryFolder()
        let loop = LoopExecutor()
        let flag = Flag()
        try await withTaskExecutorPreference(loop) {
            let database = try await folder.open()
            let (started, signal) = AsyncStream<Void>.makeStream()
            // Blocks until the loop has done something else, 10 s at most.
            let body: @Sendable (any SQLConnection) throws(StoreError) -> Bool = { _ in
                signal.yield()
                for _ in 0..<10_000 where !flag.isRaised { usleep(1000) }
                return flag.isRaised
            }
            async let wasFree = isWriting ? database.write(body) : database.read(body)
            for await _ in started { break }
            #expect(LoopExecutor.isCurrent)
            flag.raise()
            #expect(try await wasFree)
            await database.close()
        }
    }
}
