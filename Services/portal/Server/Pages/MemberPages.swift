import Contracts
import Hummingbird
import PortalCore

/// `/portal`: what a teammate's key has left, until when, and what it did.
///
/// The key's id comes from the session alone:
/// no address and no field names one.
struct MemberPages: PageGroup {
    private static let pageSize = 20

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.member.get("/portal") { request, context in
            guard let id = context.memberSession?.keyID else { throw Problem.notFound }
            return try await page(id, PageRequest(request, context))
        }
    }

    private func page(_ id: String, _ request: PageRequest) async throws -> Response {
        let peers = view.parts.peers
        let meter = AdminMethods.meterV1
        let now = view.parts.clock.nowUS
        let query = request.query("range", "page")
        let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .month
        let key = try await peers.call(meter.keys.get, GetRequest(id: id))
        let span = SummarizeRequest(sinceUS: now - range.lengthUS, untilUS: now, bucket: range.bucket, key: id)
        let ask = ListRequest(pageToken: query["page"], pageSize: Self.pageSize, filter: ["key": id])
        async let budget = attempt { () throws(ServiceError) in
            try await peers.call(meter.budgets.get, GetRequest(id: id))
        }
        async let summary = attempt { () throws(ServiceError) in try await peers.call(meter.summarize, span) }
        async let rows = attempt { () throws(ServiceError) in try await peers.call(meter.usage.list, ask) }
        var plan: PlanItem?
        if let name = key.plan { plan = try? await peers.call(meter.plans.get, GetRequest(id: name)) }
        let state = try? await budget.get()
        var spent: SummarizeReply?
        if let state, state.periodStartUS > 0, state.periodStartUS < now {
            let period = SummarizeRequest(sinceUS: state.periodStartUS, untilUS: now, bucket: "day", key: id)
            spent = try? await peers.call(meter.summarize, period)
        }
        let list = await rows
        var down: Down?
        if case .failure(let error) = list { down = Down("meter", error) }
        let facts = MemberModel.Facts(
            key: key,
            plan: plan,
            budget: state,
            summary: try? await summary.get(),
            period: spent,
            rows: (try? list.get().items) ?? [],
            next: (try? list.get().next).flatMap(\.self),
            down: down,
            providers: await view.names.current()
        )
        let base = "\(request.context.scheme.rawValue)://\(request.host)"
        let model = MemberModel(facts, range: range, query: query, base: base, nowUS: now)
        return try view.answer("member", "Your figures", .member, model, request)
    }
}
