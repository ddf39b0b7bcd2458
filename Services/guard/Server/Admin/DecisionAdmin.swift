import Contracts
import Storage

/// Lists what was decided, the newest first.
struct DecisionAdmin: Sendable {
    private static let filters: Set<String> = [
        "key", "action", "direction", "request_id", "detector", "since_us", "until_us",
    ]

    let context: AdminContext

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<DecisionItem> {
        try AdminContext.check(request, allowed: Self.filters)
        var filter = DecisionStore.Filter()
        filter.key = request.filter["key"]
        filter.action = request.filter["action"]
        filter.direction = request.filter["direction"]
        filter.requestID = request.filter["request_id"]
        filter.detector = request.filter["detector"]
        if let detector = filter.detector, !detector.utf8.allSatisfy(Self.isNameByte) {
            throw .invalid("filter.detector", "expected a name such as pii")
        }
        filter.sinceUS = try AdminContext.number("since_us", in: request.filter) ?? 0
        filter.untilUS = try AdminContext.number("until_us", in: request.filter) ?? .max
        let place = try Self.place(request.pageToken)
        let limit = AdminContext.limit(request)
        let wanted = filter
        let rows = try await context.database.reading { connection throws(StoreError) in
            try DecisionStore.page(before: place, limit: limit + 1, filter: wanted, connection)
        }
        let shown = rows.prefix(limit)
        let next = rows.count > limit ? shown.last.map { "\($0.atUS).\($0.id)" } : nil
        return ListReply(items: Array(shown), next: next)
    }

    func get(_ request: GetRequest) async throws(ServiceError) -> DecisionItem {
        try AdminContext.check(request.id, field: "id")
        let item = try await context.database.reading { connection throws(StoreError) in
            try DecisionStore.decision(request.id, connection)
        }
        guard let item else { throw .noSuch("decision", request.id) }
        return item
    }

    /// Where a list goes on: time and id of the last item.
    private static func place(_ token: String?) throws(ServiceError) -> (atUS: Int, id: String) {
        guard let token else { return (.max, "") }
        guard let dot = token.firstIndex(of: "."), let atUS = Int(token[..<dot]) else { throw .foreignToken }
        return (atUS, String(token[token.index(after: dot)...]))
    }

    /// A name is looked for by LIKE, whose signs it must not hold.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte)
    }
}
