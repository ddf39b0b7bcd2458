import Contracts

/// Puts back into an answer what placeholders stand for, also where a placeholder comes in pieces.
struct PlaceholderRestorer {
    /// What is looked for, by its text; every text begins with one of ``firstBytes``.
    private let originals: [String: [UInt8]]
    /// The lengths of the placeholders, longest first.
    private let lengths: [Int]
    private let firstBytes: Set<UInt8>
    /// The end of what came last, which may be the beginning of a placeholder.
    private var held: [UInt8] = []

    /// - Parameters:
    ///   - restores: The pairs.
    ///   - isJSON: Whether the text is JSON: what is put back is escaped, and placeholders may be.
    init(_ restores: [Restore], isJSON: Bool) {
        var originals: [String: [UInt8]] = [:]
        for restore in restores where !restore.placeholder.isEmpty {
            let original = isJSON ? JSONInside.escaped(restore.original) : Array(restore.original.utf8)
            originals[restore.placeholder] = original
            guard isJSON else { continue }
            for form in JSONInside.spellings(of: restore.placeholder) { originals[form] = original }
        }
        self.originals = originals
        lengths = Set(originals.keys.map(\.utf8.count)).sorted(by: >)
        firstBytes = Set(originals.keys.compactMap(\.utf8.first))
    }

    /// The text with everything put back that is whole by now.
    mutating func push(_ text: String) -> String {
        guard !originals.isEmpty else { return text }
        if held.isEmpty, !text.utf8.contains(where: firstBytes.contains) { return text }
        let bytes = held + Array(text.utf8)
        held = []
        return restore(bytes, isLast: false)
    }

    /// What is still held back: no placeholder after all.
    mutating func flush() -> String {
        let bytes = held
        held = []
        return bytes.isEmpty ? "" : restore(bytes, isLast: true)
    }

    private mutating func restore(_ bytes: [UInt8], isLast: Bool) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard firstBytes.contains(bytes[at]) else {
                out.append(bytes[at])
                at += 1
                continue
            }
            if let (original, length) = match(bytes, at) {
                out += original
                at += length
            } else if !isLast, mayContinue(bytes, at) {
                held = Array(bytes[at...])
                break
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private func match(_ bytes: [UInt8], _ at: Int) -> ([UInt8], Int)? {
        for length in lengths where at + length <= bytes.count {
            if let original = originals[String(decoding: bytes[at..<at + length], as: UTF8.self)] {
                return (original, length)
            }
        }
        return nil
    }

    /// Whether what is there may be the beginning of a placeholder.
    private func mayContinue(_ bytes: [UInt8], _ at: Int) -> Bool {
        let rest = bytes[at...]
        guard let longest = lengths.first, rest.count < longest else { return false }
        return originals.keys.contains { $0.utf8.count > rest.count && $0.utf8.starts(with: rest) }
    }
}
