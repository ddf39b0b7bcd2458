package import Patterns

/// Why an operator's pattern is refused.
package enum PatternRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case invalid(PatternError)
    case matchesNothing
    case slow

    package var description: String {
        switch self {
        case .invalid(let error): error.description
        case .matchesNothing: "it matches the empty text, so it would match everywhere"
        case .slow: "it takes too long on texts of repeated characters; bound its repetitions"
        }
    }
}

/// Tries a pattern on texts that slow ones are slow on, before it meets traffic.
package enum PatternProbe {
    private static let length = 4096

    private static let texts: [String] =
        ["a", " ", "0", "a ", "aA0_", "-", "ab@", "é"].map { unit in
            String(repeating: unit, count: length / unit.utf8.count) + "!"
        }

    /// Steps of a match are bounded, so this is a matter of milliseconds.
    ///
    /// - Parameters:
    ///   - source: The expression.
    ///   - options: How it reads its text.
    ///   - limits: What it may be.
    /// - Throws: ``PatternRefusal``, for people.
    package static func check(
        _ source: String,
        options: PatternOptions = .unicode,
        limits: PatternLimits = PatternLimits()
    ) throws(PatternRefusal) {
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(source, options: options, limits: limits)
        } catch {
            throw .invalid(error)
        }
        let matcher = Matcher()
        if try isEmptyMatch(pattern, matcher) { throw .matchesNothing }
        for text in texts where isSlow(pattern, text, matcher) { throw .slow }
    }

    private static func isEmptyMatch(_ pattern: Pattern, _ matcher: Matcher) throws(PatternRefusal) -> Bool {
        var text = "#"
        let result = text.withUTF8 { bytes in
            try? matcher.find(pattern, in: CheckedText(valid: bytes), from: 0, to: bytes.count)
        }
        guard case .match(let range) = result else { return false }
        return range.isEmpty
    }

    private static func isSlow(_ pattern: Pattern, _ text: String, _ matcher: Matcher) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            do throws(MatchFault) {
                _ = try matcher.find(pattern, in: CheckedText(valid: bytes), from: 0, to: bytes.count)
                return false
            } catch {
                return true
            }
        }
    }
}
