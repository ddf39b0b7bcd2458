/// Takes out what only a program can read: base64, PEM bodies, hexadecimal blocks, data URIs.
///
/// What they belong to, names, dates, sizes and every other line stay; a mark in the place says how much there was.
package struct Blobs: Category {
    package let name = "blobs"
    /// Lines of hexadecimal or base64 that follow each other, before they are a block.
    private static let minimumLines = 3
    /// A line of base64 has 64 or 76 letters; the last line of a block may be shorter.
    private static let minimumWidth = 48
    /// Letters without a blank inside a line.
    private static let minimumRun = 256

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { false }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var characters = 0
        var certificate = CertificateText()
        var index = 0
        while index < text.count {
            let line = text.bare(index)
            let wasCertificate = certificate.isInside
            if certificate.take(line, to: &out) {
                index += 1
                continue
            }
            // The certificate that has just been told, once more for programs.
            if wasCertificate, let end = Self.armourEnd(text, index) {
                characters += ((index + 1)..<end).reduce(0) { $0 + text.bare($1).count }
                index = end + 1
                continue
            }
            if let end = Self.blockEnd(text, index) {
                let length = (index..<end).reduce(0) { $0 + text.bare($1).trimmedStart.count }
                characters += length
                out.append(contentsOf: "~ \(length) characters\n".utf8)
                index = end
                continue
            }
            index += 1
            if Self.isLongIdentifier(line.trimmedStart) {
                // Its beginning is enough to tell it from others.
                out.append(contentsOf: line.trimmedStart.prefix(Self.identifierLength))
                out.append("~\n")
                characters += line.trimmedStart.count - Self.identifierLength
            } else {
                characters += Self.appendLine(text[index - 1], to: &out)
            }
        }
        certificate.close(&out)
        characters += certificate.characters
        guard characters > 0 else { return nil }
        var notes = ["left out \(characters) characters of base64 or hexadecimal"]
        if certificate.dropped > 0 { notes.append(Marker.count(certificate.dropped, "certificate line")) }
        if certificate.repeats > 0 { notes.append("what is missing is as above") }
        return Rewriting(text: out, notes: notes)
    }

    /// Four bytes of a fingerprint or a serial number.
    private static let identifierLength = 11

    /// Sixteen bytes or more, alone in a line.
    private static func isLongIdentifier(_ line: ArraySlice<UInt8>) -> Bool {
        line.count >= 47 && line.isHexadecimalBytes
    }

    /// The last line of a certificate in armour that begins here.
    private static func armourEnd(_ text: ToolText, _ start: Int) -> Int? {
        guard text.bare(start).equals("-----BEGIN CERTIFICATE-----"), start + 1 < text.count,
            let end = blockEnd(text, start + 1), end < text.count, text.bare(end).equals("-----END CERTIFICATE-----")
        else { return nil }
        return end
    }

    /// The line after a block that begins here.
    private static func blockEnd(_ text: ToolText, _ start: Int) -> Int? {
        let first = text.bare(start).trimmedStart
        let isHex = isHexLine(first)
        guard isHex || isBase64Line(first) else { return nil }
        // In a PEM's armour one line is a block.
        let isArmoured = start > 0 && text.bare(start - 1).starts("-----BEGIN ")
        var end = start
        while end < text.count {
            let line = text.bare(end).trimmedStart
            let fits = isHex ? isHexLine(line) || line.isHexadecimalBytes : isBase64Line(line) || isBase64Tail(line)
            guard fits else { break }
            end += 1
            if isHex ? !isHexLine(line) : line.count < minimumWidth { break }
        }
        return end - start >= minimumLines || isArmoured ? end : nil
    }

    // MARK: Lines

    /// `ab:cd:…` with eight bytes at least.
    private static func isHexLine(_ line: ArraySlice<UInt8>) -> Bool { line.count >= 24 && line.isHexadecimalBytes }

    private static func isBase64Line(_ line: ArraySlice<UInt8>) -> Bool {
        line.count >= minimumWidth && isBase64(line)
    }

    private static func isBase64Tail(_ line: ArraySlice<UInt8>) -> Bool {
        !line.isEmpty && line.count % 4 == 0 && line.allSatisfy(isLetter)
    }

    /// Capitals, small letters and digits, as random bytes have them: no path and no word is like that.
    private static func isBase64(_ text: ArraySlice<UInt8>) -> Bool {
        var (capitals, small, digits, slashes) = (0, 0, 0, 0)
        for byte in text {
            guard isLetter(byte) else { return false }
            if byte.isDigit { digits += 1 } else if byte == .slash { slashes += 1 } else if byte >= 0x61 { small += 1 }
            if byte >= 0x41, byte <= 0x5A { capitals += 1 }
        }
        let share = text.count / 12
        return capitals >= share && small >= share && digits >= max(1, text.count / 40) && slashes * 10 <= text.count
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte.isDigit || byte.isLetter || byte == .slash || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "=")
    }

    // MARK: Inside lines

    /// Writes a line without the long runs in it; returns how many letters went.
    private static func appendLine(_ line: ArraySlice<UInt8>, to out: inout [UInt8]) -> Int {
        guard line.count >= minimumRun else {
            out.appendLine(line)
            return 0
        }
        var dropped = 0
        var index = line.startIndex
        while index < line.endIndex {
            var end = index
            while end < line.endIndex, isLetter(line[end]) { end += 1 }
            let run = line[index..<end]
            if run.count >= minimumRun, isBase64(run) {
                dropped += run.count
                out.append(contentsOf: "(\(run.count) characters)".utf8)
            } else {
                out.append(contentsOf: run)
            }
            if end < line.endIndex { out.append(line[end]) }
            index = end + 1
        }
        out.append(.newline)
        return dropped
    }
}
