/// Finds the words that a line must not be dropped with.
package enum Alarm {
    /// In lower case; a line that holds one of them says that something went wrong, or may have.
    private static let words: [StaticString] = [
        "error", "warn", "fail", "fatal", "panic", "exception", "undefined", "cannot", "could not", "unable", "denied",
        "not found", "no such", "missing", "conflict", "invalid", "mismatch", "abort", "killed", "traceback", "refused",
        "timed out", "timeout", "unresolved", "unsupported", "deprecated", "vulnerab", "critical", "segfault",
        "corrupt",
        "unsatisfied", "incompatible", "skipp", "retry",
    ]
    private static let table = Table(words)

    package static func sounds(in line: ArraySlice<UInt8>) -> Bool {
        let table = table
        return line.withUnsafeBufferPointer { bytes in
            guard bytes.count > 2 else { return false }
            var first = Int(bytes[0] | 0x20)
            for index in 1..<bytes.count {
                let second = Int(bytes[index] | 0x20)
                if table.pairs[first << 8 | second], table.holds(bytes, from: index - 1) { return true }
                first = second
            }
            return false
        }
    }

    /// The words by their first two letters.
    private struct Table {
        private(set) var pairs = [Bool](repeating: false, count: 1 << 16)
        private var words: [StaticString]

        init(_ words: [StaticString]) {
            self.words = words
            for word in words { pairs[Int(word.utf8Start[0]) << 8 | Int(word.utf8Start[1])] = true }
        }

        func holds(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
            for word in words where matches(word, bytes, start) { return true }
            return false
        }

        private func matches(_ word: StaticString, _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
            let length = word.utf8CodeUnitCount
            guard bytes.count - start >= length else { return false }
            for offset in 0..<length where bytes[start + offset].lowered != word.utf8Start[offset] { return false }
            return true
        }
    }
}
