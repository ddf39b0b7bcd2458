import Contracts

/// One key with everything an admission looks at.
struct KeyState: Sendable {
    var terms: KeyTerms
    var plan: PlanTerms?
    var allowance: ModelAllowance
    var limits: EffectiveLimits
    /// The calendar of its budget.
    var span: String

    var reservations = ReservationReader()
    var requests: RateWindow
    var tokens: RateWindow
    var inUse = 0
    var reservedNanoUSD = 0
    var reservedTokens = 0

    var periodStartUS = 0
    var periodEndUS: Int?
    var spent = Totals()
    /// The periods that the clock has left, or was ahead in.
    private(set) var others: [OtherPeriod] = []
    var lifetime = Totals()
    var lastUsedUS: Int?
    /// The alerts raised in this period.
    var raised: Set<BudgetAlert.Mark> = []

    /// What was used in a period that is not the present one.
    struct OtherPeriod: Sendable {
        var startUS: Int
        var spent: Totals
    }

    private static let maximumOthers = 3

    init(terms: KeyTerms, plan: PlanTerms?, policy: LimitPolicy) {
        self.terms = terms
        self.plan = plan
        allowance = ModelAllowance([plan?.allowedModels ?? [], terms.allowedModels])
        limits = EffectiveLimits(plan: plan, policy: policy)
        span = MeterState.span(of: plan)
        requests = RateWindow(windowUS: policy.windowUS)
        tokens = RateWindow(windowUS: policy.windowUS)
    }

    /// Takes new terms; what is in flight and what was used stay.
    mutating func adopt(terms: KeyTerms, plan: PlanTerms?, policy: LimitPolicy) {
        self.terms = terms
        self.plan = plan
        allowance = ModelAllowance([plan?.allowedModels ?? [], terms.allowedModels])
        limits = EffectiveLimits(plan: plan, policy: policy)
        span = MeterState.span(of: plan)
    }

    /// Goes to the period that holds an instant when that is another than the present one.
    ///
    /// A clock that jumps finds in each period what was used in it: neither a jump ahead nor its correction gives room
    /// away or locks a key out.
    mutating func turnPeriod(at epochUS: Int) {
        if let end = periodEndUS, epochUS < end, epochUS >= periodStartUS { return }
        let bounds = (plan?.period ?? .total).bounds(of: epochUS, in: plan?.zone ?? .utc)
        periodEndUS = bounds.end
        guard bounds.start != periodStartUS else { return }
        let known = others.firstIndex { $0.startUS == bounds.start }.map { others.remove(at: $0).spent }
        if others.count >= Self.maximumOthers { others.removeFirst() }
        others.append(OtherPeriod(startUS: periodStartUS, spent: spent))
        // Going back to a period that nobody remembers keeps what is known to be spent.
        let isBack = bounds.start < periodStartUS
        spent = known ?? (isBack ? spent : Totals())
        periodStartUS = bounds.start
        raised = []
        if isBack || known != nil { raised = Set(dueAlerts(adding: Totals()).map(\.mark)) }
    }

    /// Starts from what the store knows of a period, and of others with the same calendar.
    mutating func restorePeriod(
        spent: Totals,
        others: [OtherPeriod] = [],
        raised: Set<BudgetAlert.Mark>,
        at epochUS: Int
    ) {
        let bounds = (plan?.period ?? .total).bounds(of: epochUS, in: plan?.zone ?? .utc)
        (periodStartUS, periodEndUS) = bounds
        self.spent = spent
        self.others = others.suffix(Self.maximumOthers)
        self.raised = raised
    }

    /// Counts a use in the period it belongs to, as far as that is remembered.
    mutating func count(_ use: Totals, inPeriodOf startUS: Int) {
        if startUS == periodStartUS {
            spent.add(use)
        } else if let index = others.firstIndex(where: { $0.startUS == startUS }) {
            others[index].spent.add(use)
        }
    }

    /// What is left of the period's budget, reservations taken off; `nil` without a limit.
    var remainingNanoUSD: Int? {
        guard let limit = plan?.limitNanoUSD, limit > 0 else { return nil }
        return max(0, limit - min(limit, spent.nanoUSD.addingClamped(reservedNanoUSD)))
    }

    var remainingTokens: Int? {
        guard let limit = plan?.limitTokens, limit > 0 else { return nil }
        return max(0, limit - min(limit, spent.tokens.addingClamped(reservedTokens)))
    }

    /// The alerts that a further use would raise.
    func dueAlerts(adding use: Totals) -> [BudgetAlert] {
        guard let plan, !plan.alertAt.isEmpty else { return [] }
        var after = spent
        after.add(use)
        let measures = [
            (BudgetAlert.Measure.money, after.nanoUSD, plan.limitNanoUSD),
            (BudgetAlert.Measure.tokens, after.tokens, plan.limitTokens),
        ]
        var alerts: [BudgetAlert] = []
        for (measure, used, limit) in measures where limit > 0 {
            for threshold in plan.alertAt.sorted() {
                let mark = BudgetAlert.Mark(measure: measure, threshold: threshold)
                let isCrossed = UInt128(max(0, used)) * 100 >= UInt128(limit) * UInt128(max(0, threshold))
                guard isCrossed, !raised.contains(mark) else { continue }
                alerts.append(
                    BudgetAlert(keyID: terms.id, periodStartUS: periodStartUS, mark: mark, used: used, limit: limit)
                )
            }
        }
        return alerts
    }
}

/// The limits that hold for a key, defaults filled in; 0 for none.
struct EffectiveLimits: Sendable, Hashable {
    var rpm: Int
    var tpm: Int
    var concurrency: Int

    init(plan: PlanTerms?, policy: LimitPolicy) {
        guard policy.isEnabled else {
            (rpm, tpm, concurrency) = (0, 0, 0)
            return
        }
        rpm = max(0, plan?.rpm ?? policy.rpm)
        tpm = max(0, plan?.tpm ?? policy.tpm)
        concurrency = max(0, plan?.concurrency ?? policy.concurrency)
    }

    var isUnlimited: Bool { rpm == 0 && tpm == 0 && concurrency == 0 }
}

/// A budget that passed one of its plan's thresholds.
package struct BudgetAlert: Hashable, Sendable {
    package enum Measure: String, Sendable {
        case money
        case tokens
    }

    /// What was passed; each once in a period.
    package struct Mark: Hashable, Sendable {
        package var measure: Measure
        /// A percentage of the limit.
        package var threshold: Int

        package init(measure: Measure, threshold: Int) {
            self.measure = measure
            self.threshold = threshold
        }
    }

    package var keyID: String
    package var periodStartUS: Int
    package var mark: Mark
    package var used: Int
    package var limit: Int
}
