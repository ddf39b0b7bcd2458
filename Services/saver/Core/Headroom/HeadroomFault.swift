/// Why an answer of Headroom is not used; a fixed word each, the label of a metric.
package enum HeadroomFault: String, Error, Hashable, Sendable {
    /// It is away, broke off or closed.
    case away
    /// It did not answer in time.
    case late
    /// It has no time for us: 429, 502, 503 or 504.
    case busy
    /// It does not want us: another status; 404 is how it refuses who is no loopback.
    case refused
    /// What it says is not what its protocol says.
    case malformed
    /// It says that it did nothing.
    case skipped
    /// Something besides results of tools is not as it was sent, or a message is missing.
    case changedMore = "changed_more"
    /// It refers to a text that only its own store has.
    case notWhole = "not_whole"
    /// It claims savings where our own count finds none.
    case phantom
    /// It failed before and is left alone for a moment.
    case resting

    /// Whether it speaks against the server, not against this one answer.
    package var isOutage: Bool {
        switch self {
        case .away, .late, .busy, .refused, .malformed: true
        case .skipped, .changedMore, .notWhole, .phantom, .resting: false
        }
    }
}
