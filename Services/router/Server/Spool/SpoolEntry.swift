import Contracts
import JSON

/// One note in the spool.
///
/// On disk, little-endian: payload length (4 bytes), kind (4), CRC-32 of the payload (4), zero (4), then the payload,
/// a usage record as JSON, padded to 16 bytes. A length of zero ends the segment.
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

    static func encode(_ record: UsageRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        record.write(to: &writer)
        return writer.bytes
    }

    /// The record in a payload, or `nil` when it is not one.
    static func decode(_ payload: [UInt8]) -> UsageRecord? {
        guard let document = try? JSONDocument(payload) else { return nil }
        return try? UsageRecord(from: document.root)
    }

    /// CRC-32 as in ISO 3309 and RFC 1952, section 8.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum: UInt32 = ~0
        for byte in bytes {
            sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8)
        }
        return ~sum
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}
