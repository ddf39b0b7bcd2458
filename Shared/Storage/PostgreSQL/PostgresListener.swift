import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Hears what other processes notify, on a connection and a thread of its own.
///
/// Whoever asks for a channel's changes is told once as soon as the server listens for us, and again after each reconnection:
/// what was notified before, or meanwhile, is lost.
final class PostgresListener: Sendable {
    private struct State {
        var streams: [Int: (channel: String, continuation: AsyncStream<Void>.Continuation)] = [:]
        var next = 0
        var isRunning = false
        var isClosed = false
    }

    /// How long it waits for a word at most before it looks at its connection again, in milliseconds.
    private static let tick: Int32 = 30_000
    /// Between two attempts to connect, in milliseconds.
    private static let pause: Int32 = 500

    private let target: PostgresTarget
    private let sender: String
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let bell = Bell()
    private let state = Mutex(State())

    init(_ target: PostgresTarget, sender: String) {
        self.target = target
        self.sender = sender
    }

    /// An element for each time that others may have changed something; several at once become one.
    func changes(on channel: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (id, starts) = state.withLock { state -> (Int?, Bool) in
            guard !state.isClosed else { return (nil, false) }
            state.next += 1
            state.streams[state.next] = (channel, continuation)
            defer { state.isRunning = true }
            return (state.next, !state.isRunning)
        }
        guard let id else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in
            _ = self?.state.withLock { $0.streams.removeValue(forKey: id) }
        }
        bell.ring()
        if starts {
            thread.start()
            thread.submit { [self] _ in listen() }
        }
        return stream
    }

    func close() async {
        let (streams, isRunning) = state.withLock { state in
            state.isClosed = true
            return (state.streams.values.map(\.continuation), state.isRunning)
        }
        bell.ring()
        for stream in streams { stream.finish() }
        if isRunning { try? await thread.shutdownGracefully() }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Blocks its thread until the listener is closed.
    private func listen() {
        while !isClosed {
            do throws(StoreError) {
                try listenOnce()
            } catch {
                // Reads and writes meet the same server and say what is wrong; this tries again.
                bell.wait(nil, Self.pause)
            }
        }
    }

    private func listenOnce() throws(StoreError) {
        let link = try PostgresLink(target)
        var listening: Set<String> = []
        while !isClosed {
            let wanted = state.withLock { Set($0.streams.values.map(\.channel)) }
            let new = wanted.subtracting(listening)
            for channel in new { try link.run("LISTEN \"\(channel)\"", PostgresCall()) }
            listening.formUnion(new)
            tell(new)
            bell.wait(link.socket, Self.tick)
            tell(try link.notifications(except: sender))
        }
    }

    private func tell(_ channels: Set<String>) {
        guard !channels.isEmpty else { return }
        let listeners = state.withLock { state in
            state.streams.values.filter { channels.contains($0.channel) }.map(\.continuation)
        }
        for listener in listeners { listener.yield() }
    }
}

/// Wakes the thread that waits for the server: a pipe that it watches beside its connection.
private final class Bell: Sendable {
    /// -1 where the system had no pipe left; then the waits end by their time alone.
    private let ends: (read: Int32, write: Int32)

    init() {
        var pair: [Int32] = [-1, -1]
        if pipe(&pair) != 0 { pair = [-1, -1] }
        for end in pair where end >= 0 {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        ends = (pair[0], pair[1])
    }

    deinit {
        for end in [ends.read, ends.write] where end >= 0 { close(end) }
    }

    func ring() {
        var byte: UInt8 = 1
        // A pipe that is full rings already.
        _ = write(ends.write, &byte, 1)
    }

    /// Waits until it was rung, or the socket has something to read, or the time is over.
    func wait(_ socket: Int32?, _ milliseconds: Int32) {
        let limit = ends.read < 0 ? min(milliseconds, 250) : milliseconds
        var watched = [
            pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        guard poll(&watched, 2, limit) > 0, watched[0].revents != 0 else { return }
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(ends.read, &bytes, bytes.count) == bytes.count {}
    }
}
