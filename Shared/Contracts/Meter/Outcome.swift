/// How a request ended.
public struct Outcome: OpenEnum {
    /// It was answered.
    public static let ok = Outcome(rawValue: "ok")
    /// The request was at fault.
    public static let clientError = Outcome(rawValue: "client_error")
    /// No provider answered it.
    public static let providerError = Outcome(rawValue: "provider_error")
    /// A policy blocked it.
    public static let blocked = Outcome(rawValue: "blocked")
    /// The caller went away.
    public static let cancelled = Outcome(rawValue: "cancelled")
    /// The router stopped before its end; the usage is estimated.
    public static let interrupted = Outcome(rawValue: "interrupted")
    /// The values that this build knows, oldest first: the ledger keeps their positions, so new ones go to the end.
    public static let known: [Outcome] = [ok, clientError, providerError, blocked, cancelled, interrupted]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}
