import Contracts
import Hummingbird
import PortalCore

/// `/quotas`: how much of its plan each key has used, and which provider accounts are left alone.
struct QuotaPages: PageGroup {
    private static let pageSize = 100
    private static let columns = [
        Sorting.Column(name: "name", title: "Key"), Sorting.Column(title: "Plan"),
        Sorting.Column(name: "used", title: "Used", isFigure: true, isDrawn: true),
        Sorting.Column(name: "ends", title: "Starts anew"), Sorting.Column(title: "Where it leads"),
        Sorting.Column(name: "now", title: "This minute", isFigure: true),
        Sorting.Column(title: "At once", isFigure: true),
    ]

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/quotas") { request, context in try await page(PageRequest(request, context)) }
    }

    private struct Row {
        let name: String
        let href: String
        let plan: String
        let planHref: String?
        let used: String
        let usedMore: String?
        let meter: String
        let ends: String
        let endsIn: String?
        let course: String
        let kind: String?
        let icon: String
        let rates: String
        let ratesMore: String?
        let atOnce: String
    }

    private struct Plan {
        let name: String
        let href: String
        let meter: String
        let text: String
    }

    private struct Account {
        let name: String
        let provider: String
        let href: String
        let colour: String
        let kind: String
        let icon: String
        let state: String
        let text: String?
        let until: String
    }

    private struct Model {
        let sentence: String
        let down: Down?
        let hasRows: Bool
        let heads: [Sorting.Head]
        let rows: [Row]
        let csv = "/quotas.csv"
        let json = "/quotas.json"
        let first: String?
        let next: String?
        let hasPlans: Bool
        let plans: [Plan]
        let hasAccounts: Bool
        let accounts: [Account]
    }

    /// A key with what it has used.
    private struct Held {
        let key: KeyItem
        let budget: BudgetItem
        let plan: PlanItem?
        /// Per mille of the plan; −1 without a limit.
        let share: Int

        init(_ key: KeyItem, _ budget: BudgetItem, _ plan: PlanItem?) {
            (self.key, self.budget, self.plan) = (key, budget, plan)
            share = PlanWords.share(budget).map { Int(1000 * Double($0.used) / Double($0.limit)) } ?? -1
        }
    }

    private func page(_ request: PageRequest) async throws -> Response {
        let query = request.query("sort", "page")
        let now = view.parts.clock.nowUS
        let peers = view.parts.peers
        let router = AdminMethods.routerV1
        async let accounts = attempt { () throws(ServiceError) in try await peers.all(router.accounts, limit: 2000) }
        async let health = attempt { () throws(ServiceError) in try await peers.all(router.health, limit: 500) }
        let facts = await PlanPages.facts(peers)
        let names = await view.names.current()
        let plans = Dictionary(facts.plans.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let held = facts.keys.filter { $0.revokedUS == nil && ($0.expiresUS ?? .max) > now }.compactMap { key in
            facts.budgets[key.id].map { Held(key, $0, key.plan.flatMap { plans[$0] }) }
        }
        let order = Sorting(query, Self.columns, standard: "used")
        let sorted = Self.sorted(held, order)
        let start = min(sorted.count, max(0, Int(query["page"] ?? "") ?? 0))
        let end = min(sorted.count, start + Self.pageSize)
        let (known, states) = ((try? await accounts.get()) ?? [], (try? await health.get()) ?? [])
        let rows = Self.accounts(known, states, names, nowUS: now)
        let model = Model(
            sentence: Self.sentence(held, rows),
            down: facts.down,
            hasRows: !sorted.isEmpty,
            heads: order.heads("/quotas", query, Self.columns),
            rows: sorted[start..<end].map { Self.row($0, nowUS: now) },
            first: start > 0 ? "/quotas" + query.with("page", nil).text : nil,
            next: end < sorted.count ? "/quotas" + query.with("page", "\(end)", keepsPage: true).text : nil,
            hasPlans: held.contains { $0.share >= 0 },
            plans: Self.plans(held),
            hasAccounts: !rows.isEmpty,
            accounts: rows
        )
        return try await view.admin("quotas", "Quotas", model, request)
    }

    private static func sentence(_ held: [Held], _ accounts: [Account]) -> String {
        let over = held.count { $0.share >= 1000 }
        let near = held.count { (800..<1000).contains($0.share) }
        let away = accounts.count { $0.kind == "bad" || $0.kind == "warn" }
        var parts: [String] = []
        func their(_ count: Int) -> String { count == 1 ? "its plan" : "their plans" }
        if over > 0 { parts.append("\(Counts.of(over, "key has", "keys have")) used up \(their(over))") }
        if near > 0 { parts.append("\(Counts.of(near, "key is", "keys are")) near the end of \(their(near))") }
        if away > 0 { parts.append("\(Counts.of(away, "account is", "accounts are")) left alone") }
        guard let last = parts.popLast() else { return "Every key has room, and every account may be used." }
        let text = parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
        return text.capitalizedFirst + "."
    }

    private static func sorted(_ held: [Held], _ order: Sorting) -> [Held] {
        switch order.column {
        case "name": order.sorted(held) { $0.key.name.lowercased() }
        case "ends": order.sorted(held) { $0.budget.periodEndUS == 0 ? Int.max : $0.budget.periodEndUS }
        case "now": order.sorted(held, by: \.budget.rpmUsed)
        default: order.sorted(held, by: \.share)
        }
    }

    private static func row(_ held: Held, nowUS: Int) -> Row {
        let (key, budget) = (held.key, held.budget)
        let share = PlanWords.share(budget)
        let course = course(budget, nowUS: nowUS)
        let hasBoth = budget.limitNanoUSD > 0 && budget.limitTokens > 0
        let tokens = "\(Counts.short(budget.tokens)) of \(Counts.short(budget.limitTokens)) tokens"
        return Row(
            name: key.name,
            href: "/usage" + PageQuery("", names: []).with("key", key.id).text,
            plan: held.plan?.name ?? "no plan",
            planHref: held.plan.map { "/plans/\(PathText.segment($0.id))" },
            used: budget.limitNanoUSD > 0
                ? "\(Dollars.sum(budget.spentNanoUSD)) of \(Dollars.sum(budget.limitNanoUSD))"
                : budget.limitTokens > 0 ? tokens : "\(Dollars.sum(budget.spentNanoUSD)), no limit",
            usedMore: hasBoth ? tokens : nil,
            meter: share.map { PlanWords.meter($0.used, of: $0.limit) } ?? "",
            ends: budget.periodEndUS > 0 ? Moments.dayMonth(budget.periodEndUS) : "never",
            endsIn: budget.periodEndUS > nowUS ? Self.until(budget.periodEndUS, nowUS: nowUS) : nil,
            course: course.text,
            kind: course.kind,
            icon: course.kind == "bad" ? "bad" : "warn",
            rates: rate(budget.rpmUsed, budget.rpmLimit, ""),
            ratesMore: budget.tpmLimit.map { "\(Counts.short(budget.tpmUsed)) of \(Counts.short($0)) tokens" },
            atOnce: rate(budget.concurrency, budget.concurrencyLimit, "")
        )
    }

    private static func rate(_ used: Int, _ limit: Int?, _ unit: String) -> String {
        limit.map { "\(Counts.short(used)) of \(Counts.short($0))\(unit)" } ?? Counts.short(used)
    }

    /// `in 4 days`, `in 3 hours`.
    private static func until(_ timeUS: Int, nowUS: Int) -> String {
        let left = timeUS - nowUS
        if left < Moments.hour { return "in \(Counts.of(max(1, left / Moments.minute), "minute", "minutes"))" }
        if left < 2 * Moments.day { return "in \(Counts.of(left / Moments.hour, "hour", "hours"))" }
        return "in \(Counts.of(left / Moments.day, "day", "days"))"
    }

    private static func course(_ budget: BudgetItem, nowUS: Int) -> (text: String, kind: String?) {
        if let share = PlanWords.share(budget), share.used >= share.limit { return ("used up", "bad") }
        let course = Projection(
            spent: budget.spentNanoUSD,
            limit: budget.limitNanoUSD,
            startUS: budget.periodStartUS,
            endUS: budget.periodEndUS,
            nowUS: nowUS
        )
        if let time = course.exhaustedUS { return ("used up on \(Moments.dayMonth(time))", "warn") }
        guard let sum = course.nanoUSD, budget.spentNanoUSD > 0 else { return ("–", nil) }
        return ("about \(Dollars.sum(sum)) by then", nil)
    }

    /// What the keys of each plan have used together.
    private static func plans(_ held: [Held]) -> [Plan] {
        let grouped = Dictionary(grouping: held.filter { $0.share >= 0 }, by: { $0.plan?.id ?? "" })
        return grouped.sorted { $0.key.lowercased() < $1.key.lowercased() }.compactMap { id, keys in
            guard let plan = keys.first?.plan else { return nil }
            let isMoney = plan.limitNanoUSD > 0
            let used = keys.reduce(0.0) { $0 + Double(isMoney ? $1.budget.spentNanoUSD : $1.budget.tokens) }
            let limit = Double(isMoney ? plan.limitNanoUSD : plan.limitTokens) * Double(keys.count)
            // Sums beyond what a number holds are shown as full.
            let (whole, part) = (Int(exactly: limit.rounded()) ?? .max, Int(exactly: used.rounded()) ?? .max)
            func text(_ value: Int) -> String { isMoney ? Dollars.sum(value) : Counts.short(value) }
            return Plan(
                name: "\(plan.name), \(Counts.of(keys.count, "key", "keys"))",
                href: "/plans/\(PathText.segment(id))",
                meter: PlanWords.meter(part, of: whole),
                text: "\(text(part)) of \(text(whole))"
            )
        }
    }

    /// The accounts, those that are left alone first.
    private static func accounts(
        _ accounts: [AccountItem],
        _ health: [HealthItem],
        _ names: [String: String],
        nowUS: Int
    ) -> [Account] {
        let states = Dictionary(grouping: health.filter { $0.account != nil }, by: { $0.account ?? "" })
        let rows = accounts.map { item in
            let words = AccountWords(item, nowUS: nowUS)
            let models = (states[item.id] ?? []).filter { $0.model != nil && ($0.cooldownUntilUS ?? 0) > nowUS }
            let failures = (states[item.id] ?? []).map(\.failures).max() ?? 0
            let paused = models.compactMap(\.model).prefix(3).joined(separator: ", ")
            let inRow = failures > 0 ? "\(Counts.of(failures, "failure", "failures")) in a row" : nil
            return Account(
                name: item.label.isEmpty ? item.id : item.label,
                provider: names[item.provider] ?? item.provider,
                href: "/providers/\(PathText.segment(item.provider))",
                colour: RouteColour.name(of: item.provider),
                kind: words.kind == "good" && !models.isEmpty ? "warn" : words.kind,
                icon: words.kind == "good" && !models.isEmpty ? "warn" : words.icon,
                state: words.kind == "good" && !models.isEmpty ? "Some models wait" : words.state,
                text: paused.isEmpty ? inRow : paused,
                until: words.until ?? "–"
            )
        }
        let ranks = ["bad": 0, "warn": 1, "good": 2]
        func place(_ row: Account) -> (Int, String, String) {
            (ranks[row.kind] ?? 3, row.provider.lowercased(), row.name)
        }
        return rows.sorted { place($0) < place($1) }
    }
}

/// How an account does, in plain words.
struct AccountWords {
    let kind: String
    let icon: String
    let state: String
    /// Until when it is left alone.
    let until: String?

    init(_ item: AccountItem, nowUS: Int) {
        let isPaused = (item.cooldownUntilUS ?? 0) > nowUS
        let isBad = item.health == "failing"
        until = isPaused ? item.cooldownUntilUS.map { "\(Moments.short($0, nowUS: nowUS)) UTC" } : nil
        if !item.enabled {
            (kind, icon, state) = ("info", "info", "Switched off")
        } else if isBad {
            (kind, icon, state) = ("bad", "bad", "Not usable")
        } else if isPaused {
            (kind, icon, state) = ("warn", "warn", Words.reason(item.health).capitalizedFirst)
        } else {
            (kind, icon, state) = ("good", "ok", "In service")
        }
    }
}
