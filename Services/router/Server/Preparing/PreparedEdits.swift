import Contracts
import JSON

/// What guard and savers make of a request that goes to one target.
struct PreparedEdits: Sendable {
    /// What changes in the client's document.
    var edits: [JSONEdit] = []
    /// What placeholders in it stand for, to undo them in the answer.
    var restores: [Restore] = []
    /// What savers took away and added.
    var savings: [Saving] = []
}
