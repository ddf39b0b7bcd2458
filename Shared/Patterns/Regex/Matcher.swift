import CPCRE2

/// What a search came to.
package enum MatchResult: Hashable, Sendable {
    case none
    /// The bytes of the match.
    case match(Range<Int>)
    /// More text could make a match that starts here; nothing before it can.
    case partial(from: Int)
}

/// Runs patterns: the memory and the limits of a match, for one thread at a time.
package final class Matcher {
    /// What a match may cost; a pattern that needs more is exponential on its text.
    package static let stepLimit: UInt32 = 100_000
    private static let stackStart = 32 * 1024
    private static let stackLimit = 1024 * 1024
    /// The interpreter's memory, in KiB.
    private static let heapLimit: UInt32 = 4096
    /// Bytes that count as the text of a call at least, so that short ones are done in one.
    private static let leastReach = 1 << 14
    /// The same for a pattern that is known to look no further than its bound.
    private static let leastBound = 1 << 8

    private let data: OpaquePointer?
    private let context: OpaquePointer?
    private let stack: OpaquePointer?

    package init() {
        // Only the ends of the whole match are asked for.
        data = pcre2_match_data_create_8(1, nil)
        context = pcre2_match_context_create_8(nil)
        stack = pcre2_jit_stack_create_8(Self.stackStart, Self.stackLimit, nil)
        pcre2_set_match_limit_8(context, Self.stepLimit)
        pcre2_set_heap_limit_8(context, Self.heapLimit)
        pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        pcre2_jit_stack_free_8(stack)
    }

    /// Looks for the first match that starts at or behind a place.
    ///
    /// - Parameters:
    ///   - pattern: What to look for.
    ///   - text: Where; see ``CheckedText``.
    ///   - start: The first byte at which a match may start; what is before it is seen by assertions alone.
    ///   - latest: The last byte at which one may start.
    ///   - end: Where the text ends for this search; a boundary of scalars.
    ///   - isOpen: Whether more text may follow ``end``, so that what reaches it is partial.
    ///   - bound: How far a try at one place looks, where that is known: a pattern that may look at all that follows is timed
    ///     every few places of a long text, which costs more than the search.
    ///   - budget: What is left for this pattern on this text.
    /// - Returns: The leftmost match.
    /// - Throws: ``MatchFault``.
    package func find(
        _ pattern: Pattern,
        in text: CheckedText,
        from start: Int,
        last latest: Int = .max,
        to end: Int,
        isOpen: Bool = false,
        bound: Int? = nil,
        budget: inout MatchBudget
    ) throws(MatchFault) -> MatchResult {
        guard start <= end, end <= text.count else { return .none }
        var at = start
        while true {
            let reach = min(bound ?? .max, end - at)
            let least = bound == nil ? Self.leastReach : Self.leastBound
            let starts = max(1, MatchBudget.interval / max(least, reach))
            let last = min(at + starts - 1, latest)
            let begun = budget.begin(max(1, min(starts, end - at)), reach: reach)
            let result = try find(pattern, in: text, from: at, last: last, to: end, isOpen: isOpen)
            // Where a match was found, the places behind it were not tried.
            let tried = max(1, min(Self.start(of: result) ?? end, last + 1, end) - at)
            guard budget.end(begun, tried: tried, reach: reach, length: text.count) else { throw .time }
            guard result == .none, last < min(end, latest) else { return result }
            at = pattern.options.contains(.unicode) ? text.boundary(after: last + 1) : last + 1
        }
    }

    /// The same where what is looked through is short, or the pattern is trusted.
    package func find(
        _ pattern: Pattern,
        in text: CheckedText,
        from start: Int,
        to end: Int,
        isOpen: Bool = false
    ) throws(MatchFault) -> MatchResult {
        var budget = MatchBudget()
        return try find(pattern, in: text, from: start, to: end, isOpen: isOpen, budget: &budget)
    }

    private static func start(of result: MatchResult) -> Int? {
        switch result {
        case .none: nil
        case .match(let range): range.lowerBound + 1
        case .partial(let start): start + 1
        }
    }

    /// One call: the match starts at `last` at the latest.
    private func find(
        _ pattern: Pattern,
        in text: CheckedText,
        from start: Int,
        last: Int,
        to end: Int,
        isOpen: Bool
    ) throws(MatchFault) -> MatchResult {
        pcre2_set_offset_limit_8(context, last)
        let flags = UInt32(PCRE2_NO_UTF_CHECK) | (isOpen ? UInt32(PCRE2_PARTIAL_HARD) : 0)
        let status = pcre2_match_8(pattern.pointer, text.base, end, start, flags, data, context)
        if status == PCRE2_ERROR_NOMATCH { return .none }
        guard status >= 0 || status == PCRE2_ERROR_PARTIAL else { throw Self.fault(status) }
        guard let ends = pcre2_get_ovector_pointer_8(data) else { return .none }
        // \K may move the start behind the end.
        guard status >= 0 else { return .partial(from: min(ends[0], end)) }
        return .match(min(ends[0], ends[1])..<ends[1])
    }

    private static func fault(_ status: Int32) -> MatchFault {
        switch status {
        case PCRE2_ERROR_MATCHLIMIT: .steps
        case PCRE2_ERROR_JIT_STACKLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT: .stack
        default: .other(Int(status))
        }
    }
}
