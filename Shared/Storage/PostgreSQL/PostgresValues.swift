import CPostgreSQL

/// The types that parameters are sent as: without them the server would guess, and take `$1` of a `SELECT` for text.
enum PostgresType {
    static let unknown: UInt32 = 0
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let text: UInt32 = 25
    static let float8: UInt32 = 701

    /// The type of a value, ``unknown`` for NULL.
    static func type(of value: SQLValue) -> UInt32 {
        switch value {
        case .null: unknown
        case .integer: int8
        case .real: float8
        case .text: text
        case .blob: bytea
        }
    }
}

/// The arguments of one statement as libpq takes them: one run of bytes, all in binary form.
struct PostgresArguments {
    private(set) var types: [UInt32] = []
    private var bytes: [UInt8] = []
    private var ranges: [Range<Int>?] = []

    init(_ arguments: [any SQLConvertible]) throws(StoreError) {
        types.reserveCapacity(arguments.count)
        ranges.reserveCapacity(arguments.count)
        for argument in arguments {
            let value = argument.sqlValue
            try value.checkStorable()
            types.append(PostgresType.type(of: value))
            let start = bytes.count
            switch value {
            case .null:
                ranges.append(nil)
                continue
            case .integer(let number): append(UInt64(bitPattern: Int64(number)))
            case .real(let number): append(number.bitPattern)
            case .text(let text): bytes.append(contentsOf: text.utf8)
            case .blob(let blob): bytes.append(contentsOf: blob)
            }
            ranges.append(start..<bytes.count)
        }
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Calls libpq with its four arrays: count, values, lengths, formats.
    func withPointers<R>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let lengths = ranges.map { Int32($0?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: ranges.count)
        // One byte more, so that an empty text has an address: none would be NULL.
        return (bytes + [0]).withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            let values: [UnsafePointer<CChar>?] = ranges.map { range in
                range.flatMap { range in start.map { $0 + range.lowerBound } }
            }
            return body(Int32(ranges.count), values, lengths, formats)
        }
    }
}

/// The columns of one row of a result, which is in text form.
struct PostgresColumns: SQLRow.Columns {
    let result: OpaquePointer
    let row: Int32

    var count: Int { Int(PQnfields(result)) }
    var hasRows: Bool { PQntuples(result) > 0 }

    func value(at column: Int) -> SQLValue {
        let column = Int32(column)
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else { return .null }
        let length = Int(PQgetlength(result, row, column))
        let bytes = UnsafeRawBufferPointer(start: start, count: length)
        switch PQftype(result, column) {
        case 20, 21, 23, 26: return Int(String(decoding: bytes, as: UTF8.self)).map { .integer($0) } ?? .null
        case 16: return .integer(bytes.first == UInt8(ascii: "t") ? 1 : 0)
        case 700, 701: return Double(String(decoding: bytes, as: UTF8.self)).map { .real($0) } ?? .null
        case 1700: return Self.numeric(String(decoding: bytes, as: UTF8.self))
        case 17: return .blob(Self.unescaped(bytes))
        default: return .text(String(decoding: bytes, as: UTF8.self))
        }
    }

    /// A sum of whole numbers is NUMERIC here and an integer in SQLite; an average is a real number in both.
    private static func numeric(_ text: String) -> SQLValue {
        if let whole = Int(text) { return .integer(whole) }
        return Double(text).map { .real($0) } ?? .null
    }

    /// Bytes as the server writes them: `\x` and two digits for each.
    private static func unescaped(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        guard text.count >= 2 else { return [] }
        func digit(_ byte: UInt8) -> UInt8 { byte < 0x3A ? byte &- 0x30 : (byte | 0x20) &- 0x57 }
        return [UInt8](unsafeUninitializedCapacity: (text.count - 2) / 2) { target, count in
            while 2 * count + 3 < text.count {
                target[count] = digit(text[2 * count + 2]) << 4 | digit(text[2 * count + 3])
                count += 1
            }
        }
    }
}
