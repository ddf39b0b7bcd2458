import NIOCore

/// Undoes a content coding piece by piece, so that whoever pulls decides how much is in memory.
struct ContentDecoder {
    private enum State {
        case start
        case deflated(Inflater)
        case trailer
        /// A complete stream was read; gzip may follow with another member.
        case between
    }

    /// Beyond the first megabyte, more output than this for each byte of input is an attack.
    private static let maximumRatio = 200
    private static let freeOutput = 1 << 20

    private let coding: ContentCoding
    private var state = State.start
    private var input = ByteBuffer()
    private var received = 0
    private var produced = 0
    private var checksum = Checksum()
    private var isRaw = false

    init(_ coding: ContentCoding) {
        self.coding = coding
    }

    /// Adds what was received.
    mutating func append(_ bytes: ByteBuffer) {
        received += bytes.readableBytes
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeImmutableBuffer(bytes)
        }
    }

    /// At most `maximum` decoded bytes, or `nil` until more input comes.
    mutating func next(maximum: Int) throws(ContentDecodingError) -> ByteBuffer? {
        while true {
            switch state {
            case .start: guard try readHeader() else { return nil }
            case .between:
                guard input.readableBytes > 0 else { return nil }
                guard coding == .gzip else { throw .malformed }
                state = .start
            case .deflated(var inflater):
                // The state gives up its copy, so that the window is changed in place.
                state = .trailer
                var output: [UInt8] = []
                try inflater.inflate(&input, into: &output, limit: maximum)
                if !inflater.isDone { state = .deflated(inflater) }
                produced += output.count
                checksum.add(output, coding)
                guard produced <= Self.freeOutput + Self.maximumRatio * received else { throw .tooLarge }
                if !output.isEmpty { return ByteBuffer(bytes: output) }
                if !inflater.isDone { return nil }
            case .trailer: guard try readTrailer() else { return nil }
            }
        }
    }

    /// Call at the end of the input.
    mutating func finish() throws(ContentDecodingError) {
        guard case .between = state, input.readableBytes == 0 else { throw .malformed }
    }

    // MARK: Headers and trailers

    private mutating func readHeader() throws(ContentDecodingError) -> Bool {
        checksum = Checksum()
        if coding == .gzip {
            guard let length = try gzipHeaderLength() else { return false }
            input.moveReaderIndex(forwardBy: length)
        } else {
            guard let header: UInt16 = input.getInteger(at: input.readerIndex) else { return false }
            // Some servers send bare DEFLATE for "deflate", as if the name said it all.
            isRaw = header >> 8 & 0x0F != 8 || header % 31 != 0
            if !isRaw {
                guard header & 0x20 == 0 else { throw .malformed }
                input.moveReaderIndex(forwardBy: 2)
            }
        }
        state = .deflated(Inflater())
        return true
    }

    private func gzipHeaderLength() throws(ContentDecodingError) -> Int? {
        let bytes = input.readableBytesView.prefix(4 << 10)
        let start = bytes.startIndex
        let magic: [UInt8] = [0x1F, 0x8B, 8]
        guard bytes.prefix(3).elementsEqual(magic.prefix(bytes.count)) else { throw .malformed }
        guard bytes.count >= 10 else { return nil }
        let flags = bytes[start + 3]
        guard flags & 0xE0 == 0 else { throw .malformed }
        var position = start + 10
        if flags & 4 != 0 {
            guard bytes.endIndex - position >= 2 else { return nil }
            position += 2 + Int(bytes[position]) + Int(bytes[position + 1]) << 8
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            guard position <= bytes.endIndex, let end = bytes[position...].firstIndex(of: 0) else {
                if bytes.count == 4 << 10 { throw .malformed }
                return nil
            }
            position = end + 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position - start <= 4 << 10 else { throw .malformed }
        return position <= bytes.endIndex ? position - start : nil
    }

    private mutating func readTrailer() throws(ContentDecodingError) -> Bool {
        if coding == .gzip {
            guard let trailer = input.readMultipleIntegers(endianness: .little, as: (UInt32, UInt32).self) else {
                return false
            }
            guard trailer.0 == checksum.crc, trailer.1 == checksum.length else { throw .malformed }
        } else if !isRaw {
            guard let sum: UInt32 = input.readInteger() else { return false }
            guard sum == checksum.adler else { throw .malformed }
        }
        state = .between
        return true
    }
}

/// The sums that gzip and zlib keep over what was compressed.
struct Checksum {
    private var remainder: UInt32 = 0xFFFF_FFFF
    private var low: UInt32 = 1
    private var high: UInt32 = 0
    private(set) var length: UInt32 = 0

    var crc: UInt32 { ~remainder }
    var adler: UInt32 { high << 16 | low }

    mutating func add(_ bytes: [UInt8], _ coding: ContentCoding) {
        length &+= UInt32(truncatingIfNeeded: bytes.count)
        if coding == .gzip {
            for byte in bytes { remainder = Self.table[Int((remainder ^ UInt32(byte)) & 0xFF)] ^ remainder >> 8 }
        } else {
            for byte in bytes {
                low = (low + UInt32(byte)) % 65_521
                high = (high + low) % 65_521
            }
        }
    }

    /// The CRC-32 of bytes that are there as a whole.
    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(0xFFFF_FFFF) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
