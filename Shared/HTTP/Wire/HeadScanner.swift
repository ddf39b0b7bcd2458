import NIOCore

/// The sizes a head may have.
struct HeadLimits {
    var firstLineBytes: Int
    var bytes: Int
    var fields: Int
}

/// Finds the end of a head, however it arrives, and judges its line ends and its size on the way.
///
/// It remembers how far it has looked, so a head that comes byte by byte costs no more than one that comes at once.
struct HeadScanner {
    private var offset = 0
    private var lineStart = 0
    private var lines = 0

    /// The head's length with its empty line, or `nil` while it is incomplete.
    ///
    /// A lone CR or LF is refused at once.
    mutating func scan(_ buffer: ByteBuffer, limits: HeadLimits) throws(HTTPWireError) -> Int? {
        let (next, outcome) = buffer.withUnsafeReadableBytes {
            [self] bytes -> (HeadScanner, Result<Int?, HTTPWireError>) in
            var scanner = self
            let outcome = scanner.scan(bytes, limits: limits)
            return (scanner, outcome)
        }
        self = next
        return try outcome.get()
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer, limits: HeadLimits) -> Result<Int?, HTTPWireError> {
        while let index = LineEnds.first(in: bytes, from: offset, to: bytes.count) {
            offset = index
            guard bytes[index] == 0x0D else { return .failure(.malformed("a line ends without a carriage return")) }
            guard index + 1 < bytes.count else { return judgeSize(index, limits) }
            guard bytes[index + 1] == 0x0A else { return .failure(.malformed("a carriage return stands alone")) }
            let isEmptyLine = index == lineStart
            if lines == 0, index > limits.firstLineBytes { return .failure(.firstLineTooLong) }
            offset = index + 2
            lineStart = offset
            if isEmptyLine { return offset > limits.bytes ? .failure(.headTooLarge) : .success(offset) }
            lines += 1
            if lines - 1 > limits.fields { return .failure(.headTooLarge) }
        }
        offset = bytes.count
        return judgeSize(bytes.count, limits)
    }

    private func judgeSize(_ count: Int, _ limits: HeadLimits) -> Result<Int?, HTTPWireError> {
        if lines == 0, count > limits.firstLineBytes { return .failure(.firstLineTooLong) }
        return count > limits.bytes ? .failure(.headTooLarge) : .success(nil)
    }
}
