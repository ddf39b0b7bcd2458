/// What `openssl x509 -text` prints of a certificate, one field to a line: whom it is for, who made it, how long it holds, its
/// algorithms and its uses.
///
/// Headings without a value go, and random bytes: keys, signatures, serial numbers, identifiers of keys. A field that is as
/// in the certificate above is left out; of the time from which it holds the day is enough, that of its end stays.
struct CertificateText {
    private static let headings = Heads([
        "Data:", "Validity", "Subject Public Key Info:", "Modulus:", "X509v3 extensions:", "Signature Value:", "pub:",
        "Version: ", "Exponent: ", "Serial Number:",
    ])
    /// A line of colon-separated bytes with fewer is a value, unless it ends a block of them.
    private static let mostBytesOfValue = 7

    private(set) var isInside = false
    /// Lines without a value of their own, or as in the certificate above.
    private(set) var dropped = 0
    private(set) var repeats = 0
    /// Bytes of text that were hexadecimal.
    private(set) var characters = 0

    private var above: Set<ByteKey> = []
    private var own: Set<ByteKey> = []
    private var isInBytes = false
    /// A field whose values stand below it, further in.
    private var field: [UInt8] = []
    private var fieldIndent = 0
    private var fieldLines = 0

    /// Takes a line in; `false`: it is none of a certificate, and whatever was open has been written.
    mutating func take(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) -> Bool {
        if line.equals("Certificate:") {
            close(&out)
            above = own
            own = []
            isInside = true
            out.appendLine(line)
            return true
        }
        guard isInside, line.first?.isBlank == true else {
            close(&out)
            isInside = false
            return false
        }
        let indent = line.count - line.trimmedStart.count
        takeField(line.trimmedStart.trimmedEnd, indent, &out)
        return true
    }

    private mutating func takeField(_ text: ArraySlice<UInt8>, _ indent: Int, _ out: inout [UInt8]) {
        if isBytes(text) {
            characters += text.count
            isInBytes = true
            return
        }
        isInBytes = false
        if Self.headings.begins(text), !Self.isShortSerial(text) {
            if indent <= fieldIndent { close(&out) }
            dropped += 1
        } else if !field.isEmpty, indent > fieldIndent {
            field.append(field.last == .colon || text.starts("Public-Key: ") ? " " : ", ")
            // The name of the field says it.
            field.append(contentsOf: text.starts("Public-Key: ") ? text.dropFirst("Public-Key: ".utf8.count) : text)
            fieldLines += 1
        } else if text.starts("X509v3 ") || text.starts("Public Key Algorithm: ") {
            close(&out)
            field = Array(text.starts("X509v3 ") ? text.dropFirst(7) : text)
            fieldIndent = indent
            fieldLines = 1
        } else {
            close(&out)
            write(Self.isBeginning(text) ? Self.day(text) : text, lines: 1, &out)
        }
    }

    /// Writes the field whose values were being read, unless it has none.
    mutating func close(_ out: inout [UInt8]) {
        guard !field.isEmpty else { return }
        if field.last == .colon {
            dropped += fieldLines
        } else {
            write(field[...], lines: fieldLines, &out)
        }
        field = []
    }

    private mutating func write(_ text: ArraySlice<UInt8>, lines: Int, _ out: inout [UInt8]) {
        let key = ByteKey(text)
        let isNew = own.insert(key).inserted
        guard isNew, !above.contains(key) else {
            dropped += lines
            repeats += 1
            return
        }
        out.appendLine(text)
    }

    // MARK: Lines

    /// `keyid:AB:CD:…`, `ab:cd:…`; the last line of a block may be as short as one byte.
    private func isBytes(_ text: ArraySlice<UInt8>) -> Bool {
        let named = text.starts("keyid:") ? 6 : text.starts("serial:") ? 7 : 0
        let bytes = text.dropFirst(named)
        guard bytes.isHexadecimalBytes else { return false }
        return isInBytes || bytes.count > Self.mostBytesOfValue * 3
    }

    /// `Serial Number: 4096 (0x1000)`: short enough to have been counted, so it tells something.
    private static func isShortSerial(_ text: ArraySlice<UInt8>) -> Bool {
        text.starts("Serial Number: ")
    }

    private static func isBeginning(_ text: ArraySlice<UInt8>) -> Bool { text.starts("Not Before: ") }

    /// `Not Before: Nov 23 07:12:51 2026 GMT` as `Not Before: Nov 23 2026`; anything else as it is.
    private static func day(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let fields = text.dropFirst("Not Before: ".utf8.count).fields(5)
        guard fields.count == 5, fields[2].count == 8, fields[3].number != nil, fields[4].equals("GMT") else {
            return text
        }
        var day: [UInt8] = []
        day.append("Not Before: ")
        day.append(contentsOf: [fields[0], fields[1], fields[3]].joined(separator: CollectionOfOne(.space)))
        return day[...]
    }
}
