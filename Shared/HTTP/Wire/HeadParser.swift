import NIOCore
import NIOHTTP1

/// A request's head with what the connection must know about it.
struct ParsedRequest {
    var head: HTTPRequestHead
    var facts: FieldFacts
}

/// A response's head with what the connection must know about it.
struct ParsedResponse {
    var head: HTTPResponseHead
    var facts: FieldFacts
}

/// Reads complete heads whose line ends ``HeadScanner`` has judged.
///
/// Our own instead of NIOHTTP1's decoder: that one folds every refusal into a few parser errors, accepts folded lines and duplicate
/// lengths in places, and hides the bytes that would be needed to check it.
enum HeadParser {
    private typealias Bytes = UnsafeRawBufferPointer

    /// Reads a request head; the buffer holds exactly the head.
    static func request(_ buffer: ByteBuffer) throws(HTTPWireError) -> ParsedRequest {
        try buffer.withUnsafeReadableBytes { bytes in Result { () throws(HTTPWireError) in try request(bytes) } }.get()
    }

    /// Reads a response head; the buffer holds exactly the head.
    static func response(_ buffer: ByteBuffer) throws(HTTPWireError) -> ParsedResponse {
        try buffer.withUnsafeReadableBytes { bytes in Result { () throws(HTTPWireError) in try response(bytes) } }.get()
    }

    /// Checks one trailer or header line without keeping it.
    static func checkField(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HTTPWireError) {
        _ = try split(bytes, line)
    }

    // MARK: First lines

    private static func request(_ bytes: Bytes) throws(HTTPWireError) -> ParsedRequest {
        let end = LineEnds.first(in: bytes, from: 0, to: bytes.count) ?? bytes.count
        var position = 0
        while position < end, ASCII.isToken(bytes[position]) { position += 1 }
        guard position > 0, position <= 32, position < end, bytes[position] == 0x20 else {
            throw .malformed("the method is not a token")
        }
        let method = method(bytes[0..<position])
        let targetStart = position + 1
        position = targetStart
        while position < end, ASCII.isTarget(bytes[position]) { position += 1 }
        guard position > targetStart, position < end, bytes[position] == 0x20 else {
            throw .malformed("the request target is missing or holds a character that must be percent-encoded")
        }
        let target = bytes[targetStart..<position]
        let version = try version(bytes[(position + 1)..<end])
        try checkTarget(target, method)
        let (headers, facts) = try fields(bytes, from: end + 2)
        let uri = String(decoding: Bytes(rebasing: target), as: UTF8.self)
        return ParsedRequest(
            head: HTTPRequestHead(version: version, method: method, uri: uri, headers: headers),
            facts: facts
        )
    }

    private static func response(_ bytes: Bytes) throws(HTTPWireError) -> ParsedResponse {
        let end = LineEnds.first(in: bytes, from: 0, to: bytes.count) ?? bytes.count
        guard end >= 12, bytes[8] == 0x20, end == 12 || bytes[12] == 0x20 else {
            throw .malformed("the status line is malformed")
        }
        let version = try version(bytes[0..<8])
        let digits = bytes[9..<12]
        guard digits.allSatisfy(ASCII.isDigit) else { throw .malformed("the status is not a number") }
        let code = digits.reduce(0) { $0 * 10 + Int($1 &- 0x30) }
        guard code >= 100 else { throw .malformed("the status is not a number") }
        let reason = bytes[min(13, end)..<end]
        guard reason.allSatisfy(ASCII.isFieldValue) else { throw .malformed("the reason phrase is malformed") }
        let (headers, facts) = try fields(bytes, from: end + 2)
        let status = HTTPResponseStatus(statusCode: code)
        return ParsedResponse(head: HTTPResponseHead(version: version, status: status, headers: headers), facts: facts)
    }

    private static func method(_ bytes: Slice<Bytes>) -> HTTPMethod {
        func equals(_ word: StaticString) -> Bool {
            bytes.elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
        if equals("POST") { return .POST }
        if equals("GET") { return .GET }
        return HTTPMethod(rawValue: String(decoding: Bytes(rebasing: bytes), as: UTF8.self))
    }

    private static func version(_ bytes: Slice<Bytes>) throws(HTTPWireError) -> HTTPVersion {
        guard bytes.count == 8, bytes.starts(with: [0x48, 0x54, 0x54, 0x50, 0x2F]) else {
            throw .malformed("the version is malformed")
        }
        let major = bytes.base[bytes.startIndex + 5]
        let minor = bytes.base[bytes.startIndex + 7]
        guard ASCII.isDigit(major), bytes.base[bytes.startIndex + 6] == UInt8(ascii: "."), ASCII.isDigit(minor) else {
            throw .malformed("the version is malformed")
        }
        guard major == UInt8(ascii: "1"), minor <= UInt8(ascii: "1") else { throw .unsupportedVersion }
        return minor == UInt8(ascii: "1") ? .http1_1 : .http1_0
    }

    /// A target is a path, an absolute URL, `*` for OPTIONS, or anything for CONNECT, which no handler serves.
    private static func checkTarget(_ target: Slice<Bytes>, _ method: HTTPMethod) throws(HTTPWireError) {
        if target.first == UInt8(ascii: "/") || method == .CONNECT { return }
        if target.count == 1, target.first == UInt8(ascii: "*"), method == .OPTIONS { return }
        let isAbsolute = [StaticString("http://"), "https://"].contains { scheme in
            target.count > scheme.utf8CodeUnitCount && ASCII.matches(target.prefix(scheme.utf8CodeUnitCount), scheme)
        }
        guard isAbsolute else { throw .malformed("the request target is not a path") }
    }

    // MARK: Fields

    private static func fields(_ bytes: Bytes, from start: Int) throws(HTTPWireError) -> (HTTPHeaders, FieldFacts) {
        var list: [(String, String)] = []
        list.reserveCapacity(16)
        var facts = FieldFacts()
        var position = start
        while position < bytes.count {
            let end = LineEnds.first(in: bytes, from: position, to: bytes.count) ?? bytes.count
            if end == position { break }
            let (name, value) = try split(bytes, position..<end)
            try facts.note(name, value)
            list.append(
                (
                    String(decoding: Bytes(rebasing: name), as: UTF8.self),
                    String(decoding: Bytes(rebasing: value), as: UTF8.self)
                )
            )
            position = end + 2
        }
        return (HTTPHeaders(list), facts)
    }

    private static func split(_ bytes: Bytes, _ line: Range<Int>) throws(HTTPWireError) -> (Slice<Bytes>, Slice<Bytes>)
    {
        var colon = line.lowerBound
        while colon < line.upperBound, ASCII.isToken(bytes[colon]) { colon += 1 }
        guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else {
            if ASCII.isSpace(bytes[line.lowerBound]) { throw .malformed("a header line is folded") }
            throw .malformed("a header name is not a token followed by a colon")
        }
        let value = ASCII.trimmed(bytes[(colon + 1)..<line.upperBound])
        // Nearly every value is plain text, of which eight bytes are looked at once.
        if !ASCII.isPlainFieldValue(Bytes(rebasing: value)) {
            for byte in value where !ASCII.isFieldValue(byte) {
                throw .malformed("a header value holds a control character")
            }
        }
        return (bytes[line.lowerBound..<colon], value)
    }
}
