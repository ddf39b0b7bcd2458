import NIOCore

/// Writes a head into memory that was reserved for all of it.
///
/// A head has dozens of small pieces, and to append each to a buffer costs several times what its bytes cost to copy.
struct HeadWriter {
    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    fileprivate init(_ memory: UnsafeMutableRawBufferPointer) {
        self.memory = memory.bindMemory(to: UInt8.self)
    }

    /// Writes text that is known when the program is compiled.
    mutating func put(_ text: StaticString) {
        put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Writes text as it is.
    mutating func put(_ text: String) {
        text.withBytes { put($0) }
    }

    /// Writes one header line.
    ///
    /// Bytes that would end or corrupt the line become spaces: nobody can smuggle a field through a value.
    mutating func put(field name: String, _ value: String) {
        putClean(name)
        put(": ")
        putClean(value)
        put("\r\n")
    }

    /// Writes `content-length`.
    mutating func put(contentLength length: Int) {
        put("content-length: ")
        put(decimal: length)
        put("\r\n")
    }

    /// Writes a number that is not negative.
    mutating func put(decimal number: Int) {
        var digits = 1
        var rest = number
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        reserve(digits)
        rest = number
        for at in (count..<(count + digits)).reversed() {
            memory[at] = UInt8(truncatingIfNeeded: rest % 10) + 0x30
            rest /= 10
        }
        count += digits
    }

    private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, let target = memory.baseAddress else { return }
        reserve(bytes.count)
        (target + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    private mutating func putClean(_ text: String) {
        text.withBytes { bytes in
            guard !ASCII.isPlainFieldValue(bytes) else { return put(bytes) }
            reserve(bytes.count)
            for index in 0..<bytes.count {
                memory[count + index] = ASCII.isFieldValue(bytes[index]) ? bytes[index] : 0x20
            }
            count += bytes.count
        }
    }

    private func reserve(_ bytes: Int) {
        precondition(count + bytes <= memory.count, "a head is longer than what was reserved for it")
    }
}

extension ByteBuffer {
    /// Writes a head of at most `capacity` bytes.
    mutating func writeHead(capacity: Int, _ body: (inout HeadWriter) -> Void) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { memory in
            var writer = HeadWriter(memory)
            body(&writer)
            return writer.count
        }
    }
}

extension String {
    /// Lends the bytes of the text; `withUTF8` needs a copy to change, and with it a count of its references.
    @inline(__always)
    fileprivate func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = utf8.withContiguousStorageIfAvailable(body) { return result }
        var text = self
        return text.withUTF8(body)
    }

    /// Whether every byte may stand in a field value.
    var isFieldValue: Bool {
        utf8.withContiguousStorageIfAvailable { ASCII.isPlainFieldValue($0) || $0.allSatisfy(ASCII.isFieldValue) }
            ?? utf8.allSatisfy(ASCII.isFieldValue)
    }

    /// Whether every byte passes.
    func hasOnly(_ passes: (UInt8) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable { $0.allSatisfy(passes) } ?? utf8.allSatisfy(passes)
    }
}
