public import Contracts
public import JSON

/// A change to the bytes of one text in its document, its place counted from where the text's bytes begin.
///
/// It holds for every document in which the text stands with the same bytes, so it can be remembered with the text.
public struct ContentEdit: Hashable, Sendable {
    /// The bytes that go.
    public var range: Range<Int>
    /// What comes in their place, escaped as the document needs it.
    public var bytes: [UInt8]

    /// Makes an edit.
    public init(range: Range<Int>, bytes: [UInt8]) {
        self.range = range
        self.bytes = bytes
    }
}

/// Why a guard's edits cannot be made.
public enum TextSpliceError: Error, Hashable, Sendable {
    /// A range is outside the text, out of order, overlapping, or cuts through a character.
    case badRange
    /// The arguments of a tool call would no longer be JSON.
    case brokenArguments
}

/// Changes texts where they stand, touching no byte beside them.
public enum TextSplice {
    /// Turns edits of a decoded text into edits of its bytes.
    ///
    /// - Parameters:
    ///   - edits: In order and without overlap; their ranges count bytes of UTF-8.
    ///   - segment: The text.
    /// - Returns: The edits of its bytes, in order.
    /// - Throws: ``TextSpliceError``.
    public static func contentEdits(
        _ edits: [TextEdit],
        of segment: TextSegment
    ) throws(TextSpliceError) -> [ContentEdit] {
        let raw = segment.rawContent
        let outcome = try raw.withUnsafeBytes { bytes in
            Result { () throws(TextSpliceError) in try map(edits, bytes, isString: !segment.isObject) }
        }.get()
        if segment.kind == .toolArguments || segment.isObject, !edits.isEmpty { try check(edits, of: segment) }
        return outcome
    }

    /// The whole text replaced.
    public static func replacement(of segment: TextSegment, with text: String) -> ContentEdit {
        ContentEdit(range: 0..<segment.contentRange.count, bytes: escaped(text))
    }

    /// The edits as the document takes them.
    public static func documentEdits(_ edits: [ContentEdit], of segment: TextSegment) -> [JSONEdit] {
        let start = segment.contentRange.lowerBound
        return edits.map { edit in
            JSONEdit(range: start + edit.range.lowerBound..<start + edit.range.upperBound, replacement: edit.bytes)
        }
    }

    /// The text as it reads with the edits made; `nil` when they do not fit it.
    public static func text(of segment: TextSegment, with edits: [ContentEdit]) -> String? {
        guard !edits.isEmpty else { return segment.text }
        var bytes: [UInt8] = segment.isObject ? [] : [UInt8(ascii: "\"")]
        let raw = segment.rawContent
        var at = 0
        for edit in edits {
            guard edit.range.lowerBound >= at, edit.range.upperBound <= raw.count else { return nil }
            bytes += raw[raw.startIndex + at..<raw.startIndex + edit.range.lowerBound]
            bytes += edit.bytes
            at = edit.range.upperBound
        }
        bytes += raw[(raw.startIndex + at)...]
        guard !segment.isObject else { return String(decoding: bytes, as: UTF8.self) }
        bytes.append(UInt8(ascii: "\""))
        guard let document = try? JSONDocument(bytes) else { return nil }
        return document.root.string
    }

    /// A text as the inside of a JSON string.
    static func escaped(_ text: String) -> [UInt8] {
        var writer = JSONWriter(capacity: text.utf8.count + 16)
        writer.string(text)
        return Array(writer.bytes.dropFirst().dropLast())
    }

    /// Arguments that were JSON must stay JSON.
    private static func check(_ edits: [TextEdit], of segment: TextSegment) throws(TextSpliceError) {
        let before = Array(segment.text.utf8)
        guard let document = try? JSONDocument(before) else { return }
        var after: [UInt8] = []
        var at = 0
        for edit in edits {
            after += before[at..<edit.range.lowerBound]
            after += edit.replacement.utf8
            at = edit.range.upperBound
        }
        after += before[at...]
        guard let edited = try? JSONDocument(after), edited.root.kind == document.root.kind else {
            throw .brokenArguments
        }
    }

    private static func map(
        _ edits: [TextEdit],
        _ bytes: UnsafeRawBufferPointer,
        isString: Bool
    ) throws(TextSpliceError) -> [ContentEdit] {
        var walker = ContentWalker(bytes: bytes, isString: isString)
        var outcome: [ContentEdit] = []
        outcome.reserveCapacity(edits.count)
        var last = 0
        for edit in edits {
            guard edit.range.lowerBound >= last else { throw .badRange }
            last = edit.range.upperBound
            guard let lower = walker.offset(ofDecoded: edit.range.lowerBound),
                let upper = walker.offset(ofDecoded: edit.range.upperBound)
            else { throw .badRange }
            let replacement = isString ? escaped(edit.replacement) : Array(edit.replacement.utf8)
            outcome.append(ContentEdit(range: lower..<upper, bytes: replacement))
        }
        return outcome
    }
}

/// Walks the bytes of a text once, counting what they decode to.
private struct ContentWalker {
    let bytes: UnsafeRawBufferPointer
    let isString: Bool
    private var at = 0
    private var decoded = 0

    init(bytes: UnsafeRawBufferPointer, isString: Bool) {
        self.bytes = bytes
        self.isString = isString
    }

    /// Where a byte of the decoded text stands; asked in rising order.
    ///
    /// - Returns: `nil` past the end and inside a character.
    mutating func offset(ofDecoded target: Int) -> Int? {
        while decoded < target, at < bytes.count { step() }
        guard decoded == target else { return nil }
        guard at < bytes.count else { return at }
        return bytes[at] & 0xC0 == 0x80 ? nil : at
    }

    private mutating func step() {
        guard isString, bytes[at] == UInt8(ascii: "\\") else {
            at += 1
            decoded += 1
            return
        }
        guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "u") else {
            at += 2
            decoded += 1
            return
        }
        let unit = codeUnit(at + 2)
        if (0xD800..<0xDC00).contains(unit), at + 7 < bytes.count, bytes[at + 6] == UInt8(ascii: "\\"),
            bytes[at + 7] == UInt8(ascii: "u"), (0xDC00..<0xE000).contains(codeUnit(at + 8))
        {
            at += 12
            decoded += 4
            return
        }
        at += 6
        decoded += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
    }

    /// The parser has checked that four digits stand here.
    private func codeUnit(_ start: Int) -> Int {
        guard start + 4 <= bytes.count else { return 0 }
        var value = 0
        for index in start..<start + 4 {
            let byte = Int(bytes[index])
            value = value << 4 | (byte <= 0x39 ? byte & 0xF : (byte & 0xF) + 9)
        }
        return value
    }
}
