package import Contracts

/// Applies a guard's edits to a text, or says why that cannot be done.
package enum EditedText {
    /// Why an edit or a finding is no part of its text.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// The text after the edits of one segment, which come in order and do not overlap.
    package static func apply(_ edits: [TextEdit], to text: [UInt8]) throws(Problem) -> [UInt8] {
        var edited: [UInt8] = []
        edited.reserveCapacity(text.count)
        var end = 0
        for edit in edits {
            try check(edit.range, in: text)
            guard edit.range.lowerBound >= end else {
                let before = "the edit at \(edit.range.lowerBound) begins before \(end), where the one before ends"
                throw Problem(description: before)
            }
            edited += text[end..<edit.range.lowerBound]
            edited += edit.replacement.utf8
            end = edit.range.upperBound
        }
        return edited + text[end...]
    }

    /// Checks that a range lies in a text and cuts no character.
    package static func check(_ range: Range<Int>, in text: [UInt8]) throws(Problem) {
        let place = "\(range.lowerBound)–\(range.upperBound)"
        guard range.lowerBound >= 0, range.upperBound <= text.count else {
            throw Problem(description: "the range \(place) does not lie in a text of \(text.count) bytes")
        }
        for bound in [range.lowerBound, range.upperBound] where bound < text.count && text[bound] & 0xC0 == 0x80 {
            throw Problem(description: "the range \(place) cuts a character; offsets count bytes of UTF-8")
        }
    }
}
