import Synchronization

/// Random bits for identifiers: unique, not secret.
///
/// SplitMix64 over a counter that starts at a random point: one atomic addition per call, no system call, no lock.
enum IdentifierBits {
    private static let state = Atomic<UInt64>(UInt64.random(in: .min ... .max))

    static func next() -> UInt64 {
        var bits = state.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// The same, but never zero, which trace context takes for "none".
    static func nextNonZero() -> UInt64 {
        let bits = next()
        return bits == 0 ? 1 : bits
    }
}

/// The identifier a request is known by in headers, logs and the ledger.
package enum RequestID {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// Makes `req_` and 26 characters of lower-case base 32: 48 bits of milliseconds, then 80 random bits.
    ///
    /// Identifiers sort by the time they were made, to the millisecond.
    package static func make() -> String {
        let milliseconds = UInt64(max(0, WallClock.now() / 1000))
        return make(milliseconds: milliseconds, random: (IdentifierBits.next(), IdentifierBits.next()))
    }

    /// The same from given parts, for tests.
    package static func make(milliseconds: UInt64, random: (UInt64, UInt64)) -> String {
        // 130 bits are written, two of them zero at the front: 2 + 48 + 80.
        let high = (milliseconds & 0xFFFF_FFFF_FFFF) << 16 | random.0 & 0xFFFF
        let low = random.1
        return String(unsafeUninitializedCapacity: 30) { buffer in
            for (position, byte) in "req_".utf8.enumerated() { buffer[position] = byte }
            for position in 0..<26 {
                let shift = 5 * (25 - position)
                let bits = shift >= 64 ? high >> (shift - 64) : low >> shift | (shift > 59 ? high << (64 - shift) : 0)
                buffer[4 + position] = alphabet[Int(bits & 31)]
            }
            return 30
        }
    }
}
