/// Finds the words that a line must not be dropped with.
package enum Alarm {
    /// In lower case; a line that holds one of them says that something went wrong, or may have.
    private static let words = LiteralSet(
        [
            "error", "warn", "fail", "fatal", "panic", "exception", "undefined", "cannot", "could not", "unable",
            "denied",
            "not found", "no such", "missing", "conflict", "invalid", "mismatch", "abort", "killed", "traceback",
            "refused",
            "timed out", "timeout", "unresolved", "unsupported", "deprecated", "vulnerab", "critical", "segfault",
            "corrupt",
            "unsatisfied", "incompatible", "skipp", "retry",
        ],
        ignoringCase: true
    )

    package static func sounds(in line: ArraySlice<UInt8>) -> Bool { words.isIn(line) }
}
