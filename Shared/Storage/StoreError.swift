/// Why the database did not do what was asked.
///
/// The message is one line for an operator; it holds SQL and names of tables, never a stored value.
package struct StoreError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The database cannot be reached or opened, or is closed.
        case unavailable
        /// Another process holds the lock, or the deadline passed; the same call may succeed later.
        case busy
        /// The caller's task was cancelled; nothing was changed.
        case cancelled
        /// A rule of the schema refused the change; see ``StoreError/constraint``.
        case constraint
        /// A newer build has been here. This one leaves the data alone.
        case newerSchema(found: Int, known: Int)
        /// The file is damaged or no database.
        case corrupt
        /// No space left.
        case full
        /// The file or its folder cannot be written.
        case readOnly
        /// The list of migrations is wrong, or one failed; nothing was changed.
        case migration
        /// Our own mistake: wrong SQL, wrong arguments, wrong type of column.
        case other
    }

    /// Which rule refused a change.
    package enum Constraint: Hashable, Sendable {
        case unique
        case foreignKey
        case notNull
        case check
    }

    package var kind: Kind
    package var message: String
    /// Set with ``Kind/constraint`` where the engine says which rule it was.
    package var constraint: Constraint?
    /// Whether the change may have been made all the same: the answer to the commit was lost.
    ///
    /// The next write of this schema begins after that commit has come to its end, so that it sees which it was.
    package var isOutcomeUnknown = false

    package init(_ kind: Kind, _ message: String, constraint: Constraint? = nil) {
        self.kind = kind
        self.message = message
        self.constraint = constraint
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String { message }
}
