/// Pairs by rank and then by place, the lowest first.
struct MergeHeap {
    /// The rank in the upper half, the place in the lower.
    private var items: [UInt64] = []

    mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
    }

    mutating func push(_ rank: UInt32, _ place: Int) {
        let item = UInt64(rank) << 32 | UInt64(UInt32(truncatingIfNeeded: place))
        items.append(item)
        var index = items.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard item < items[parent] else { break }
            items[index] = items[parent]
            index = parent
        }
        items[index] = item
    }

    mutating func pop() -> (rank: UInt32, place: Int)? {
        guard let first = items.first, let item = items.popLast() else { return nil }
        if !items.isEmpty { sink(item) }
        return (UInt32(truncatingIfNeeded: first >> 32), Int(first & 0xFFFF_FFFF))
    }

    /// Puts an item in the first one's place and lets it find its own.
    private mutating func sink(_ item: UInt64) {
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < item else { break }
            items[index] = items[child]
            index = child
        }
        items[index] = item
    }
}
