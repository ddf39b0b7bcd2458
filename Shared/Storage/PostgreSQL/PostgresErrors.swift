import CPostgreSQL

extension StoreError {
    /// What a server's error means; a value that was stored or sent is in none of the parts that are read here.
    ///
    /// - Parameters:
    ///   - state: SQLSTATE, or `nil` where the connection is gone.
    ///   - message: The server's primary message: it names tables and constraints; details, which quote values, stay out.
    ///   - target: Where the server is.
    ///   - isReading: Whether a snapshot was read: what writes there is our own mistake, not a read-only server.
    ///   - isCancelled: Whether it was asked to stop because the caller's task was cancelled.
    init(postgres state: String?, message: String, target: PostgresTarget, isReading: Bool, isCancelled: Bool) {
        guard let state else {
            self.init(.unavailable, "\(target.place) is away: \(target.shown(message))")
            return
        }
        switch state {
        case "23505": self.init(.constraint, message, constraint: .unique)
        case "23503": self.init(.constraint, message, constraint: .foreignKey)
        case "23502": self.init(.constraint, message, constraint: .notNull)
        case "23514": self.init(.constraint, message, constraint: .check)
        case "57014" where isCancelled: self.init(.cancelled, "the call was cancelled")
        case "57014": self.init(.busy, "\(target.place) did not answer in time: \(message)")
        case "55P03", "40001", "40P01": self.init(.busy, "\(target.place) is busy: \(message)")
        case "53300", "57P01", "57P02", "57P03", "57P04", "25P03":
            self.init(.unavailable, "\(target.place) is away: \(target.shown(message))")
        case "53100", "53200": self.init(.full, "\(target.place): \(message)")
        case "25006" where !isReading: self.init(.readOnly, "\(target.place): \(message)")
        case _ where state.hasPrefix("08") || state.hasPrefix("28") || state.hasPrefix("3D"):
            self.init(.unavailable, "\(target.place): \(target.shown(message))")
        case _ where state.hasPrefix("XX"): self.init(.corrupt, "\(target.place): \(message)")
        // Data exceptions quote the value.
        case _ where state.hasPrefix("22"): self.init(.other, "a value does not fit its place (SQLSTATE \(state))")
        case _ where state.hasPrefix("23"): self.init(.constraint, message)
        default: self.init(.other, "\(message) (SQLSTATE \(state))")
        }
    }
}
