import Contracts
import MeterCore
import PeerRPC
import Storage

/// Lists, puts and deletes prices.
///
/// An edited price covers the catalogue's, a declared one both; deleting an edit uncovers what was there.
struct PriceAdmin: ResourceAdmin {
    static let resource = "Prices"

    let context: AdminContext

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<PriceItem> {
        try AdminContext.check(request, allowed: ["provider", "source"])
        let source = request.filter["source"].flatMap(Price.Source.init(rawValue:))
        guard request.filter["source"] == nil || source != nil else {
            throw .invalid("filter.source", "expected catalogue, edited or declared")
        }
        let limit = AdminContext.limit(request)
        let prefix = request.filter["provider"].map { $0.lowercased() + "/" }
        let rows = context.memory.withState { state, _ in
            let ids = state.prices.ids.filter { id in
                id > (request.pageToken ?? "") && prefix.map(id.hasPrefix) ?? true
            }
            var listed: [(id: String, price: Price)] = []
            for id in ids where listed.count <= limit {
                guard let price = state.prices.listed(id), source == nil || price.source == source else { continue }
                listed.append((id: id, price: price))
            }
            return listed
        }
        let page = AdminContext.page(rows, limit: limit, token: \.id) { Self.item($0.id, $0.price) }
        return ListReply(items: page.items, next: page.next)
    }

    func get(_ request: GetRequest) throws(ServiceError) -> PriceItem {
        guard let price = context.memory.withState({ state, _ in state.prices.listed(request.id) }) else {
            throw .noSuch("price", request.id)
        }
        return Self.item(request.id.lowercased(), price)
    }

    func put(_ request: PutRequest<PriceItem>) async throws(ServiceError) -> PriceItem {
        let item = request.item
        let named = item.provider.isEmpty && item.model.isEmpty ? item.id : item.provider + "/" + item.model
        let id = try ItemRules.priceID(named, field: "id")
        guard let input = try ItemRules.price(item.inputNano, field: "input_nano"),
            let output = try ItemRules.price(item.outputNano, field: "output_nano")
        else { throw .invalid("input_nano, output_nano", "both are needed") }
        let price = Price(
            input: input,
            output: output,
            cacheRead: try ItemRules.price(item.cacheReadNano, field: "cache_read_nano"),
            cacheWrite: try ItemRules.price(item.cacheWriteNano, field: "cache_write_nano"),
            cacheWrite1h: try ItemRules.price(item.cacheWrite1hNano, field: "cache_write_1h_nano"),
            reasoning: try ItemRules.price(item.reasoningNano, field: "reasoning_nano"),
            source: .edited
        )
        try await context.queue.perform { () async throws(ServiceError) in
            try await write(price, id: id, etag: request.etag)
        }
        return Self.item(id, price)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        let id = request.id.lowercased()
        try await context.queue.perform { () async throws(ServiceError) in
            let current = try current(id, etag: request.etag)
            guard let current else { throw .noSuch("price", id) }
            guard current.source == .edited else { throw .declaredItem("price", id) }
            try await context.database.writing { connection throws(StoreError) -> Verdict<Void> in
                try PriceStore.delete(id, connection)
                return .done(())
            }
            context.memory.withState { state, _ in state.prices.remove(id: id, source: .edited) }
            announce(id, deleted: true)
        }
        return Empty()
    }

    private func write(_ price: Price, id: String, etag: String?) async throws(ServiceError) {
        if try current(id, etag: etag)?.source == .declared { throw .declaredItem("price", id) }
        try await context.database.writing { connection throws(StoreError) -> Verdict<Void> in
            let isNew = try !PriceStore.contains(id, connection)
            if isNew, try PriceStore.count(connection) >= MeterCaps.prices {
                return .refused(.full("prices", MeterCaps.prices))
            }
            try PriceStore.put(PriceRow(id: id, price: price), connection)
            return .done(())
        }
        context.memory.withState { state, _ in state.prices.set(price, id: id) }
        announce(id, etag: Self.etag(price))
    }

    private func current(_ id: String, etag: String?) throws(ServiceError) -> Price? {
        let price = context.memory.withState { state, _ in state.prices.listed(id) }
        guard etag == nil || etag == price.map(Self.etag) else { throw .etagMismatch("price", id) }
        return price
    }

    private func announce(_ id: String, etag: String = "", deleted: Bool = false) {
        context.changes.publish(MeterChange(kind: "price_changed", id: id))
        context.publish(Self.resource, id, etag: etag, deleted: deleted)
    }

    private static func item(_ id: String, _ price: Price) -> PriceItem {
        let slash = id.firstIndex(of: "/") ?? id.endIndex
        return PriceItem(
            id: id,
            provider: String(id[..<slash]),
            model: String(id[slash...].dropFirst()),
            inputNano: price.input,
            outputNano: price.output,
            cacheReadNano: price.cacheRead,
            cacheWriteNano: price.cacheWrite,
            cacheWrite1hNano: price.cacheWrite1h,
            reasoningNano: price.reasoning,
            source: price.source.rawValue,
            declared: price.source == .declared,
            etag: etag(price)
        )
    }

    /// The rates themselves are the version: two equal prices are the same price.
    private static func etag(_ price: Price) -> String {
        let rates = [
            price.input, price.output, price.cacheRead, price.cacheWrite, price.cacheWrite1h, price.reasoning,
        ]
        return price.source.rawValue + rates.map { ":" + ($0.map(String.init) ?? "") }.joined()
    }
}
