import JSON
import NIOCore
import NIOPosix
import PeerRPC
import Testing

/// A peer that writes the wire by hand, byte for byte.
final class RawPeer: Sendable {
    private let channel: any Channel
    private let inbox: Inbox

    private init(_ channel: any Channel, _ inbox: Inbox) {
        self.channel = channel
        self.inbox = inbox
    }

    static func connect(_ path: String) async throws -> RawPeer {
        let inbox = Inbox()
        let channel = try await ClientBootstrap(group: loops)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(InboxHandler(inbox))
                }
            }
            .connect(unixDomainSocketPath: path).get()
        return RawPeer(channel, inbox)
    }

    /// Sends a frame.
    func send(_ body: String, headers: String = "") {
        sendBytes(Array("Content-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8))
    }

    /// Sends whatever it is.
    func sendBytes(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Sends bytes in pieces, each with a write of its own.
    func sendBytes(_ bytes: [UInt8], pieces size: Int) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await channel.writeAndFlush(ByteBuffer(bytes: rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
    }

    /// The next frame's body, or `nil` when the connection was closed.
    func next() async throws -> String? {
        let inbox = inbox
        return try await bounded { await inbox.next() }
    }

    /// The next answer, read.
    func answer(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Answer {
        let body = try await next()
        return Answer(try JSONDocument(Array(try #require(body, sourceLocation: sourceLocation).utf8)).root)
    }

    func close() async {
        try? await channel.close()
    }
}

/// An answer or notification as its members.
struct Answer {
    let cursor: JSONCursor

    init(_ cursor: JSONCursor) {
        self.cursor = cursor
    }

    var id: Int? { cursor["id"]?.integer }
    var code: Int? { cursor["error"]?["code"]?.integer }
    var reason: String? { cursor["error"]?["data"]?["reason"]?.string }
    var status: String? { cursor["error"]?["data"]?["status"]?.string }
    var method: String? { cursor["method"]?.string }
    var text: String? { cursor["result"]?["text"]?.string }
}

/// Frames that came in, for one reader.
private final class Inbox: Sendable {
    private let stream: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let iterator: IteratorActor

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: String.self)
        iterator = IteratorActor(stream)
    }

    func receive(_ frame: String) {
        continuation.yield(frame)
    }

    func end() {
        continuation.finish()
    }

    func next() async -> String? {
        await iterator.next()
    }

    private actor IteratorActor {
        private let stream: AsyncStream<String>

        init(_ stream: AsyncStream<String>) {
            self.stream = stream
        }

        func next() async -> String? {
            // A stream keeps its place, so a fresh iterator goes on where the last one stopped.
            var iterator = stream.makeAsyncIterator()
            return await iterator.next(isolation: self)
        }
    }
}

private final class InboxHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let inbox: Inbox
    private var reader = FrameReader()

    init(_ inbox: Inbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        reader.append(unwrapInboundIn(data))
        do {
            while let frame = try reader.next() { inbox.receive(String(decoding: frame.body, as: UTF8.self)) }
        } catch {
            inbox.receive("broken frame from the server: \(error)")
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        inbox.end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
