import Dialects

/// Why no more of an answer may be released.
struct ScanFailure: Error {
    /// What the client is told.
    var clientError: ClientError
    /// Whether a policy stopped it, and not the lack of a guard.
    var isBlock: Bool

    static func blocked(_ reason: String) -> ScanFailure {
        let message = "the answer was blocked by a content policy"
        let error = ClientError(.contentPolicy, reason.isEmpty ? message : "\(message): \(reason)")
        return ScanFailure(clientError: error, isBlock: true)
    }

    static func unavailable(_ error: ClientError) -> ScanFailure {
        ScanFailure(clientError: error, isBlock: false)
    }
}
