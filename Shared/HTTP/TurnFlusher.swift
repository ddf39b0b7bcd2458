import NIOCore

/// What writes to a socket in a loop's turn and sends at its end.
protocol TurnWriter: AnyObject {
    /// Hands what was written to the kernel.
    func sendWritten()
}

/// Sends at the end of a loop's turn what its connections wrote in it; confined to the loop.
///
/// A write that finds its reader asleep wakes it, and that costs more than the bytes. Sent one after another the first write
/// wakes the reader and the others find it awake: with sixteen connections less than half of the wake-ups are left.
final class TurnFlusher {
    /// So many send together at most: what is written first must not wait for all that a busy turn does.
    private static let limit = 16

    private let loop: any EventLoop
    private var isScheduled = false
    private var writers: [any TurnWriter] = []

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Has `writer` send when what is already queued on the loop has run.
    func add(_ writer: any TurnWriter) {
        writers.append(writer)
        if writers.count == Self.limit { return flush() }
        guard !isScheduled else { return }
        isScheduled = true
        let bound = NIOLoopBound(self, eventLoop: loop)
        loop.execute {
            bound.value.isScheduled = false
            bound.value.flush()
        }
    }

    private func flush() {
        let ready = writers
        writers.removeAll(keepingCapacity: true)
        for writer in ready { writer.sendWritten() }
    }
}
