import Contracts
import Hummingbird
import PortalCore

/// `/saving`: what makes requests smaller, and what that was worth.
struct SavingPages: PageGroup {
    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/saving") { request, context in try await page(PageRequest(request, context)) }
        routes.admin.post("/saving") { request, context in try await save(PageRequest(request, context)) }
    }

    private func page(
        _ request: PageRequest,
        _ state: FormState = FormState(),
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let scope = PolicyModel.scope(request.context.form["scope"] ?? request.query("scope")["scope"])
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
        let known = await settings
        var down: Down?
        if case .failure(let error) = known { down = Down("saver", error) }
        let all = (try? known.get()) ?? []
        let item = all.first { $0.scope == scope } ?? SettingItem(id: scope, scope: scope)
        let days = (try? await summary.get())?.buckets ?? []
        let saved = days.reduce(0) { $0 + $1.savedTokens }
        let inherit = scope == "global" ? "As built in" : "As for everybody"
        let model = PolicyModel(
            heading: "Token saving",
            sentence: saved > 0
                ? "\(Counts.short(saved)) tokens kept off the bill in 7 days." : "Nothing saved in the last 7 days.",
            down: down,
            action: "/saving",
            scope: scope,
            scopeTitle: PolicyModel.title(scope),
            scopeText: "What a scope leaves open, a wider one decides.",
            scopes: PolicyModel.scopes("/saving", scope, all.map(\.scope), (try? await keys.get()) ?? []),
            etag: item.etag,
            isDeclared: item.declared,
            form: PolicyModel.Form(problem: state.problem, verbatim: state.verbatim),
            switches: [
                PolicyModel.Switch(
                    title: "Smaller tool results",
                    text: "What tools print is shortened before it is sent on, without losing what matters.",
                    selects: [PolicyModel.onOff("rtk", item.rtk, scope: scope)]
                ),
                PolicyModel.Switch(
                    title: "Shorter answers",
                    text: "Models are asked to leave out what nobody asked for.",
                    selects: [
                        PolicyModel.Select(
                            field: "terse",
                            label: "State",
                            choices: PolicyModel.choices(
                                [("", inherit), ("on", "On"), ("off", "Off")],
                                item.terse ?? ""
                            )
                        )
                    ]
                ),
            ],
            listTitle: "Saved by day",
            hasList: saved > 0,
            listHeads: PolicyModel.heads([
                ("Day", false), ("Requests", true), ("Read from cache", true), ("Never sent", true),
            ]),
            list: days.reversed().map {
                [
                    PolicyModel.Cell(text: Moments.dayMonth($0.startUS)),
                    PolicyModel.Cell(text: Counts.grouped($0.requests), isFigure: true),
                    PolicyModel.Cell(text: Counts.grouped($0.cachedTokens), isFigure: true),
                    PolicyModel.Cell(text: Counts.grouped($0.savedTokens), isFigure: true),
                ]
            },
            listEmpty: "Figures appear here once a saver has made a request smaller.",
            csv: "/saving.csv",
            json: "/saving.json",
            chart: saved > 0 ? Self.chart(days, nowUS: now) : nil
        )
        return try await view.admin("policy", "Token saving", model, request, status: status)
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
        let form = context.form
        let scope = PolicyModel.scope(form["scope"])
        do throws(ServiceError) {
            let all = try await view.parts.peers.all(AdminMethods.saverV1.settings, limit: 1000)
            let old = all.first { $0.scope == scope }
            var item = old ?? SettingItem(id: scope, scope: scope)
            item.rtk = ["on": true, "off": false][form["rtk"] ?? ""]
            item.terse = form["terse"].flatMap { $0.isEmpty ? nil : $0 }
            let etag = form["etag"].flatMap { $0.isEmpty ? nil : $0 }
            let saved = try await view.parts.acts.put(AdminMethods.saverV1.settings, item, etag: etag, context)
            let undo = view.undo.keep(.setting(before: old, after: saved), context.operatorSession)
            let query = PageQuery("", names: []).with("scope", scope == "global" ? nil : scope)
            return Reply.redirect(to: "/saving" + query.text, notice: .saved, undo: undo, context)
        } catch {
            return try await page(request, FormState().refused(error), status: KeyPages.status(error))
        }
    }
}
