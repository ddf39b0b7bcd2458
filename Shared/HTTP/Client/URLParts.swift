/// Why a URL cannot be used; the text holds no part of it, for it may carry credentials.
package struct URLError: Error, Hashable, Sendable, CustomStringConvertible {
    package let problem: String

    package var description: String { problem }
}

/// The parts of an absolute URL, as far as a connection needs them.
///
/// Our own, because the request path has no Foundation and a lenient reader of authorities is how checks are bypassed.
package struct URLParts: Hashable, Sendable {
    /// Lower case.
    package var scheme: String
    package var username: String?
    package var password: String?
    /// Lower case, an IPv6 literal without its brackets.
    package var host: String
    package var port: Int?
    /// Path and query, empty or starting with `/` or `?`; a fragment is refused.
    package var path: String

    /// - Throws: ``URLError`` when the text is not `scheme://authority[path][?query]` of printable ASCII.
    package init(_ url: String) throws(URLError) {
        let bytes = Array(url.utf8)
        guard bytes.count <= 8_192 else { throw URLError(problem: "the URL is too long") }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") }) else {
            throw URLError(problem: "the URL holds a character that must be percent-encoded")
        }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            throw URLError(problem: "the URL has no scheme")
        }
        scheme = String(decoding: bytes[..<colon], as: UTF8.self).lowercased()
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        path = String(decoding: rest[end...], as: UTF8.self)
        var authority = rest[..<end]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            let user = authority[..<at].split(
                separator: UInt8(ascii: ":"),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            username = String(decoding: user[0], as: UTF8.self)
            password = user.count > 1 ? String(decoding: user[1], as: UTF8.self) : nil
            authority = authority[(at + 1)...]
        }
        (host, port) = try Self.hostAndPort(authority)
    }

    private static func hostAndPort(_ authority: ArraySlice<UInt8>) throws(URLError) -> (String, Int?) {
        var host = authority
        var portText: ArraySlice<UInt8> = []
        if authority.first == UInt8(ascii: "[") {
            guard let close = authority.firstIndex(of: UInt8(ascii: "]")) else {
                throw URLError(problem: "the URL's address has no closing bracket")
            }
            host = authority[(authority.startIndex + 1)..<close]
            let after = authority[(close + 1)...]
            guard after.isEmpty || after.first == UInt8(ascii: ":") else {
                throw URLError(problem: "the URL's host is malformed")
            }
            portText = after.dropFirst()
            guard host.allSatisfy(Self.isAddressByte) else { throw URLError(problem: "the URL's address is malformed") }
        } else {
            if let colon = authority.firstIndex(of: UInt8(ascii: ":")) {
                host = authority[..<colon]
                portText = authority[(colon + 1)...]
            }
            guard host.allSatisfy(Self.isNameByte) else { throw URLError(problem: "the URL's host is malformed") }
        }
        guard !host.isEmpty, host.count <= 253 else { throw URLError(problem: "the URL has no usable host") }
        let name = String(decoding: host, as: UTF8.self).lowercased()
        guard !portText.isEmpty else { return (name, nil) }
        guard portText.count <= 5, portText.allSatisfy({ (0x30...0x39).contains($0) }),
            let port = Int(String(decoding: portText, as: UTF8.self)), (1...65_535).contains(port)
        else { throw URLError(problem: "the URL's port is not between 1 and 65535") }
        return (name, port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66, UInt8(ascii: ":"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// Undoes percent-encoding.
    package static func percentDecoded(_ text: String) throws(URLError) -> String {
        var decoded: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimalValue),
                let low = rest.popFirst().flatMap(hexadecimalValue)
            else { throw URLError(problem: "the URL has a broken percent-encoding") }
            decoded.append(high << 4 | low)
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}

/// The value of one hexadecimal digit.
func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
}
