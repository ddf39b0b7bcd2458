import Contracts
import JSON

/// One note in the spool.
///
/// On disk, little-endian: payload length (4 bytes), kind (4), checksum of the payload (4), which checksum it is (4), then the payload,
/// a usage record as JSON or compact, padded to 16 bytes. A length of zero ends the segment.
enum SpoolEntry {
    /// What a note says about its request.
    enum Kind: UInt32 {
        /// An attempt is about to be sent; the payload is what to settle if nothing more is heard of it.
        case open = 1
        /// The request has ended; the payload is what to settle.
        case close = 2
        /// The meter has applied it; the payload is the request's id.
        case settled = 3
    }

    static let headerLength = 16

    /// The bytes that an entry takes on disk.
    static func length(payload: Int) -> Int {
        (headerLength + payload + 15) & ~15
    }

    /// The payload of a note: what is sent to the meter as it stands is JSON, what is only read after a crash is compact.
    static func encode(_ record: UsageRecord, as kind: Kind) -> [UInt8] {
        if kind == .open, let compact = CompactRecord.encode(record) { return compact }
        var writer = JSONWriter(capacity: 1_024)
        record.write(to: &writer)
        return writer.bytes
    }

    /// The record in a payload, or `nil` when it is not one.
    static func decode(_ payload: [UInt8]) -> UsageRecord? {
        if payload.first == CompactRecord.mark { return CompactRecord.decode(payload) }
        guard let document = try? JSONDocument(payload) else { return nil }
        return try? UsageRecord(from: document.root)
    }

    /// Which checksum a note carries.
    enum Check: UInt32 {
        /// CRC-32, as earlier builds wrote it.
        case crc32 = 0
        /// ``fold(_:)``
        case fold = 1
    }

    /// Whether a payload is the one that was written.
    static func holds(_ payload: UnsafeRawBufferPointer, _ sum: UInt32, by check: UInt32) -> Bool {
        switch Check(rawValue: check) {
        case .crc32: checksum(payload) == sum
        case .fold: fold(payload) == sum
        case nil: false
        }
    }

    /// A sum that tells a note that was written in part from a whole one, at a fraction of what CRC-32 costs: eight bytes go
    /// into each product of 64 bits, and its two halves into the next.
    static func fold(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum = UInt64(bytes.count) ^ 0x9E37_79B9_7F4A_7C15
        var at = 0
        func take(_ word: UInt64) {
            sum = (sum ^ word) &* 0xD6E8_FEB8_6659_FD93
            sum ^= sum >> 32
        }
        while at + 8 <= bytes.count {
            take(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            at += 8
        }
        var rest: UInt64 = 0
        while at < bytes.count {
            rest = rest << 8 | UInt64(bytes[at])
            at += 1
        }
        take(rest)
        return UInt32(truncatingIfNeeded: sum)
    }

    /// CRC-32 as in ISO 3309 and RFC 1952, section 8; eight bytes at a time.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        tables.withUnsafeBufferPointer { tables in
            var sum: UInt32 = ~0
            var at = 0
            while at + 8 <= bytes.count {
                var word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                word ^= UInt64(sum)
                sum = 0
                for distance in stride(from: 7, through: 0, by: -1) {
                    sum ^= tables[distance << 8 | Int(word & 0xFF)]
                    word >>= 8
                }
                at += 8
            }
            while at < bytes.count {
                let index = Int((sum ^ UInt32(bytes[at])) & 0xFF)
                sum = tables[index] ^ (sum >> 8)
                at += 1
            }
            return ~sum
        }
    }

    /// Eight tables of 256: the n-th says what a byte does to the sum n bytes later.
    private static let tables: [UInt32] = {
        var tables: [UInt32] = []
        tables.reserveCapacity(2048)
        for index in UInt32(0)..<256 {
            var value = index
            for _ in 0..<8 {
                let isOdd = value & 1 == 1
                value >>= 1
                if isOdd { value ^= 0xEDB8_8320 }
            }
            tables.append(value)
        }
        for index in 256..<2048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ (before >> 8))
        }
        return tables
    }()
}
