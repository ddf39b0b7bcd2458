import Contracts
import PeerRPC
import Storage

/// What every administrative method works with.
struct AdminContext: Sendable {
    let database: any Database
    let policies: PolicyHolder
    let edits: ChangeFeed<AdminChange>
    /// Whether the engine `presidio` may be named: it is configured, or all engines are left alone.
    let hasPresidio: Bool
    /// The same for `openai`.
    let hasModeration: Bool

    static func limit(_ request: ListRequest) -> Int {
        min(max(1, request.pageSize), ListRequest.largestPage)
    }

    /// Refuses filters that a list does not have, since a mistyped one would list everything, and texts that no column
    /// holds.
    static func check(_ request: ListRequest, allowed: Set<String>) throws(ServiceError) {
        if let unknown = request.filter.keys.filter({ !allowed.contains($0) }).sorted().first {
            let known = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
            throw .invalid("filter.\(unknown)", "there is no such filter; there are: \(known)")
        }
        for (name, value) in request.filter { try check(value, field: "filter.\(name)") }
        if let token = request.pageToken, !PolicyRules.isStorable(token) { throw .foreignToken }
    }

    /// Refuses a text that no column holds.
    static func check(_ text: String, field: String) throws(ServiceError) {
        guard PolicyRules.isStorable(text) else {
            throw .invalid(field, "at most \(PolicyRules.longestText) bytes without zero bytes")
        }
    }

    static func number(_ name: String, in filter: [String: String]) throws(ServiceError) -> Int? {
        guard let text = filter[name] else { return nil }
        guard let number = Int(text) else { throw .invalid("filter.\(name)", "expected a whole number") }
        return number
    }

    func publish(_ resource: String, _ id: String, etag: String = "", deleted: Bool = false) {
        edits.publish(AdminChange(resource: resource, id: id, etag: etag, deleted: deleted))
    }
}

extension ServiceError {
    static let foreignToken = invalid("page_token", "not one of ours")
}
