import Glibc

/// How long one pattern may work on one text: time of this thread alone, so that a busy machine makes no pattern slow.
///
/// The thread's own clock takes a call of the kernel, many times as long as most searches. So half of the budget is told by the
/// clock on the wall, which never shows less than the thread has run, and only who has used that up is timed exactly.
/// PCRE2's own limit bounds the steps of a match that starts at one place, and counts none for what a repeated character takes in;
/// a text has many places. Plain patterns take some nanoseconds a byte.
package struct MatchBudget: Sendable {
    /// Nanoseconds for any text at all, and for each byte of it.
    package static let least: UInt64 = 20_000_000
    package static let perByte: UInt64 = 40
    /// A call is timed whenever so many bytes may have been looked at since the last one that was.
    static let interval = 1 << 21

    /// Bytes that may have been looked at: at each place where a match could start all that the pattern reaches.
    package private(set) var work = 0
    /// Places at which a match was tried.
    package private(set) var tries = 0
    private var untimed = 0
    /// Whether no call was timed yet.
    private var isFirst = true
    private var spent: UInt64 = 0
    /// Whether the first half is used up.
    private var isExact = false

    package init() {}

    /// Counts a call that is to be made.
    ///
    /// - Parameters:
    ///   - starts: Places where a match could start.
    ///   - reach: Bytes that a try at one of them may look at.
    /// - Returns: When it begins, where it is to be timed: what is done between calls is not the pattern's.
    mutating func begin(_ starts: Int, reach: Int) -> UInt64? {
        guard untimed >= Self.interval || isFirst && starts * reach >= Self.interval else { return nil }
        isFirst = false
        untimed = 0
        return now
    }

    private var now: UInt64 { isExact ? Self.threadTime() : Self.time(CLOCK_MONOTONIC) }

    /// Counts a call that was made, and its time.
    ///
    /// - Parameters:
    ///   - start: When it began.
    ///   - tried: Places at which a match was tried.
    ///   - reach: Bytes that each may have looked at.
    ///   - length: Bytes of the whole text.
    /// - Returns: Whether there may be another call.
    mutating func end(_ start: UInt64?, tried: Int, reach: Int, length: Int) -> Bool {
        tries += tried
        work += tried * reach
        untimed += tried * reach
        guard let start else { return true }
        spent += now &- start
        guard spent > (Self.least + Self.perByte * UInt64(length)) / 2 else { return true }
        guard !isExact else { return false }
        (isExact, spent) = (true, 0)
        return true
    }

    /// Nanoseconds that this thread has run.
    package static func threadTime() -> UInt64 { time(CLOCK_THREAD_CPUTIME_ID) }

    private static func time(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
