#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A text cut into lines over its own bytes.
///
/// Only LF ends a line: a CR before it belongs to the line, so that what is copied stays as it was.
package struct ToolText: Sendable {
    package let bytes: [UInt8]
    /// The lines without their LF; a text that ends with LF has no empty line after it.
    package let lines: [Range<Int>]
    /// Lines from all over the text, at most ``maximumSamples``: enough to see that a text is not of a kind.
    package let samples: [Int]
    private static let maximumSamples = 64

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var lines: [Range<Int>] = []
        lines.reserveCapacity(bytes.count / 32 + 1)
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            while start < bytes.count, let found = memchr(base + start, Int32(UInt8.newline), bytes.count - start) {
                let end = UnsafeRawPointer(found) - base
                lines.append(start..<end)
                start = end + 1
            }
            if start < bytes.count { lines.append(start..<bytes.count) }
        }
        self.lines = lines
        let count = lines.count
        samples =
            count <= Self.maximumSamples
            ? Array(0..<count)
            : (0..<Self.maximumSamples).map { sample in
                sample * (count - 1) / (Self.maximumSamples - 1)
            }
    }

    /// Whether at least that share of the sampled lines that say something is so; one of them at any rate.
    package func looks(_ percent: Int, _ isSo: (ArraySlice<UInt8>) -> Bool) -> Bool {
        var (fitting, lines) = (0, 0)
        for sample in samples {
            let line = bare(sample)
            guard !line.isBlankLine else { continue }
            lines += 1
            if isSo(line) { fitting += 1 }
        }
        return fitting > 0 && fitting * 100 >= lines * percent
    }

    /// Whether a line is so, whichever.
    package func looksAnywhere(_ isSo: (ArraySlice<UInt8>) -> Bool) -> Bool {
        lines.indices.contains { isSo(bare($0)) }
    }

    package var count: Int { lines.count }

    package subscript(line: Int) -> ArraySlice<UInt8> { bytes[lines[line]] }

    /// The line without a CR at its end.
    package func bare(_ line: Int) -> ArraySlice<UInt8> {
        let text = self[line]
        return text.last == .carriageReturn ? text.dropLast() : text
    }

    package var endsWithNewline: Bool { bytes.last == .newline }
}

extension UInt8 {
    package static let newline = UInt8(ascii: "\n")
    package static let carriageReturn = UInt8(ascii: "\r")
    package static let tab = UInt8(ascii: "\t")
    package static let space = UInt8(ascii: " ")
    package static let escape: UInt8 = 0x1B
    package static let bell: UInt8 = 0x07
    package static let slash = UInt8(ascii: "/")
    package static let colon = UInt8(ascii: ":")
    package static let hyphen = UInt8(ascii: "-")
    package static let dot = UInt8(ascii: ".")

    package var isDigit: Bool { self >= 0x30 && self <= 0x39 }
    package var isLetter: Bool { (self | 0x20) >= 0x61 && (self | 0x20) <= 0x7A }
    package var isHexadecimalDigit: Bool { isDigit || (self | 0x20) >= 0x61 && (self | 0x20) <= 0x66 }
    package var isWordByte: Bool { isDigit || isLetter || self == 0x5F }
    package var isBlank: Bool { self == .space || self == .tab }
    /// The letter in lower case, anything else as it is.
    package var lowered: UInt8 { self >= 0x41 && self <= 0x5A ? self | 0x20 : self }
}
