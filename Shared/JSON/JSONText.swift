/// The text of a string node: what stands between its quotes, decoded on the way where it holds escapes.
///
/// Lives no longer than the pointer it was made with.
struct JSONText {
    /// One decoded escape: up to four bytes of UTF-8, first byte lowest.
    struct Escape {
        var utf8: UInt32
        var length: Int
        /// Where the document goes on.
        var end: Int
    }

    let bytes: UnsafePointer<UInt8>
    let start: Int
    let end: Int
    let isEscaped: Bool

    /// Text between two places, its escapes checked.
    init(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, isEscaped: Bool) {
        self.bytes = bytes
        self.start = start
        self.end = end
        self.isEscaped = isEscaped
    }

    @inline(__always)
    init(_ node: TapeNode, in bytes: UnsafePointer<UInt8>) {
        self.bytes = bytes
        start = node.start + 1
        end = node.start + node.length - 1
        isEscaped = node.isMarked
    }

    /// How many bytes of UTF-8 the decoded text has.
    var count: Int {
        guard isEscaped else { return end - start }
        var total = 0
        var at = start
        while true {
            let next = JSONScan.backslash(bytes, from: at, to: end)
            total += next - at
            guard next < end else { return total }
            // All but `\u` stand for one byte.
            if bytes[next + 1] != UInt8(ascii: "u") {
                total += 1
                at = next + 2
                continue
            }
            let escape = escape(next)
            total += escape.length
            at = escape.end
        }
    }

    /// Writes the decoded text, which is never longer than ``end`` less ``start``, and returns its length.
    func decode(into target: UnsafeMutablePointer<UInt8>) -> Int {
        var at = start
        var written = 0
        while at < end {
            if at + 16 <= end {
                // The target is at least as long as what is left of the source, so a whole block always fits.
                let block = JSONScan.load(bytes, at)
                UnsafeMutableRawPointer(target + written).storeBytes(of: block, as: JSONScan.Block.self)
                let lane = JSONScan.firstLane(block .== JSONScan.all(0x5C))
                at += lane
                written += lane
                if lane == 16 { continue }
            } else if bytes[at] != 0x5C {
                target[written] = bytes[at]
                at += 1
                written += 1
                continue
            }
            let escape = escape(at)
            var utf8 = escape.utf8
            for _ in 0..<escape.length {
                target[written] = UInt8(truncatingIfNeeded: utf8)
                utf8 >>= 8
                written += 1
            }
            at = escape.end
        }
        return written
    }

    /// Whether the decoded text is exactly `count` bytes at `other`.
    func equals(_ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard isEscaped else { return end - start == count && JSONScan.equal(bytes + start, other, count) }
        var at = start
        var compared = 0
        while true {
            let next = JSONScan.backslash(bytes, from: at, to: end)
            let run = next - at
            guard run <= count - compared, JSONScan.equal(bytes + at, other + compared, run) else { return false }
            compared += run
            guard next < end else { return compared == count }
            let escape = escape(next)
            guard escape.length <= count - compared else { return false }
            var utf8 = escape.utf8
            for index in compared..<compared + escape.length {
                guard other[index] == UInt8(truncatingIfNeeded: utf8) else { return false }
                utf8 >>= 8
            }
            compared += escape.length
            at = escape.end
        }
    }

    /// Whether two texts decode to the same bytes.
    func isSame(as other: JSONText) -> Bool {
        if !isEscaped { return other.equals(bytes + start, end - start) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end - start) { buffer in
            guard let base = buffer.baseAddress else { return other.count == 0 }
            return other.equals(base, decode(into: base))
        }
    }

    /// A hash of the decoded text under the process's random seed.
    var hash: Int {
        var hasher = Hasher()
        if isEscaped {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end - start) { buffer in
                guard let base = buffer.baseAddress else { return }
                hasher.combine(bytes: UnsafeRawBufferPointer(start: base, count: decode(into: base)))
            }
        } else {
            hasher.combine(bytes: UnsafeRawBufferPointer(start: bytes + start, count: end - start))
        }
        return hasher.finalize() & Int.max
    }

    /// Decodes the escape whose backslash stands at `at`; the parser has checked its form.
    @inline(__always)
    func escape(_ at: Int) -> Escape {
        let letter = bytes[at + 1]
        guard letter == UInt8(ascii: "u") else {
            // Constants only, so that the compiler makes it a table.
            let control: UInt8 =
                switch letter {
                case UInt8(ascii: "n"): 0x0A
                case UInt8(ascii: "t"): 0x09
                case UInt8(ascii: "r"): 0x0D
                case UInt8(ascii: "b"): 0x08
                case UInt8(ascii: "f"): 0x0C
                default: 0
                }
            return Escape(utf8: UInt32(control == 0 ? letter : control), length: 1, end: at + 2)
        }
        return unicodeEscape(at)
    }

    private func unicodeEscape(_ at: Int) -> Escape {
        let unit = codeUnit(at + 2)
        switch unit {
        case ..<0x80:
            return Escape(utf8: unit, length: 1, end: at + 6)
        case ..<0x800:
            return Escape(utf8: 0x80C0 | unit >> 6 | (unit & 0x3F) << 8, length: 2, end: at + 6)
        case 0xD800..<0xDC00 where at + 12 <= end && bytes[at + 6] == 0x5C && bytes[at + 7] == UInt8(ascii: "u"):
            let low = codeUnit(at + 8)
            guard 0xDC00..<0xE000 ~= low else { break }
            let scalar = 0x1_0000 + (unit & 0x3FF) << 10 + low & 0x3FF
            let head = 0xF0 | scalar >> 18 | (0x80 | scalar >> 12 & 0x3F) << 8
            let tail = (0x80 | scalar >> 6 & 0x3F) << 16 | (0x80 | scalar & 0x3F) << 24
            return Escape(utf8: head | tail, length: 4, end: at + 12)
        case 0xD800..<0xE000:
            break
        default:
            let utf8 = 0xE0 | unit >> 12 | (0x80 | unit >> 6 & 0x3F) << 8 | (0x80 | unit & 0x3F) << 16
            return Escape(utf8: utf8, length: 3, end: at + 6)
        }
        // A surrogate without its other half: U+FFFD in its place.
        return Escape(utf8: 0xBD_BFEF, length: 3, end: at + 6)
    }

    private func codeUnit(_ at: Int) -> UInt32 {
        var value: UInt32 = 0
        for index in at..<at + 4 {
            let byte = bytes[index]
            value = value << 4 | UInt32(byte <= 0x39 ? byte & 0xF : byte & 0xF + 9)
        }
        return value
    }
}
