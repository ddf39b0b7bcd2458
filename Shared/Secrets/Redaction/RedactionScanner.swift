/// One pass over a text that finds credentials by shape, by the name before them and by place.
///
/// It stops at the start of every run of letters and digits (does a key begin here?), at its end (was it `Bearer`?) and at
/// separators (was the name before it one that credentials have?). Everything it looks ahead at is either consumed or
/// bounded, so the whole is linear.
struct RedactionScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    let tables: ScanTables
    /// Where the scanner is.
    var index = 0
    /// The last run of name characters.
    private var name = 0..<0
    private var output: [UInt8] = []
    private var copied = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ tables: ScanTables) {
        self.bytes = bytes
        self.tables = tables
    }

    /// The text without credentials, or `nil` when none was found.
    static func redaction(of bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        ScanTables.withTables { tables in
            var scanner = RedactionScanner(bytes, tables)
            scanner.run()
            guard scanner.copied > 0 else { return nil }
            scanner.output.append(contentsOf: bytes[scanner.copied...])
            return scanner.output
        }
    }

    private mutating func run() {
        while index < bytes.count {
            let byteClass = tables.classes[Int(bytes[index])]
            if byteClass.contains(.alphanumeric) {
                scanRun()
            } else if byteClass.contains(.special) {
                scanSpecial()
            } else {
                if byteClass.contains(.name) { extendName(to: index + 1) }
                index += 1
            }
        }
    }

    /// A run of letters and digits, the scanner at its start.
    private mutating func scanRun() {
        if index + 1 < bytes.count, tables.canBegin(bytes[index], bytes[index + 1]),
            let found = CredentialShape.match(bytes, at: index)
        {
            redact(index..<found.end, keeping: found.shape.prefix)
            return
        }
        let start = index
        var end = index + 1
        while end < bytes.count, tables.classes[Int(bytes[end])].contains(.alphanumeric) { end += 1 }
        extendName(to: end)
        index = end
        if end - start == 5 || end - start == 6, bytes[start] | 0x20 == UInt8(ascii: "b") {
            scanScheme(start..<end)
        }
    }

    private mutating func scanSpecial() {
        switch bytes[index] {
        case UInt8(ascii: ":"):
            if follows("//", at: index + 1) {
                scanAuthority()
            } else {
                scanNamedValue(separatorLength: 1)
            }
        case UInt8(ascii: "="):
            scanNamedValue(separatorLength: 1)
        case UInt8(ascii: ","):
            // ("x-api-key", "value"), as header lists print.
            scanNamedValue(separatorLength: 1, needsQuote: true)
        case UInt8(ascii: "%"):
            scanPercent()
        case UInt8(ascii: "\\"):
            // What follows an escape (\n, \u001b) begins anew. A quote is left for the one who looks for it.
            let isUnicode = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "u")
            index += isUnicode ? 6 : 2
        default:
            scanHyphen()
        }
    }

    private mutating func scanPercent() {
        guard index + 2 < bytes.count, isHexadecimal(bytes[index + 1]), isHexadecimal(bytes[index + 2]) else {
            index += 1
            return
        }
        if bytes[index + 1] == UInt8(ascii: "3"), bytes[index + 2] | 0x20 == UInt8(ascii: "d") {
            scanNamedValue(separatorLength: 3)
        } else {
            index += 3
        }
    }

    private func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    // MARK: Places

    /// `Bearer …` and `Basic …` wherever they stand.
    private mutating func scanScheme(_ run: Range<Int>) {
        let isBearer = equals(run, "bearer")
        guard isBearer || equals(run, "basic"), let start = valueStart(afterScheme: run.upperBound) else { return }
        let end = valueEnd(from: start)
        guard end - start >= 8 else { return }
        // "Basic" is a word too: what follows it is a credential only when it looks like base64.
        let isCredential =
            isBearer
            || bytes[start..<end].contains { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x3D }
        if isCredential { redactValue(start..<end) }
    }

    /// What stands before the `@` of a URL.
    private mutating func scanAuthority() {
        let start = index + 3
        var end = start
        var at: Int?
        while end < bytes.count, !tables.classes[Int(bytes[end])].contains(.endsAuthority) {
            if bytes[end] == UInt8(ascii: "@") { at = end }
            end += 1
        }
        index = start
        if let at, at > start { redactValue(start..<at) }
    }

    /// A private key in PEM form, up to its end mark or the end of the text.
    private mutating func scanHyphen() {
        guard follows("-----BEGIN ", at: index) else {
            extendName(to: index + 1)
            index += 1
            return
        }
        let label = index + 11
        var labelEnd = label
        while labelEnd < bytes.count, labelEnd - label < 40, bytes[labelEnd] != UInt8(ascii: "-") { labelEnd += 1 }
        index = labelEnd
        let dashes: StaticString = "-----"
        guard bytes[label..<labelEnd].elementsEqual("PRIVATE KEY".utf8) || hasSuffix(label..<labelEnd, " PRIVATE KEY"),
            follows(dashes, at: labelEnd)
        else { return }
        let start = labelEnd + dashes.utf8CodeUnitCount
        var end = start
        while end < bytes.count, !follows("-----END", at: end) { end += 1 }
        redact(start..<end, keeping: [])
        // The end mark is passed over as a whole, so that it does not count as a beginning.
        index = min(bytes.count, end + 8)
    }

    // MARK: Names and values

    /// A value behind `name:`, `name=`, `name%3D` or `"name",`, the scanner at the separator.
    private mutating func scanNamedValue(separatorLength: Int, needsQuote: Bool = false) {
        let separator = index
        index += separatorLength
        guard name.count > 1, canBeCredential(name) else { return }
        let gap = bytes[name.upperBound..<separator]
        guard gap.count <= 8, gap.allSatisfy({ tables.classes[Int($0)].contains(.aroundName) }) else { return }
        if needsQuote, !gap.contains(where: { $0 == 0x22 || $0 == 0x27 }) { return }
        let before = name.lowerBound > 0 ? bytes[name.lowerBound - 1] : 0
        let isParameter = before == UInt8(ascii: "?") || before == UInt8(ascii: "&")
        guard let kind = CredentialName.kind(of: bytes[name], isParameter: isParameter) else { return }
        let isHeaderLine = kind == .header && bytes[separator] == UInt8(ascii: ":")
        guard let value = namedValue(from: index, toEndOfLine: isHeaderLine) else { return }
        if kind == .token, !value.isQuoted, value.range.count < 8,
            bytes[value.range].allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") })
        {
            return
        }
        redactValue(value.range)
        if value.isQuoted, index < bytes.count { index += 1 }
    }

    /// The cheap look at a name's last letters; one that ends in a joint gets the full look.
    private func canBeCredential(_ name: Range<Int>) -> Bool {
        let last = bytes[name.upperBound - 1]
        let beforeLast = bytes[name.upperBound - 2]
        return !tables.classes[Int(last)].contains(.alphanumeric)
            || !tables.classes[Int(beforeLast)].contains(.alphanumeric) || tables.canEnd(last, beforeLast)
    }

    private mutating func extendName(to end: Int) {
        name = (name.upperBound == index ? name.lowerBound : index)..<end
    }

    // MARK: Output

    /// Redacts a value, keeping its public prefix where it has one; what is redacted already stays.
    private mutating func redactValue(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if hasSuffix(range, "[redacted]") || hasSuffix(range, "[redacted") {
            index = range.upperBound
            return
        }
        redact(range, keeping: CredentialShape.match(bytes, at: range.lowerBound)?.shape.prefix ?? [])
    }

    private mutating func redact(_ range: Range<Int>, keeping prefix: [UInt8]) {
        output.append(contentsOf: bytes[copied..<range.lowerBound])
        if !prefix.isEmpty {
            output.append(contentsOf: prefix)
            output.append(contentsOf: "…".utf8)
        }
        output.append(contentsOf: Redactor.mark.utf8)
        copied = range.upperBound
        index = range.upperBound
        name = index..<index
    }
}
