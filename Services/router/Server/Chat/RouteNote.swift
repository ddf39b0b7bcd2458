import Contracts
import RouterCore

/// How a request came to its answer: what was tried or passed over before, and why; the value of `X-KeiRouter-Route`.
///
/// A list of RFC 9651: `"openai/gpt-4o";reason=rate_limited;ms=212, "openai/gpt-4o-mini";skipped=quota_exhausted`. It stands in
/// answers that were not given by the first choice, and in errors after an attempt. Accounts are not named: they are the operator's.
struct RouteNote {
    /// Entries in a header, the oldest ones; what is left out is counted in a last `"…";more=N`.
    static let limit = 16
    /// Bytes of all entries together: with the other headers they stay below what proxies take.
    static let byteLimit = 2048
    /// Bytes of a target's name, which a client may have made up.
    static let nameLimit = 200

    private var entries: [String] = []
    private var bytes = 0
    private var leftOut = 0

    var isEmpty: Bool { entries.isEmpty && leftOut == 0 }

    private mutating func append(_ entry: String) {
        // The first one that is left out is the end: a later one would stand in its place.
        guard leftOut == 0, entries.count < Self.limit, bytes + entry.utf8.count <= Self.byteLimit else {
            leftOut += 1
            return
        }
        entries.append(entry)
        bytes += entry.utf8.count + 2
    }

    /// An attempt has failed.
    mutating func failed(_ attempt: Attempt) {
        append(
            "\(Self.quoted("\(attempt.provider)/\(attempt.model)"));reason=\(attempt.reason ?? "unknown")"
                + ";ms=\(attempt.durationMS)"
        )
    }

    /// An attempt was given up, for another one answered first.
    mutating func hedged(_ target: String, afterMS milliseconds: Int) {
        append("\(Self.quoted(target));reason=\(HedgeRace.lost);ms=\(milliseconds)")
    }

    /// Targets were passed over; their accounts for one reason once.
    mutating func skipped(_ skips: ArraySlice<AttemptPlan.Skip>) {
        var last: String?
        for skip in skips {
            let entry = "\(Self.quoted(skip.target));skipped=\(skip.reason)"
            if entry != last { append(entry) }
            last = entry
        }
    }

    /// The header's value.
    var text: String {
        let more = leftOut > 0 ? ["\"...\";more=\(leftOut)"] : []
        return (entries + more).joined(separator: ", ")
    }

    private static func quoted(_ name: String) -> String {
        let plain = HeaderText.safe(name, atMost: nameLimit)
        guard plain.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) else {
            return "\"\(plain)\""
        }
        var text = "\""
        for character in plain {
            if character == "\"" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return text + "\""
    }
}
