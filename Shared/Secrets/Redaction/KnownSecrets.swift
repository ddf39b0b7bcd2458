import Synchronization

/// The exact secrets to remove, found by their last eight bytes.
///
/// The end of a credential is its random part (beginnings like `sk-proj-` are shared by all), so a text position costs
/// one look into a bitmap, and a full comparison happens only where a secret really is.
final class KnownSecrets: Sendable {
    private static let windowLength = 8
    private static let maximumLength = 16 << 10

    private struct Index: Sendable {
        /// One bit per hash of a window; 65 536 bits.
        var filter = [UInt64](repeating: 0, count: 1024)
        /// The secrets by their last eight bytes, longest first.
        var byEnd: [UInt64: [[UInt8]]] = [:]
    }

    private let index = Mutex<Index?>(nil)

    func add(_ secret: String) -> Bool {
        let bytes = Array(secret.utf8)
        guard (Self.windowLength...Self.maximumLength).contains(bytes.count) else { return false }
        let forms = Set([bytes, Self.percentEncoded(bytes), Self.jsonEscaped(bytes)])
        index.withLock { index in
            var changed = index ?? Index()
            // Released first, so that the arrays are changed in place unless a scan still holds them.
            index = nil
            for form in forms {
                let end = form.suffix(Self.windowLength).reduce(0) { $0 << 8 | UInt64($1) }
                let bit = Self.bit(of: end)
                changed.filter[bit >> 6] |= 1 << UInt64(bit & 63)
                var others = changed.byEnd[end, default: []]
                if !others.contains(form) {
                    others.append(form)
                    others.sort { $0.count > $1.count }
                    changed.byEnd[end] = others
                }
            }
            index = changed
        }
        return true
    }

    /// The text without known secrets, or `nil` when there are none in it.
    func redaction(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard bytes.count >= Self.windowLength, let index = index.withLock({ $0 }) else { return nil }
        let spans = Self.spans(in: bytes, index)
        guard !spans.isEmpty else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var copied = 0
        for span in spans {
            output.append(contentsOf: bytes[copied..<span.lowerBound])
            output.append(contentsOf: Redactor.mark.utf8)
            copied = span.upperBound
        }
        output.append(contentsOf: bytes[copied...])
        return output
    }

    private static func spans(in bytes: UnsafeBufferPointer<UInt8>, _ index: Index) -> [Range<Int>] {
        var spans: [Range<Int>] = []
        var window: UInt64 = 0
        index.filter.withUnsafeBufferPointer { filter in
            for position in bytes.indices {
                window = window << 8 | UInt64(bytes[position])
                let bit = bit(of: window)
                guard filter[bit >> 6] >> UInt64(bit & 63) & 1 == 1, let candidates = index.byEnd[window] else {
                    continue
                }
                let end = position + 1
                let match = candidates.first { secret in
                    secret.count <= end && bytes[(end - secret.count)..<end].elementsEqual(secret)
                }
                if let match { append(end - match.count..<end, to: &spans) }
            }
        }
        return spans
    }

    /// Adds a span that ends after all others, joining those it touches.
    private static func append(_ span: Range<Int>, to spans: inout [Range<Int>]) {
        var start = span.lowerBound
        while let last = spans.last, last.upperBound > start {
            start = min(start, last.lowerBound)
            spans.removeLast()
        }
        spans.append(start..<span.upperBound)
    }

    @inline(__always)
    private static func bit(of window: UInt64) -> Int {
        Int(truncatingIfNeeded: (window &* 0x9E37_79B9_7F4A_7C15) >> 48)
    }

    private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: [byte]
            default: [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
    }

    private static func jsonEscaped(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x22, 0x5C: [0x5C, byte]
            case 0x0A: Array("\\n".utf8)
            case 0x0D: Array("\\r".utf8)
            case 0x09: Array("\\t".utf8)
            default: [byte]
            }
        }
    }
}
