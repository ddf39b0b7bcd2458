import Contracts
import MeterCore
import PeerRPC
import Storage

/// What every administrative method works with.
struct AdminContext: Sendable {
    let database: any Database
    let memory: MeterMemory
    let queue: WriteQueue
    let changes: ChangeFeed<MeterChange>
    let edits: ChangeFeed<AdminChange>

    /// The largest page of a list.
    static let maximumPage = 500

    static func limit(_ request: ListRequest) -> Int {
        request.pageSize.clamped(to: 1...maximumPage)
    }

    /// Refuses filters that a list does not have, since a mistyped one would list everything, and texts that no column
    /// holds.
    static func check(_ request: ListRequest, allowed: Set<String>) throws(ServiceError) {
        if let unknown = request.filter.keys.filter({ !allowed.contains($0) }).sorted().first {
            let known = allowed.isEmpty ? "none" : allowed.sorted().joined(separator: ", ")
            throw .invalid("filter.\(unknown)", "there is no such filter; there are: \(known)")
        }
        for (name, value) in request.filter { try check(value, field: "filter.\(name)") }
        if let token = request.pageToken, !ItemRules.isStorable(token) { throw .foreignToken }
    }

    /// Refuses a text that no column holds.
    static func check(_ text: String, field: String) throws(ServiceError) {
        guard ItemRules.isStorable(text) else {
            throw .invalid(field, "at most \(ItemRules.maximumTextLength) bytes without zero bytes")
        }
    }

    static func number(_ name: String, in filter: [String: String]) throws(ServiceError) -> Int? {
        guard let text = filter[name] else { return nil }
        guard let number = Int(text) else { throw .invalid("filter.\(name)", "expected a whole number") }
        return number
    }

    /// A page of rows, one more than wanted having been asked for, and where the next begins.
    static func page<Row, Item>(
        _ rows: [Row],
        limit: Int,
        token: (Row) -> String,
        _ item: (Row) -> Item
    ) -> (items: [Item], next: String?) {
        let shown = rows.prefix(limit)
        return (shown.map(item), rows.count > limit ? shown.last.map(token) : nil)
    }

    /// The ordinal of the key that a filter names; -1, which no row has, for one that does not exist.
    func ordinal(ofKey id: String?) -> Int? {
        id.map { memory.view(keyID: $0)?.terms.ordinal ?? -1 }
    }

    func publish(_ resource: String, _ id: String, etag: String = "", deleted: Bool = false) {
        edits.publish(AdminChange(resource: resource, id: id, etag: etag, deleted: deleted))
    }
}

extension ServiceError {
    static let foreignToken = invalid("page_token", "not one of ours")
}
