/// Finds carriage returns and line feeds eight bytes at a time.
enum LineEnds {
    /// The index of the first CR or LF.
    static func first(in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        first(in: bytes.base, from: bytes.startIndex, to: bytes.endIndex)
    }

    /// The index of the first CR or LF at or after `start`.
    static func first(in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int? {
        var index = start
        while index &+ 8 <= end {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            // A byte below 0x0E borrows into its own top bit; false hits (tabs, borrows) are sorted out below.
            let low = (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & 0x8080_8080_8080_8080
            if low == 0 {
                index &+= 8
                continue
            }
            let stop = index &+ 8
            while index < stop {
                let byte = bytes[index]
                if byte == 0x0A || byte == 0x0D { return index }
                index &+= 1
            }
        }
        while index < end {
            let byte = bytes[index]
            if byte == 0x0A || byte == 0x0D { return index }
            index &+= 1
        }
        return nil
    }
}
