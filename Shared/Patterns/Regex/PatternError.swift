/// Why a pattern is not one.
package enum PatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is longer than ``PatternLimits/length`` bytes.
    case tooLong(limit: Int)
    /// It uses what no pattern of ours may: recursion, callouts, verbs, single code units.
    case forbidden(String)
    /// PCRE2 does not understand it from this byte on.
    case malformed(offset: Int, problem: String)

    package var description: String {
        switch self {
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .forbidden(let what): "\(what) is not allowed"
        case .malformed(let offset, let problem): "\(problem), at byte \(offset)"
        }
    }
}

/// Why a match was given up; whoever sees it three times from one pattern stops using it.
package enum MatchFault: Error, Hashable, Sendable {
    /// It took more steps than ``Matcher/stepLimit``: exponential on this text.
    case steps
    /// It nests deeper than the stack of a matcher.
    case stack
    /// It took more time than a text of this length is worth (``MatchBudget``).
    case time
    /// Anything else, by PCRE2's number.
    case other(Int)
}

/// What a pattern may be.
package struct PatternLimits: Hashable, Sendable {
    /// Bytes of the pattern's source.
    package var length: Int
    /// Parentheses inside parentheses.
    package var nesting: Int

    package init(length: Int = 4096, nesting: Int = 50) {
        self.length = length
        self.nesting = nesting
    }
}

/// How a pattern reads its text.
package struct PatternOptions: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Letters match in either case.
    package static let caseless = PatternOptions(rawValue: 1)
    /// The text is Unicode scalars; without it bytes, which is faster and right for patterns of ASCII.
    package static let unicode = PatternOptions(rawValue: 2)
    /// `^` and `$` match at every line.
    package static let multiline = PatternOptions(rawValue: 4)
    /// `.` matches newlines too.
    package static let dotAll = PatternOptions(rawValue: 8)
}
