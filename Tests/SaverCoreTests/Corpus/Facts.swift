import SaverCore

/// Says whether a smaller text still carries a fact: the corpus' own rules.
///
/// A line is kept when it is in the text, or is after blanks are folded, or when its path, line number and message are,
/// so that grouping by file counts.
struct Facts {
    private let text: [UInt8]
    private let folded: [UInt8]

    init(_ text: [UInt8]) {
        self.text = text
        folded = Self.fold(text[...])
    }

    func hold(_ line: ArraySlice<UInt8>) -> Bool {
        if Self.contains(text, line) { return true }
        let short = Self.fold(line)
        if Self.contains(folded, short[...]) { return true }
        guard let place = Place(short) else { return false }
        return Self.contains(folded, place.file) && holdsNumber(place.number)
            && (place.message.isEmpty || Self.contains(folded, place.message))
    }

    private func holdsNumber(_ number: ArraySlice<UInt8>) -> Bool {
        var start = 0
        while let found = Self.position(folded, number, from: start) {
            let end = found + number.count
            let isWhole = (found == 0 || !folded[found - 1].isDigit) && (end == folded.count || !folded[end].isDigit)
            if isWhole { return true }
            start = found + 1
        }
        return false
    }

    /// `path:12:3: message`, the path by its last name.
    private struct Place {
        var file: ArraySlice<UInt8>
        var number: ArraySlice<UInt8>
        var message: ArraySlice<UInt8>

        init?(_ line: [UInt8]) {
            var rest = line[...]
            if rest.starts("--> ") { rest = rest.dropFirst(4) }
            guard let colon = rest.firstIndex(of: .colon), colon > rest.startIndex, !rest[..<colon].contains(.space)
            else {
                return nil
            }
            let path = rest[..<colon]
            file = path.lastIndex(of: .slash).map { path[($0 + 1)...] } ?? path
            rest = rest[(colon + 1)...]
            number = rest.prefix(rest.leadingDigits)
            guard !number.isEmpty else { return nil }
            rest = rest.dropFirst(number.count)
            if rest.first == .colon, rest.dropFirst().leadingDigits > 0 {
                rest = rest.dropFirst(1 + rest.dropFirst().leadingDigits)
            }
            guard rest.isEmpty || rest.first == .colon else { return nil }
            message = rest.dropFirst().trimmedStart
        }
    }

    // MARK: Bytes

    static func fold(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        for byte in bytes {
            let isBlank = byte.isBlank || byte == .newline || byte == .carriageReturn
            if isBlank, out.last == .space || out.isEmpty { continue }
            out.append(isBlank ? .space : byte)
        }
        if out.last == .space { out.removeLast() }
        return out
    }

    static func contains(_ text: [UInt8], _ part: ArraySlice<UInt8>) -> Bool {
        position(text, part, from: 0) != nil
    }

    private static func position(_ text: [UInt8], _ part: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard let first = part.first else { return start }
        return text.withUnsafeBufferPointer { text in
            part.withUnsafeBufferPointer { part in
                var index = start
                while index + part.count <= text.count {
                    if text[index] == first {
                        var offset = 1
                        while offset < part.count, text[index + offset] == part[offset] { offset += 1 }
                        if offset == part.count { return index }
                    }
                    index += 1
                }
                return nil
            }
        }
    }
}
