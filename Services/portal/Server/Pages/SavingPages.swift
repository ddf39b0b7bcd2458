import Contracts
import Hummingbird
import PortalCore

/// `/saving`: what makes requests smaller, and what that was worth.
struct SavingPages: PageGroup {
    /// How far back figures by rule go.
    private static let days = 30

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/saving") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/saving") { request, context in try await save(PageRequest(request, context)) }
    }

    private struct Form {
        let problem: String?
        let verbatim: String?
    }

    private struct Day {
        let name: String
        let requests: String
        let cached: String
        let saved: String
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let scope: String
        let scopeTitle: String
        let scopes: [RangeLink]
        let kinds: FieldView
        let scopeName: FieldView
        let etag: String
        let isDeclared: Bool
        let form: Form
        let rows: [SavingForm.Row]
        let csv = "/saving.csv"
        let json = "/saving.json"
        let figures: SavingFigures
        let chart: ChartView?
        let hasDays: Bool
        let days: [Day]
    }

    private func page(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        draft: SettingItem? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let scope = PolicyModel.scope(request)
        let peers = view.parts.peers
        let now = view.parts.clock.nowUS
        async let settings = attempt { () throws(ServiceError) in
            try await peers.all(AdminMethods.saverV1.settings, limit: 1000)
        }
        async let summary = attempt { () throws(ServiceError) in
            try await peers.call(
                AdminMethods.meterV1.summarize,
                SummarizeRequest(sinceUS: now - 7 * Moments.day, untilUS: now, bucket: "day")
            )
        }
        async let keys = attempt { () throws(ServiceError) in try await peers.all(AdminMethods.meterV1.keys, limit: 500)
        }
        async let figures = SavingFigures(view.parts, days: Self.days, nowUS: now)
        let known = await settings
        var down: Down?
        if case .failure(let error) = known { down = Down("saver", error) }
        let all = (try? known.get()) ?? []
        let stored = all.first { $0.scope == scope }
        let days = (try? await summary.get())?.buckets ?? []
        let saved = days.reduce(0) { $0 + $1.savedTokens }
        let parts = scope == "global" ? [] : scope.split(separator: ":", maxSplits: 1).map(String.init)
        let model = Model(
            sentence: saved > 0
                ? "\(Counts.short(saved)) tokens kept off the bill in 7 days." : "Nothing saved in the last 7 days.",
            down: down,
            scope: scope,
            scopeTitle: PolicyModel.title(scope),
            scopes: PolicyModel.scopes("/saving", scope, all.map(\.scope), (try? await keys.get()) ?? []),
            kinds: PolicyModel.kinds(parts.first),
            scopeName: PolicyModel.name(parts.count == 2 ? parts[1] : nil),
            etag: stored?.etag ?? "",
            isDeclared: stored?.declared ?? false,
            form: Form(problem: state.problem, verbatim: state.verbatim),
            rows: SavingForm.rows(draft ?? stored ?? SettingItem(id: scope, scope: scope), state),
            figures: await figures,
            chart: saved > 0 ? Self.chart(days, nowUS: now) : nil,
            hasDays: saved > 0,
            days: days.reversed().map {
                Day(
                    name: Moments.dayMonth($0.startUS),
                    requests: Counts.grouped($0.requests),
                    cached: Counts.grouped($0.cachedTokens),
                    saved: Counts.grouped($0.savedTokens)
                )
            }
        )
        return try await view.admin("saving", "Token saving", model, request, status: status)
    }

    /// Tokens that never were sent, by day.
    private static func chart(_ days: [UsageSum], nowUS: Int) -> ChartView {
        let filled = OverviewModel.filled(days, range: .week, unit: Moments.day, nowUS: nowUS)
        let ticks = Plot.scale(filled.map(\.savedTokens).max() ?? 0)
        return ChartView(
            svg: Plot.bars([[], [], filled.map(\.savedTokens)], top: ticks.last ?? 1),
            ticks: ticks.map { Counts.short($0) },
            labels: filled.enumerated().map {
                $0.offset == filled.count - 1 ? "today" : Moments.weekday($0.element.startUS)
            },
            sentence:
                "Tokens that savers kept from being sent, by day: \(Counts.grouped(filled.reduce(0) { $0 + $1.savedTokens })) in all.",
            caption: "Tokens never sent, by day",
            size: "low columns",
            wideY: true,
            table: false,
            heads: [],
            lines: []
        )
    }

    private func save(_ request: PageRequest) async throws -> Response {
        let context = request.context
        let scope = PolicyModel.scope(context.form["scope"])
        var state = FormState(context.form, names: SavingForm.names)
        var draft: SettingItem?
        do {
            let all = try await view.parts.peers.all(AdminMethods.saverV1.settings, limit: 1000)
            let old = all.first { $0.scope == scope }
            let item = SavingForm.setting(context.form, over: old ?? SettingItem(id: scope, scope: scope), &state)
            draft = item
            guard state.errors.isEmpty else {
                return try await page(request, state, draft: draft, status: .unprocessableContent)
            }
            let etag = context.form["etag"].flatMap { $0.isEmpty ? nil : $0 }
            let saved = try await view.parts.acts.put(AdminMethods.saverV1.settings, item, etag: etag, context)
            let undo = view.undo.keep(.setting(before: old, after: saved), context.operatorSession)
            let query = PageQuery("", names: []).with("scope", scope == "global" ? nil : scope)
            return Reply.redirect(to: "/saving" + query.text, notice: .saved, undo: undo, context)
        } catch let error as ServiceError {
            let refused = state.refused(error, fields: SavingForm.fields)
            return try await page(request, refused, draft: draft, status: KeyPages.status(error))
        }
    }
}
