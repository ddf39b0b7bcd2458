import NIOCore
import NIOPosix
import Synchronization
import Testing

/// A socket without manners, on either side: sends and receives bytes, each wait bounded.
final class RawConnection: Sendable {
    private struct State {
        var received = ByteBuffer()
        var isClosed = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// What did not happen in time.
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    let channel: any Channel
    private let state = Mutex(State())

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let connection: RawConnection
        init(_ connection: RawConnection) { self.connection = connection }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            connection.change { $0.received.writeBuffer(&bytes) }
        }
        func channelInactive(context: ChannelHandlerContext) { connection.change { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    init(channel: any Channel) throws {
        self.channel = channel
        try channel.pipeline.syncOperations.addHandler(Collector(self))
    }

    static func connect(to address: SocketAddress, autoRead: Bool = true) async throws -> RawConnection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture { try RawConnection(channel: channel) }
            }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLock { state in
            body(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    var text: String { state.withLock { String(buffer: $0.received) } }
    var received: ByteBuffer { state.withLock { $0.received } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func close() { channel.close(promise: nil) }
    func forget() { state.withLock { $0.received.clear() } }

    /// What was received since the last look.
    func take() -> [UInt8] {
        state.withLock { state in
            defer { state.received.clear() }
            return Array(buffer: state.received)
        }
    }

    /// Waits until what was received satisfies the condition.
    @discardableResult
    func receive(
        within limit: TimeAmount = .seconds(10),
        _ what: String = "bytes",
        until condition: @Sendable (String) -> Bool
    ) async throws -> String {
        let deadline = NIODeadline.now() + limit
        let tick = channel.eventLoop.scheduleTask(deadline: deadline) { self.change { _ in } }
        defer { tick.cancel() }
        while true {
            let seen = seen
            let text = text
            if condition(text) { return text }
            // As it was before the text was read: what came last has been judged then.
            if seen.isClosed || NIODeadline.now() >= deadline {
                throw TimedOut(description: "no \(what); closed: \(isClosed); received: \(text.prefix(400))")
            }
            await pause(since: seen)
        }
    }

    /// Waits until so many bytes have come, without looking at them.
    func receive(count: Int, within limit: TimeAmount = .seconds(30)) async throws {
        let deadline = NIODeadline.now() + limit
        let tick = channel.eventLoop.scheduleTask(deadline: deadline) { self.change { _ in } }
        defer { tick.cancel() }
        while true {
            let seen = seen
            if seen.count >= count { return }
            if seen.isClosed || NIODeadline.now() >= deadline {
                throw TimedOut(description: "fewer than \(count) bytes")
            }
            await pause(since: seen)
        }
    }

    @discardableResult
    func receive(containing part: String, within limit: TimeAmount = .seconds(10)) async throws -> String {
        try await receive(within: limit, part) { $0.contains(part) }
    }

    /// Waits until the peer has closed; what came before is the result.
    @discardableResult
    func receiveToEnd(within limit: TimeAmount = .seconds(10)) async throws -> String {
        let deadline = NIODeadline.now() + limit
        let tick = channel.eventLoop.scheduleTask(deadline: deadline) { self.change { _ in } }
        defer { tick.cancel() }
        while true {
            let seen = seen
            if seen.isClosed { break }
            if NIODeadline.now() >= deadline {
                throw TimedOut(description: "still open; received: \(text.prefix(400))")
            }
            await pause(since: seen)
        }
        return text
    }

    /// How much has come, and whether more will.
    private struct Seen: Equatable {
        var count: Int
        var isClosed: Bool
    }

    private var seen: Seen { state.withLock { Seen(count: $0.received.readableBytes, isClosed: $0.isClosed) } }

    /// Waits for a change since the look that a condition was judged by: one that comes in between is not slept through.
    private func pause(since seen: Seen) async {
        await withCheckedContinuation { continuation in
            let isStale = state.withLock { state -> Bool in
                guard state.received.readableBytes == seen.count, state.isClosed == seen.isClosed else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isStale { continuation.resume() }
        }
    }
}
