import Contracts
import PeerRPC
import SaverCore
import Storage

/// What every administrative method works with.
struct AdminContext: Sendable {
    let database: any Database
    let state: SettingsState
    let edits: ChangeFeed<AdminChange>

    /// The largest page of a list.
    private static let maximumPage = 500

    static func limit(_ request: ListRequest) -> Int {
        min(max(request.pageSize, 1), maximumPage)
    }

    /// Refuses filters that a list does not have, since a mistyped one would list everything, and texts that no column
    /// holds.
    static func check(_ request: ListRequest, allowed: Set<String>) throws(ServiceError) {
        if let unknown = request.filter.keys.filter({ !allowed.contains($0) }).sorted().first {
            let known = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
            throw .invalid("filter.\(unknown)", "there is no such filter; there are: \(known)")
        }
        if let token = request.pageToken { try check(token, field: "page_token") }
    }

    /// Refuses a text that no column holds.
    static func check(_ text: String, field: String) throws(ServiceError) {
        guard SettingRules.isStorable(text) else {
            throw .invalid(field, "at most \(SettingRules.maximumTextLength) bytes without zero bytes")
        }
    }

    func publish(_ resource: String, _ id: String, etag: String = "", deleted: Bool = false) {
        edits.publish(AdminChange(resource: resource, id: id, etag: etag, deleted: deleted))
    }
}
