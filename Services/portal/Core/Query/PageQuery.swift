/// What a list shows, as its address says it: filters, range, page.
///
/// Back, bookmarks and links work because nothing
/// of it is kept anywhere else.
package struct PageQuery: Hashable, Sendable {
    /// The longest value that is taken over.
    private static let longest = 200

    /// Names and values in the order they are written.
    package private(set) var items: [(name: String, value: String)]

    /// Takes the names that a page knows out of a query; the first value counts, empty ones are left out.
    package init(_ text: String, names: [String]) {
        var found: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decode(parts[0])
            let value = parts.count > 1 ? Self.decode(parts[1]) : ""
            guard names.contains(name), found[name] == nil, !value.isEmpty, value.utf8.count <= Self.longest else {
                continue
            }
            found[name] = value
        }
        items = names.compactMap { name in found[name].map { (name, $0) } }
    }

    package subscript(_ name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    /// The same query with a name set, or left out with `nil`; another page of the list is left too.
    package func with(_ name: String, _ value: String?, keepsPage: Bool = false) -> PageQuery {
        var copy = self
        if !keepsPage { copy.items.removeAll { $0.name == "page" } }
        if let index = copy.items.firstIndex(where: { $0.name == name }) {
            if let value { copy.items[index].value = value } else { copy.items.remove(at: index) }
        } else if let value {
            copy.items.append((name, value))
        }
        return copy
    }

    /// `?a=b&c=d`, empty without items.
    package var text: String {
        guard !items.isEmpty else { return "" }
        return "?" + items.map { "\(Self.encode($0.name))=\(Self.encode($0.value))" }.joined(separator: "&")
    }

    package static func == (left: PageQuery, right: PageQuery) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Percent-encodes all but what RFC 3986 leaves alone.
    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0x2B {
                bytes.append(0x20)
            } else if byte == 0x25, rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
