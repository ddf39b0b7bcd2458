/// Searches over raw bytes, sixteen at a time, that reading and writing share.
enum JSONScan {
    typealias Block = SIMD16<Int8>

    /// A block of one byte sixteen times.
    ///
    /// Comparisons are written between two blocks: with a plain number on one side the standard library (6.3) compares
    /// lane by lane, a hundred times slower.
    @inline(__always)
    static func all(_ byte: UInt8) -> Block {
        Block(repeating: Int8(bitPattern: byte))
    }

    /// The first lane that is set, or 16.
    ///
    /// Two 64-bit halves instead of a horizontal reduction: each compiles to one move and one count of zero bits.
    @inline(__always)
    static func firstLane(_ mask: SIMDMask<SIMD16<Int8>>) -> Int {
        let halves = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        let low = halves[0].littleEndian
        if low != 0 { return low.trailingZeroBitCount >> 3 }
        return 8 + halves[1].littleEndian.trailingZeroBitCount >> 3
    }

    /// One bit per lane, the first lane lowest.
    ///
    /// Each multiplication moves the lowest bits of eight bytes next to each other into the highest byte.
    @inline(__always)
    static func bits(_ mask: SIMDMask<SIMD16<Int8>>) -> UInt32 {
        let lowest: UInt64 = 0x0101_0101_0101_0101
        let gather: UInt64 = 0x0102_0408_1020_4080
        let halves = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
        let low = ((halves[0].littleEndian & lowest) &* gather) >> 56
        let high = ((halves[1].littleEndian & lowest) &* gather) >> 56
        return UInt32(truncatingIfNeeded: low | high << 8)
    }

    @inline(__always)
    static func load(_ bytes: UnsafePointer<UInt8>, _ at: Int) -> Block {
        UnsafeRawPointer(bytes + at).loadUnaligned(as: Block.self)
    }

    /// The offset from `at` of the first byte that is not white space, or `end`.
    static func afterSpace(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at + 16 <= end {
            let block = load(bytes, at)
            let space = (block .== all(0x20)) .| (block .== all(0x0A))
            let other = (block .== all(0x0D)) .| (block .== all(0x09))
            let lane = firstLane((space .| other) .== SIMDMask(repeating: false))
            if lane < 16 { return at + lane }
            at += 16
        }
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
        return at
    }

    /// The first backslash from `start`, or `end`.
    @inline(__always)
    static func backslash(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at + 16 <= end {
            let lane = firstLane(load(bytes, at) .== all(0x5C))
            if lane < 16 { return at + lane }
            at += 16
        }
        while at < end, bytes[at] != 0x5C { at += 1 }
        return at
    }

    /// The first byte from `start` that a JSON string must escape, or `end`.
    @inline(__always)
    static func escapable(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at + 16 <= end {
            let block = load(bytes, at)
            let lane = firstLane(escapable(block))
            if lane < 16 { return at + lane }
            at += 16
        }
        // Nearly every text is shorter than a block or ends within one, and holds nothing to escape.
        if end - start >= 8 {
            if at + 8 < end, hasEscapable(word(bytes, at)) { return firstEscapable(bytes, from: at, to: end) }
            if !hasEscapable(word(bytes, end - 8)) { return end }
        }
        return firstEscapable(bytes, from: at, to: end)
    }

    @inline(__always)
    private static func firstEscapable(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var at = start
        while at < end, bytes[at] >= 0x20, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
        return at
    }

    @inline(__always)
    private static func word(_ bytes: UnsafePointer<UInt8>, _ at: Int) -> UInt64 {
        UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt64.self)
    }

    /// Whether one of eight bytes is one that a JSON string must escape: a subtraction borrows into the upper bit of a byte
    /// that is too small, and the bytes that are looked for are made zero first.
    @inline(__always)
    private static func hasEscapable(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        let small = (word &- ones &* 0x20) & ~word
        let found = ((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | small
        return found & (ones &* 0x80) != 0
    }

    /// The lanes that a JSON string must escape.
    @inline(__always)
    static func escapable(_ block: Block) -> SIMDMask<SIMD16<Int8>> {
        let control = (block & all(0xE0)) .== all(0)
        return control .| (block .== all(0x22)) .| (block .== all(0x5C))
    }

    /// Whether two runs of `count` bytes are the same.
    @inline(__always)
    static func equal(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var at = 0
        if count >= 8 {
            while at + 8 < count {
                if word(left, at) != word(right, at) { return false }
                at += 8
            }
            // The last eight at once, some of them a second time.
            return word(left, count - 8) == word(right, count - 8)
        }
        if count >= 4 {
            return half(left, 0) == half(right, 0) && half(left, count - 4) == half(right, count - 4)
        }
        while at < count {
            if left[at] != right[at] { return false }
            at += 1
        }
        return true
    }

    /// Copies bytes; short runs, which nearly all are, without a call.
    @inline(__always)
    static func copy(_ source: UnsafePointer<UInt8>, to target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        let raw = UnsafeMutableRawPointer(target)
        switch count {
        case 8...16:
            let (first, last) = (word(source, 0), word(source, count - 8))
            raw.storeBytes(of: first, as: UInt64.self)
            raw.storeBytes(of: last, toByteOffset: count - 8, as: UInt64.self)
        case 4..<8:
            let (first, last) = (half(source, 0), half(source, count - 4))
            raw.storeBytes(of: first, as: UInt32.self)
            raw.storeBytes(of: last, toByteOffset: count - 4, as: UInt32.self)
        default: target.update(from: source, count: count)
        }
    }

    @inline(__always)
    private static func half(_ bytes: UnsafePointer<UInt8>, _ at: Int) -> UInt32 {
        UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt32.self)
    }
}

extension String {
    /// Lends the bytes of the text; `withUTF8` needs a copy to change, and with it a count of its references.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var text = self
        return text.withUTF8(body)
    }
}
