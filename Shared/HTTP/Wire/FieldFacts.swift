/// How a body is coded for transport of content.
enum ContentCoding: Hashable {
    case identity
    case gzip
    case deflate
    case unknown
}

/// What the fields of a message say about its framing and its connection.
struct FieldFacts {
    var contentLength: Int?
    var hasDuplicateLength = false
    var hasTransferEncoding = false
    var isChunked = false
    var hasUnknownTransferCoding = false
    var hostCount = 0
    var closes = false
    var keepsAlive = false
    var expectsContinue = false
    var expectsOther = false
    var contentCoding = ContentCoding.identity
    /// A bit for each length that a field's name has; the last one stands for all longer ones.
    private var nameLengths: UInt64 = 0

    /// Whether there may be a field of this name: most of those asked for have a length that no field has.
    func mayHold(_ name: String) -> Bool {
        nameLengths & Self.bit(name.utf8.count) != 0
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    /// Takes note of one field; the value is trimmed.
    mutating func note(
        _ name: Slice<UnsafeRawBufferPointer>,
        _ value: Slice<UnsafeRawBufferPointer>
    ) throws(HTTPWireError) {
        nameLengths |= Self.bit(name.count)
        switch name.count {
        case 4 where ASCII.matches(name, "host"): try noteHost(value)
        case 6 where ASCII.matches(name, "expect"):
            if ASCII.matches(value, "100-continue") { expectsContinue = true } else { expectsOther = true }
        case 10 where ASCII.matches(name, "connection"): noteConnection(value)
        case 14 where ASCII.matches(name, "content-length"): try noteLength(value)
        case 16 where ASCII.matches(name, "content-encoding"): noteCoding(value)
        case 17 where ASCII.matches(name, "transfer-encoding"): try noteTransferEncoding(value)
        default: break
        }
    }

    private mutating func noteHost(_ value: Slice<UnsafeRawBufferPointer>) throws(HTTPWireError) {
        hostCount += 1
        for byte in value {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\\"),
                UInt8(ascii: ","), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), 0...0x20, 0x7F...:
                throw .malformed("the Host field is not a host")
            default: break
            }
        }
    }

    private mutating func noteConnection(_ value: Slice<UnsafeRawBufferPointer>) {
        ASCII.forEachElement(of: value) { option in
            if ASCII.matches(option, "close") { closes = true }
            if ASCII.matches(option, "keep-alive") { keepsAlive = true }
        }
    }

    private mutating func noteLength(_ value: Slice<UnsafeRawBufferPointer>) throws(HTTPWireError) {
        guard !value.isEmpty, value.count <= 18 else { throw .malformed("the Content-Length is not a length") }
        var length = 0
        for byte in value {
            guard ASCII.isDigit(byte) else { throw .malformed("the Content-Length is not a length") }
            length = length * 10 + Int(byte &- 0x30)
        }
        if let contentLength {
            hasDuplicateLength = true
            guard contentLength == length else { throw .malformed("two Content-Lengths differ") }
        }
        contentLength = length
    }

    private mutating func noteCoding(_ value: Slice<UnsafeRawBufferPointer>) {
        let coding: ContentCoding =
            if ASCII.matches(value, "gzip") || ASCII.matches(value, "x-gzip") {
                .gzip
            } else if ASCII.matches(value, "deflate") {
                .deflate
            } else if value.isEmpty || ASCII.matches(value, "identity") {
                .identity
            } else {
                .unknown
            }
        // Two codings applied one after the other are more than anyone needs here.
        contentCoding = contentCoding == .identity ? coding : .unknown
    }

    private mutating func noteTransferEncoding(_ value: Slice<UnsafeRawBufferPointer>) throws(HTTPWireError) {
        hasTransferEncoding = true
        var isMisplaced = false
        ASCII.forEachElement(of: value) { coding in
            if isChunked { isMisplaced = true }
            if ASCII.matches(coding, "chunked") { isChunked = true } else { hasUnknownTransferCoding = true }
        }
        if isMisplaced { throw .malformed("a transfer coding follows chunked") }
    }
}
