import Contracts

/// Pages and filters of lists; all of them are in memory and in order.
enum AdminPage {
    /// The rows after the token that are wanted, as many as a page has.
    ///
    /// - Parameters:
    ///   - rows: In the order of their keys.
    ///   - request: Page, size and filter; the filter's names are checked.
    ///   - key: What the rows are ordered by: the token.
    ///   - isWanted: Whether a row passes the filter.
    ///   - item: The row as it is answered.
    /// - Returns: The page, and where the next one begins.
    static func make<Row, Item: AdminItem>(
        _ rows: [Row],
        _ request: ListRequest,
        key: (Row) -> String,
        where isWanted: (Row) -> Bool = { _ in true },
        item: (Row) -> Item
    ) -> ListReply<Item> {
        var page: [Row] = []
        var next: String?
        for row in rows {
            if let token = request.pageToken, key(row) <= token { continue }
            guard isWanted(row) else { continue }
            guard page.count < request.pageSize else {
                next = page.last.map(key)
                break
            }
            page.append(row)
        }
        return ListReply(items: page.map(item), next: next)
    }

    /// Refuses filters that a list does not have: a mistyped one would list everything.
    static func check(_ filter: [String: String], allowed: Set<String>) throws(ServiceError) {
        guard let unknown = filter.keys.filter({ !allowed.contains($0) }).min() else { return }
        let known = allowed.isEmpty ? "this list has none" : "there are: \(allowed.sorted().joined(separator: ", "))"
        throw .invalid("filter.\(unknown)", "there is no such filter; \(known)")
    }

    static func boolean(_ name: String, in filter: [String: String]) throws(ServiceError) -> Bool? {
        switch filter[name] {
        case nil: return nil
        case "true"?: return true
        case "false"?: return false
        default: throw .invalid("filter.\(name)", "expected true or false")
        }
    }
}

/// Checks that hold for every kind of row.
enum EditRules {
    /// Refuses to touch a declared row, and another version than the caller has read.
    ///
    /// An etag that is `nil` stands for any version, an empty one for an item that must not be there yet.
    static func check<Row: BookRow>(_ old: Row?, _ noun: String, _ id: String, etag: String?) throws(ServiceError) {
        if let old, old.life.isDeclared { throw .declaredItem(noun, id) }
        guard etag == nil || etag == old?.etag ?? "" else { throw .etagMismatch(noun, id) }
    }

    /// The row that a deletion is about.
    static func existing<Row: BookRow>(
        _ rows: [String: Row],
        _ noun: String,
        _ request: DeleteRequest
    ) throws(ServiceError) -> Row {
        guard let row = rows[request.id] else { throw .noSuch(noun, request.id) }
        try check(row, noun, request.id, etag: request.etag)
        return row
    }
}
