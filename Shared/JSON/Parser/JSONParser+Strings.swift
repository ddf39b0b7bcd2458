extension JSONParser {
    /// Reads the string at `start`, adds its node and returns where it ends.
    @inline(__always)
    mutating func string(_ start: Int) throws(JSONError) -> Int {
        var at = start + 1
        var isEscaped = false
        while true {
            at = plain(at)
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            switch bytes[at] {
            case UInt8(ascii: "\""):
                push(TapeNode(.string, start: start, length: at + 1 - start, marked: isEscaped))
                return at + 1
            case UInt8(ascii: "\\"):
                isEscaped = true
                at = try escapes(at)
            case 0x80...:
                at = try multibyte(at)
            default:
                throw JSONError(.controlCharacter, at: at)
            }
        }
    }

    /// The first byte that is not an ordinary ASCII character of a string, or the end of the document.
    @inline(__always)
    private func plain(_ start: Int) -> Int {
        var at = start
        while at + 16 <= count {
            let block = JSONScan.load(bytes, at)
            // Signed, so that one comparison finds the control characters and everything from 0x80 up.
            let lane = JSONScan.firstLane((block .< 0x20) .| (block .== 0x22) .| (block .== 0x5C))
            if lane < 16 { return at + lane }
            at += 16
        }
        while at < count, bytes[at] &- 0x20 < 0x60, bytes[at] != 0x22, bytes[at] != 0x5C { at += 1 }
        return at
    }

    /// Steps over the escape at `start` and those that follow it at once.
    @inline(__always)
    private func escapes(_ start: Int) throws(JSONError) -> Int {
        var at = start
        repeat {
            guard at + 1 < count else { throw JSONError(.unexpectedEnd, at: count) }
            switch bytes[at + 1] {
            case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
                at += 2
            case UInt8(ascii: "u"):
                try hexadecimal(at + 2)
                at += 6
            default:
                throw JSONError(.invalidEscape, at: at + 1)
            }
        } while at < count && bytes[at] == UInt8(ascii: "\\")
        return at
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
            if word & 0x80 == 0 { return at }
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
