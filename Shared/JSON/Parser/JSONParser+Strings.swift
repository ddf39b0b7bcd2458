extension JSONParser {
    /// Reads the string at `start`, adds its node and returns where it ends.
    @inline(__always)
    mutating func string(_ start: Int) throws(JSONError) -> Int {
        var at = start + 1
        var shortening = 0
        while true {
            at = try ascii(at, &shortening)
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            if bytes[at] == UInt8(ascii: "\"") {
                push(TapeNode(.string, start: start, length: at + 1 - start, marked: shortening != 0))
                if shortening != 0 { note(shortening, of: start) }
                return at + 1
            }
            guard bytes[at] >= 0x80 else { throw JSONError(.controlCharacter, at: at) }
            at = try multibyte(at)
        }
    }

    /// What `\u` adds to the count of bytes that escapes take: it says that nobody counted.
    private static let uncounted = 1 << 32

    /// Steps over ASCII characters and escapes to the first quote, control character or byte from 0x80 up.
    ///
    /// To `shortening` it adds by how many bytes escapes are longer than what they stand for.
    @inline(__always)
    private func ascii(_ start: Int, _ shortening: inout Int) throws(JSONError) -> Int {
        var at = start
        while at + 16 <= count {
            let block = JSONScan.load(bytes, at)
            let isSlash = block .== JSONScan.all(0x5C)
            // Signed, so that one comparison finds the control characters and everything from 0x80 up.
            let isStop = (block .< JSONScan.all(0x20)) .| (block .== JSONScan.all(0x22))
            let lane = JSONScan.firstLane(isStop .| isSlash)
            if lane == 16 {
                at += 16
                continue
            }
            // A single escape of one letter, as text has them here and there, needs no look at the whole block.
            if lane < 14, bytes[at + lane] == 0x5C, bytes[at + lane + 2] != 0x5C,
                Self.isLetterEscape(bytes[at + lane + 1])
            {
                shortening += 1
                at += lane + 2
                continue
            }
            let slashes = JSONScan.bits(isSlash)
            if slashes == 0 { return at + lane }
            let (length, isStopped) = try escapes(in: block, at, slashes, JSONScan.bits(isStop), &shortening)
            at += length
            if isStopped { return at }
        }
        while at < count {
            if bytes[at] == UInt8(ascii: "\\") {
                let end = try escape(at)
                shortening += end == at + 2 ? 1 : Self.uncounted
                at = end
            } else {
                guard Self.isPlain(bytes[at]) else { return at }
                at += 1
            }
        }
        return at
    }

    /// Whether a byte is an ASCII character that stands in a string for itself.
    @inline(__always)
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x60 && byte != 0x22 && byte != 0x5C
    }

    /// Whether a byte after a backslash makes an escape of these two.
    @inline(__always)
    private static func isLetterEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x2F, 0x5C, 0x62, 0x66, 0x6E, 0x72, 0x74: true
        default: false
        }
    }

    /// Judges a block with backslashes as a whole, so that text full of escapes costs no branch for each of them.
    ///
    /// - Returns: How far the block goes before something else begins, and whether a byte that ends the run stands there.
    @inline(__always)
    private func escapes(
        in block: JSONScan.Block,
        _ at: Int,
        _ slashes: UInt32,
        _ stops: UInt32,
        _ shortening: inout Int
    ) throws(JSONError) -> (length: Int, isStopped: Bool) {
        // Every second backslash of a run is escaped by the one before it: subtracting each run from the place after it,
        // with the odd places set, carries to where the run ends and tells odd lengths from even ones.
        let odd: UInt32 = 0xAAAA_AAAA
        let escaped = ((slashes << 1 | odd) &- slashes) ^ odd ^ slashes
        let allowed = JSONScan.bits(isEscapeLetter(block))
        // An escaped quote is none; an escaped control character or byte from 0x80 up is not allowed.
        let stops = stops & ~(escaped & allowed)
        let seen = (stops ^ (stops &- 1)) & 0xFFFF
        guard escaped & seen & ~allowed == 0 else { throw invalidEscape(at) }
        shortening += (escaped & seen).nonzeroBitCount
        var unicode = JSONScan.bits(block .== JSONScan.all(0x75)) & escaped & seen
        if unicode != 0 { shortening += Self.uncounted }
        while unicode != 0 {
            try hexadecimal(at + unicode.trailingZeroBitCount + 1)
            unicode &= unicode - 1
        }
        if stops != 0 { return (stops.trailingZeroBitCount, true) }
        // A backslash in the last place starts the next block, together with what it escapes.
        return (escaped & 0x1_0000 == 0 ? 16 : 15, false)
    }

    /// The error of a block in which an escape is wrong: the first one.
    @inline(never)
    private func invalidEscape(_ start: Int) -> JSONError {
        var at = start
        do throws(JSONError) {
            while at < count { at = bytes[at] == UInt8(ascii: "\\") ? try escape(at) : at + 1 }
            return JSONError(.unexpectedEnd, at: count)
        } catch {
            return error
        }
    }

    /// The lanes that may follow a backslash: `"`, `\`, `/`, `b`, `f`, `n`, `r`, `t`, `u`.
    @inline(__always)
    private func isEscapeLetter(_ block: JSONScan.Block) -> SIMDMask<SIMD16<Int8>> {
        let bf = (block | JSONScan.all(0x04)) .== JSONScan.all(0x66)
        let tu = (block | JSONScan.all(0x01)) .== JSONScan.all(0x75)
        let nr = (block .== JSONScan.all(0x6E)) .| (block .== JSONScan.all(0x72))
        let other = (block .== JSONScan.all(0x22)) .| (block .== JSONScan.all(0x5C))
        return bf .| tu .| nr .| other .| (block .== JSONScan.all(0x2F))
    }

    @inline(never)
    private func escape(_ at: Int) throws(JSONError) -> Int {
        guard at + 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
        switch bytes[at + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            return at + 2
        case UInt8(ascii: "u"):
            try hexadecimal(at + 2)
            return at + 6
        default:
            throw JSONError(.invalidEscape, at: at + 1)
        }
    }

    @inline(__always)
    private func hexadecimal(_ start: Int) throws(JSONError) {
        for at in start..<start + 4 {
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            let digit = bytes[at] &- 0x30 < 10 || (bytes[at] | 0x20) &- 0x61 < 6
            guard digit else { throw JSONError(.invalidEscape, at: at) }
        }
    }

    /// Steps over the multi-byte character at `start` and those that follow it at once.
    ///
    /// Each is judged from one 32-bit load; only a malformed one, or the last bytes of a document, is looked at byte by
    /// byte.
    @inline(__always)
    private func multibyte(_ start: Int) throws(JSONError) -> Int {
        var at = start
        while at + 4 <= count {
            let word = UInt32(littleEndian: UnsafeRawPointer(bytes + at).loadUnaligned(as: UInt32.self))
            if word & 0x80 == 0 {
                // A single space or comma between two words of another script does not end the run.
                guard word & 0x8000 != 0, Self.isPlain(UInt8(truncatingIfNeeded: word)) else { return at }
                at += 1
                continue
            }
            if word & 0xC0_C0F0 == 0x80_80E0 {
                // Bits of the first two bytes that tell overlong forms (0) and surrogates (0x200D).
                let form = word & 0x200F
                guard form != 0, form != 0x200D else { throw illFormed(at) }
                at += 3
            } else if word & 0xC0E0 == 0x80C0 {
                guard word & 0x1E != 0 else { throw illFormed(at) }
                at += 2
            } else if word & 0xC0C0_C0F8 == 0x8080_80F0 {
                let plane = (word & 7) << 2 | word >> 12 & 3
                guard plane &- 1 < 16 else { throw illFormed(at) }
                at += 4
            } else {
                throw illFormed(at)
            }
        }
        while at < count, bytes[at] >= 0x80 { at = try scalar(at) }
        return at
    }

    @inline(never)
    private func illFormed(_ at: Int) -> JSONError {
        do throws(JSONError) {
            _ = try scalar(at)
            return JSONError(.invalidUTF8, at: at)
        } catch {
            return error
        }
    }

    /// Steps over one multi-byte character as table 3-7 of the Unicode Standard has it.
    @inline(never)
    private func scalar(_ start: Int) throws(JSONError) -> Int {
        let second: ClosedRange<UInt8>
        let length: Int
        switch bytes[start] {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xE1...0xEC, 0xEE...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: throw JSONError(.invalidUTF8, at: start)
        }
        for at in start + 1..<start + length {
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            let allowed = at == start + 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[at]) else { throw JSONError(.invalidUTF8, at: at) }
        }
        return start + length
    }
}
