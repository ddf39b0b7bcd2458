/// The bytes that a writer has written, and room for more behind them.
///
/// Of its own instead of an array: a message has dozens of short pieces, and to append each through an array's checks and closures costs
/// several times what its bytes cost to copy.
final class JSONMemory {
    /// How many bytes have been written.
    var used = 0
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int

    private init(capacity: Int) {
        base = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit {
        base.deallocate()
    }

    static func make(capacity: Int) -> JSONMemory {
        JSONMemory(capacity: capacity)
    }

    /// Where the next byte goes.
    @inline(__always)
    var end: UnsafeMutablePointer<UInt8> { base + used }

    @inline(__always)
    func holds(_ room: Int) -> Bool { capacity - used >= room }

    /// A copy with room for so many bytes more, and as much again as is there.
    @inline(never)
    func grown(by room: Int) -> JSONMemory {
        let copy = JSONMemory(capacity: max(capacity, used * 2, used + room))
        copy.base.update(from: base, count: used)
        copy.used = used
        return copy
    }

    var bytes: [UInt8] {
        Array(UnsafeBufferPointer(start: base, count: used))
    }
}
