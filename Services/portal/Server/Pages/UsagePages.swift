import Contracts
import Hummingbird
import PortalCore

/// `/usage`: what was used over time, by model, provider or key.
struct UsagePages: PageGroup {
    static let names = ["range", "from", "to", "by", "of", "key", "sort"]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/usage") { request, context in try await page(PageRequest(request, context)) }
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let now = view.parts.clock.nowUS
        var ask = Self.ask(request.query, nowUS: now)
        let facts = await Self.facts(ask, view)
        // What is local or has no known price costs nothing: there is more to see in who asked.
        if ask.query["of"] == nil, facts.reply?.totals.costNanoUSD == 0 { ask.measure = .requests }
        let model = UsageModel(facts, ask, nowUS: now)
        return try await view.admin("usage", "Usage", model, request)
    }

    static func ask(_ text: String, nowUS: Int) -> UsageModel.Ask {
        let query = PageQuery(text, names: names)
        return UsageModel.Ask(
            span: UsageSpan(query, nowUS: nowUS),
            split: query["by"].flatMap(UsageModel.Split.init(rawValue:)) ?? .model,
            measure: query["of"].flatMap(UsageModel.Measure.init(rawValue:)) ?? .cost,
            key: query["key"],
            query: query
        )
    }

    static func summary(_ ask: UsageModel.Ask, _ peers: PeerClients) async throws(ServiceError) -> SummarizeReply {
        let span = SummarizeRequest(
            sinceUS: ask.span.sinceUS,
            untilUS: ask.span.untilUS,
            bucket: ask.span.bucket,
            key: ask.key,
            split: ask.split.rawValue
        )
        return try await peers.call(AdminMethods.meterV1.summarize, span)
    }

    private static func facts(_ ask: UsageModel.Ask, _ view: PageView) async -> UsageModel.Facts {
        let peers = view.parts.peers
        async let reply = attempt { () throws(ServiceError) in try await summary(ask, peers) }
        async let keys = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.meterV1.keys, limit: KeyPages.most)
        }
        var facts = UsageModel.Facts()
        facts.providers = await view.names.current()
        switch await reply {
        case .success(let reply): facts.reply = reply
        case .failure(let error): facts.down = Down("meter", error)
        }
        facts.keys = KeyNames.of((try? await keys.get()) ?? [])
        return facts
    }

    /// The rows of a file: one for each bucket and name that has a request.
    static func cells(_ reply: SummarizeReply, _ ask: UsageModel.Ask) -> [UsageCell] {
        reply.series.flatMap { series in
            series.requests.indices.filter { series.requests[$0] > 0 || series.costNanoUSD[$0] > 0 }.map { index in
                UsageCell(
                    startUS: series.startUS + index * ask.span.bucketUS,
                    name: series.name,
                    requests: series.requests[index],
                    tokens: series.tokens[index],
                    costNanoUSD: series.costNanoUSD[index]
                )
            }
        }
    }
}
