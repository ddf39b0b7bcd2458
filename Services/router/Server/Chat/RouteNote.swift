import Contracts
import RouterCore

/// How a request came to its answer: what was tried or passed over before, and why; the value of `X-KeiRouter-Route`.
///
/// A list of RFC 9651: `"openai/gpt-4o";reason=rate_limited;ms=212, "openai/gpt-4o-mini";skipped=quota_exhausted`. It stands in
/// answers that were not given by the first choice, and in errors after an attempt. Accounts are not named: they are the operator's.
struct RouteNote {
    /// Entries in a header, the oldest ones; what is left out is counted in a last `"…";more=N`.
    static let limit = 16

    private var entries: [String] = []

    var isEmpty: Bool { entries.isEmpty }

    /// An attempt has failed.
    mutating func failed(_ attempt: Attempt) {
        entries.append(
            "\(Self.quoted("\(attempt.provider)/\(attempt.model)"));reason=\(attempt.reason ?? "unknown")"
                + ";ms=\(attempt.durationMS)"
        )
    }

    /// Targets were passed over; their accounts for one reason once.
    mutating func skipped(_ skips: ArraySlice<AttemptPlan.Skip>) {
        var last: String?
        for skip in skips {
            let entry = "\(Self.quoted(skip.target));skipped=\(skip.reason)"
            if entry != last { entries.append(entry) }
            last = entry
        }
    }

    /// The header's value.
    var text: String {
        guard entries.count > Self.limit else { return entries.joined(separator: ", ") }
        return entries.prefix(Self.limit).joined(separator: ", ") + ", \"...\";more=\(entries.count - Self.limit)"
    }

    private static func quoted(_ name: String) -> String {
        let plain = HeaderText.safe(name)
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
