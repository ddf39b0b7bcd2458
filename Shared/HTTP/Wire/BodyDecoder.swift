import NIOCore

/// How the end of a body is found.
enum BodyFraming: Hashable {
    case length(Int)
    case chunked
    case untilClose
}

/// Takes a body out of the bytes of a connection; pure, fed by whoever owns the socket.
struct BodyDecoder {
    private enum State {
        case counted(remaining: Int)
        case untilClose
        case chunkSize
        case chunk(remaining: Int)
        case chunkEnd
        case trailers(seen: Int)
        case complete
    }

    /// The longest chunk-size line, extensions included.
    static let maximumChunkLine = 1_024
    /// The most bytes of trailers, which are checked and dropped.
    static let maximumTrailers = 8 << 10

    private var state: State
    /// Servers are known to pad the size with spaces; clients are not.
    private let acceptsPaddedSize: Bool

    init(_ framing: BodyFraming, acceptsPaddedSize: Bool = false) {
        self.acceptsPaddedSize = acceptsPaddedSize
        state =
            switch framing {
            case .length(0): .complete
            case .length(let length): .counted(remaining: length)
            case .chunked: .chunkSize
            case .untilClose: .untilClose
            }
    }

    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// What is left of a body whose length was declared.
    var remaining: Int? {
        if case .counted(let remaining) = state { remaining } else { nil }
    }

    /// Whether the end of the connection is the proper end of the body.
    var endsAtClose: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// The next bytes of the body, at most `maximum`; `nil` when the input holds none (or the body is complete).
    ///
    /// One piece is a slice of the input; small chunks that came together are joined, so that a burst costs one turn.
    mutating func decode(_ input: inout ByteBuffer, maximum: Int) throws(HTTPWireError) -> ByteBuffer? {
        var result: ByteBuffer?
        while (result?.readableBytes ?? 0) < maximum {
            let room = maximum - (result?.readableBytes ?? 0)
            guard let piece = try step(&input, room: room) else { break }
            guard piece.readableBytes > 0 else { continue }
            if result == nil {
                result = piece
            } else {
                result?.writeImmutableBuffer(piece)
            }
        }
        try finishIfPossible(&input)
        return result
    }

    /// Takes one step: a piece of payload, an empty buffer for framing alone, or `nil` when nothing more can be done.
    private mutating func step(_ input: inout ByteBuffer, room: Int) throws(HTTPWireError) -> ByteBuffer? {
        switch state {
        case .complete: return nil
        case .counted(let remaining):
            guard let piece = take(&input, min(remaining, room)) else { return nil }
            let left = remaining - piece.readableBytes
            state = left == 0 ? .complete : .counted(remaining: left)
            return piece
        case .untilClose: return take(&input, room)
        case .chunk(let remaining):
            guard let piece = take(&input, min(remaining, room)) else { return nil }
            let left = remaining - piece.readableBytes
            state = left == 0 ? .chunkEnd : .chunk(remaining: left)
            return piece
        case .chunkSize, .chunkEnd, .trailers: return try frame(&input) ? ByteBuffer() : nil
        }
    }

    /// Consumes framing after the last payload, so that completeness is known as early as the bytes allow.
    private mutating func finishIfPossible(_ input: inout ByteBuffer) throws(HTTPWireError) {
        while try frame(&input) {}
    }

    private func take(_ input: inout ByteBuffer, _ count: Int) -> ByteBuffer? {
        let length = min(count, input.readableBytes)
        return length > 0 ? input.readSlice(length: length) : nil
    }

    // MARK: Chunk framing

    /// Consumes one line of framing; `false` when it is incomplete or payload is due.
    private mutating func frame(_ input: inout ByteBuffer) throws(HTTPWireError) -> Bool {
        switch state {
        case .chunkSize:
            guard let line = try line(in: input, maximum: Self.maximumChunkLine) else { return false }
            let size = try size(in: input, line: line)
            input.moveReaderIndex(forwardBy: line + 2)
            state = size == 0 ? .trailers(seen: 0) : .chunk(remaining: size)
            return true
        case .chunkEnd:
            guard let line = try line(in: input, maximum: 0) else { return false }
            input.moveReaderIndex(forwardBy: line + 2)
            state = .chunkSize
            return true
        case .trailers(let seen):
            guard let line = try line(in: input, maximum: Self.maximumTrailers - seen) else { return false }
            if line > 0 {
                let outcome = input.withUnsafeReadableBytes { bytes in
                    Result { () throws(HTTPWireError) in try HeadParser.checkField(bytes, 0..<line) }
                }
                try outcome.get()
            }
            input.moveReaderIndex(forwardBy: line + 2)
            state = line == 0 ? .complete : .trailers(seen: seen + line + 2)
            return true
        case .counted, .untilClose, .chunk, .complete: return false
        }
    }

    /// The length of the line the input starts with, or `nil` while its CRLF has not come.
    private func line(in input: ByteBuffer, maximum: Int) throws(HTTPWireError) -> Int? {
        let found: Result<Int?, HTTPWireError> = input.withUnsafeReadableBytes { bytes in
            let window = min(bytes.count, maximum + 2)
            guard let index = LineEnds.first(in: bytes, from: 0, to: window) else {
                return window > maximum ? .failure(.malformed("a chunk line is too long")) : .success(nil)
            }
            guard bytes[index] == 0x0D, index <= maximum else { return .failure(.malformed("a chunk is malformed")) }
            guard index + 1 < bytes.count else { return .success(nil) }
            return bytes[index + 1] == 0x0A ? .success(index) : .failure(.malformed("a chunk is malformed"))
        }
        return try found.get()
    }

    private func size(in input: ByteBuffer, line: Int) throws(HTTPWireError) -> Int {
        let size: Int? = input.withUnsafeReadableBytes { bytes in
            var size = 0
            var position = 0
            while position < line, let digit = hexadecimalValue(bytes[position]) {
                guard position < 15 else { return nil }
                size = size << 4 | Int(digit)
                position += 1
            }
            guard position > 0 else { return nil }
            if acceptsPaddedSize {
                while position < line, ASCII.isSpace(bytes[position]) { position += 1 }
            }
            guard position < line else { return size }
            guard bytes[position] == UInt8(ascii: ";") else { return nil }
            return bytes[position..<line].allSatisfy(ASCII.isFieldValue) ? size : nil
        }
        guard let size else { throw .malformed("a chunk size is malformed") }
        return size
    }
}
