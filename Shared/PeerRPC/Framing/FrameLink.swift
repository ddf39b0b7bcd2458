import Logging
import NIOCore

/// The writing half of a connection: collects the frames of one turn of the event loop and sends them with one write.
///
/// Confined to its event loop. Frames sent while no channel is attached, or after it closed, are dropped: their calls
/// have been told by then.
final class FrameLink {
    let loop: any EventLoop
    /// The most bytes that may wait for a peer that does not read, before its connection is given up.
    private let maximumBacklog: Int
    private var channel: (any Channel)?
    private var outbound = ByteBuffer()
    private var isFlushScheduled = false
    private var isReading = false
    private var isClosing = false

    init(loop: any EventLoop, maximumBacklog: Int) {
        self.loop = loop
        self.maximumBacklog = maximumBacklog
    }

    var isOpen: Bool { channel != nil && !isClosing }

    func attach(_ channel: any Channel) {
        self.channel = channel
    }

    func detach() {
        channel = nil
        outbound = ByteBuffer()
    }

    /// While a read is being worked on nothing is flushed: its end flushes for all of it.
    func readBegan() {
        isReading = true
    }

    func readEnded() {
        isReading = false
        flush()
    }

    /// Sends a frame, together with what else is sent in this turn of the loop.
    ///
    /// - Parameters:
    ///   - body: The frame's body.
    ///   - head: What stands before it.
    ///   - isAlone: Whether nothing else is under way that could share its write, so that waiting gains nothing.
    func send(_ body: [UInt8], head: FrameHead = FrameHead(), isAlone: Bool = false) {
        guard isOpen else { return }
        outbound.writeFrame(body, head: head)
        guard !isReading, !isFlushScheduled else { return }
        guard !isAlone else {
            flush()
            return
        }
        isFlushScheduled = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute { bound.value.flush() }
    }

    func flush() {
        isFlushScheduled = false
        guard let channel, outbound.readableBytes > 0 else { return }
        let bytes = outbound
        outbound = ByteBuffer()
        // Only a peer that has stopped reading makes a channel unwritable; the question is not asked otherwise.
        if !channel.isWritable {
            let waiting = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
            if waiting + bytes.readableBytes > maximumBacklog {
                abort()
                return
            }
        }
        outbound = channel.allocator.buffer(capacity: min(bytes.readableBytes, 4_096))
        channel.writeAndFlush(bytes, promise: nil)
    }

    /// Sends what is collected and closes behind it.
    func closeAfterFlush() {
        guard let channel, !isClosing else { return }
        isClosing = true
        let bytes = outbound
        outbound = ByteBuffer()
        channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Closes now, whatever waits.
    func abort() {
        isClosing = true
        channel?.close(promise: nil)
    }
}
