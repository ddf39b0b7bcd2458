import NIOCore

/// Why compressed content cannot be decoded.
enum ContentDecodingError: Error, Hashable {
    case malformed
    case tooLarge
}

/// Undoes DEFLATE (RFC 1951), bit by bit as input comes and never more output at a time than asked for.
///
/// In Swift rather than zlib: compressed bodies are rare on our paths, and hostile input meets bounds checks instead of C.
struct Inflater {
    private enum State {
        case blockHeader
        case storedHeader
        case stored(remaining: Int)
        case tableHeader
        case codeLengths(CodeLengths)
        case symbols
        case copy(length: Int, distance: Int)
        case done
    }

    /// The tables of a dynamic block while they are read.
    private struct CodeLengths {
        var literals: Int
        var distances: Int
        /// Set once the code-length code itself is known.
        var code: Huffman?
        var lengths: [UInt8]
    }

    private enum Step {
        case more
        case needsInput
    }

    private var state = State.blockHeader
    private var isLastBlock = false
    private var bits: UInt64 = 0
    private var bitCount = 0
    private var literalCode: Huffman?
    private var distanceCode: Huffman?
    private var window = [UInt8](repeating: 0, count: 32_768)
    private var windowEnd = 0
    private var produced = 0

    var isDone: Bool {
        if case .done = state { true } else { false }
    }

    /// Decodes from `input` into `output` until the input is used up, `limit` bytes were produced, or the stream ends.
    ///
    mutating func inflate(
        _ input: inout ByteBuffer,
        into output: inout [UInt8],
        limit: Int
    ) throws(ContentDecodingError) {
        while output.count < limit, !isDone {
            refill(&input)
            if case .needsInput = try step(&output, limit: limit), input.readableBytes == 0 { return }
        }
        if isDone { giveBackWholeBytes(to: &input) }
    }

    /// What follows the stream may have been looked at already, even in an earlier call.
    private mutating func giveBackWholeBytes(to input: inout ByteBuffer) {
        drop(bitCount & 7)
        guard bitCount > 0 else { return }
        var rest = ByteBuffer()
        while let byte = take(8) { rest.writeInteger(UInt8(byte)) }
        rest.writeBuffer(&input)
        input = rest
    }

    private mutating func refill(_ input: inout ByteBuffer) {
        while bitCount <= 56, let byte: UInt8 = input.readInteger() {
            bits |= UInt64(byte) << UInt64(bitCount)
            bitCount += 8
        }
    }

    private mutating func take(_ count: Int) -> Int? {
        guard bitCount >= count else { return nil }
        let value = Int(bits & ((1 << UInt64(count)) - 1))
        drop(count)
        return value
    }

    private mutating func drop(_ count: Int) {
        bits >>= UInt64(count)
        bitCount -= count
    }

    private mutating func step(_ output: inout [UInt8], limit: Int) throws(ContentDecodingError) -> Step {
        switch state {
        case .done: return .more
        case .blockHeader: return try readBlockHeader()
        case .storedHeader: return try readStoredHeader()
        case .stored(let remaining):
            guard remaining > 0 else {
                endBlock()
                return .more
            }
            guard let byte = take(8) else { return .needsInput }
            emit(UInt8(byte), &output)
            state = .stored(remaining: remaining - 1)
            return .more
        case .tableHeader: return try readTableHeader()
        case .codeLengths(let tables): return try readCodeLength(tables)
        case .symbols: return try readSymbols(&output, limit: limit)
        case .copy(let length, let distance):
            copy(length, distance, &output, limit: limit)
            return .more
        }
    }

    // MARK: Blocks

    private mutating func readBlockHeader() throws(ContentDecodingError) -> Step {
        guard let header = take(3) else { return .needsInput }
        isLastBlock = header & 1 == 1
        switch header >> 1 {
        case 0:
            drop(bitCount & 7)
            state = .storedHeader
        case 1:
            literalCode = Self.fixedLiterals
            distanceCode = Self.fixedDistances
            state = .symbols
        case 2: state = .tableHeader
        default: throw .malformed
        }
        return .more
    }

    private mutating func readStoredHeader() throws(ContentDecodingError) -> Step {
        guard let header = take(32) else { return .needsInput }
        guard header & 0xFFFF == ~(header >> 16) & 0xFFFF else { throw .malformed }
        state = .stored(remaining: header & 0xFFFF)
        return .more
    }

    private mutating func endBlock() {
        state = isLastBlock ? .done : .blockHeader
    }

    private mutating func readTableHeader() throws(ContentDecodingError) -> Step {
        // The header and all nineteen lengths could have 71 bits: read the first part now, the lengths one by one.
        guard let header = take(14) else { return .needsInput }
        let literals = header & 31 + 257
        let distances = header >> 5 & 31 + 1
        guard literals <= 286, distances <= 30 else { throw .malformed }
        var tables = CodeLengths(literals: literals, distances: distances, code: nil, lengths: [])
        tables.lengths.reserveCapacity(320)
        // Until the code is known its own lengths gather here, as many as the last four bits say.
        tables.lengths.append(UInt8(header >> 10 + 4))
        state = .codeLengths(tables)
        return .more
    }

    private mutating func readCodeLength(_ tables: CodeLengths) throws(ContentDecodingError) -> Step {
        var tables = tables
        guard let code = tables.code else {
            guard let length = take(3) else { return .needsInput }
            tables.lengths.append(UInt8(length))
            if tables.lengths.count - 1 == Int(tables.lengths[0]) {
                var ordered = [UInt8](repeating: 0, count: 19)
                for (index, length) in tables.lengths.dropFirst().enumerated() {
                    ordered[Self.lengthOrder[index]] = length
                }
                guard let code = Huffman(lengths: ordered[...]) else { throw .malformed }
                tables.code = code
                tables.lengths.removeAll(keepingCapacity: true)
            }
            state = .codeLengths(tables)
            return .more
        }
        guard let (symbol, length) = code.decode(bits, available: bitCount) else {
            if bitCount >= 15 { throw .malformed }
            return .needsInput
        }
        let (extra, base) = symbol < 16 ? (0, 1) : symbol == 16 ? (2, 3) : symbol == 17 ? (3, 3) : (7, 11)
        guard bitCount >= length + extra else { return .needsInput }
        drop(length)
        let count = base + (take(extra) ?? 0)
        if symbol == 16, tables.lengths.isEmpty { throw .malformed }
        let value = symbol < 16 ? UInt8(symbol) : symbol == 16 ? tables.lengths.last ?? 0 : 0
        guard tables.lengths.count + count <= tables.literals + tables.distances else { throw .malformed }
        tables.lengths.append(contentsOf: repeatElement(value, count: count))
        state = .codeLengths(tables)
        if tables.lengths.count == tables.literals + tables.distances { try useTables(tables) }
        return .more
    }

    private mutating func useTables(_ tables: CodeLengths) throws(ContentDecodingError) {
        guard tables.lengths[256] != 0, let literals = Huffman(lengths: tables.lengths[..<tables.literals]),
            let distances = Huffman(lengths: tables.lengths[tables.literals...])
        else { throw .malformed }
        literalCode = literals
        distanceCode = distances
        state = .symbols
    }

    // MARK: Symbols

    /// Reads literals until a match, the block's end, or the input's: a whole symbol with its distance has 48 bits at most.
    private mutating func readSymbols(_ output: inout [UInt8], limit: Int) throws(ContentDecodingError) -> Step {
        guard let literalCode, let distanceCode else { throw .malformed }
        guard let (symbol, length) = literalCode.decode(bits, available: bitCount) else {
            if bitCount >= 15 { throw .malformed }
            return .needsInput
        }
        if symbol < 256 {
            drop(length)
            emit(UInt8(symbol), &output)
            return .more
        }
        if symbol == 256 {
            drop(length)
            endBlock()
            return .more
        }
        guard symbol <= 285 else { throw .malformed }
        let lengthExtra = Self.lengthExtra[symbol - 257]
        let before = (bits, bitCount)
        drop(length)
        guard let lengthBits = take(lengthExtra) else { return giveBack(before) }
        guard let (code, codeLength) = distanceCode.decode(bits, available: bitCount) else {
            if bitCount >= 15 { throw .malformed }
            return giveBack(before)
        }
        guard code < 30 else { throw .malformed }
        drop(codeLength)
        guard let distanceBits = take(Self.distanceExtra[code]) else { return giveBack(before) }
        let distance = Self.distanceBase[code] + distanceBits
        guard distance <= min(produced, window.count) else { throw .malformed }
        state = .copy(length: Self.lengthBase[symbol - 257] + lengthBits, distance: distance)
        return .more
    }

    private mutating func giveBack(_ before: (UInt64, Int)) -> Step {
        (bits, bitCount) = before
        return .needsInput
    }

    private mutating func copy(_ length: Int, _ distance: Int, _ output: inout [UInt8], limit: Int) {
        let count = min(length, limit - output.count)
        for _ in 0..<count { emit(window[(windowEnd &- distance) & 0x7FFF], &output) }
        state = count == length ? .symbols : .copy(length: length - count, distance: distance)
    }

    private mutating func emit(_ byte: UInt8, _ output: inout [UInt8]) {
        output.append(byte)
        window[windowEnd] = byte
        windowEnd = (windowEnd &+ 1) & 0x7FFF
        produced &+= 1
    }

    // MARK: Tables of RFC 1951

    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthExtra = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1_025, 1_537, 2_049, 3_073,
        4_097,
        6_145, 8_193, 12_289, 16_385, 24_577,
    ]
    private static let distanceExtra = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]
    private static let fixedLiterals: Huffman? = {
        let lengths = (0..<288).map { UInt8($0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8) }
        return Huffman(lengths: lengths[...])
    }()
    private static let fixedDistances = Huffman(lengths: [UInt8](repeating: 5, count: 32)[...])
}
