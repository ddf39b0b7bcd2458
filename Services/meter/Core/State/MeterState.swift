package import Contracts

/// Everything the meter decides with, in memory.
///
/// A value without I/O or a clock: the service holds it under one lock, hands each call the present ``Moment``, and
/// writes to the store what the calls say. No call waits, and each is a constant amount of work for a given request.
package struct MeterState: Sendable {
    /// How long a lease lasts without renewal.
    package static let leaseMS = 60_000
    /// How long a restarted meter waits for routers to announce what they hold.
    package static let announceMS = 2000

    var policy: LimitPolicy
    var keys: [KeyState] = []
    var byDigest: [String: Int] = [:]
    var byID: [String: Int] = [:]
    var plans: [String: PlanTerms] = [:]
    package var prices = PriceBook()
    var leases = LeaseTable()
    /// What grants hold until their routers give account of them.
    var granted = LeaseTable()
    var lastSerial: UInt64 = 0
    var startedMS: Int
    /// Until when keys with limits wait for announcements; `nil` once they need not.
    var gateUS: Int?
    /// The routers whose announcement is still to come.
    var awaited: Set<String> = []
    /// Leases of an earlier life that were settled before anybody announced them.
    var settledEarly: Set<UInt64> = []
    /// Until when leases of an earlier life may be announced.
    var announceUntilUS: Int

    /// An empty state.
    ///
    /// - Parameters:
    ///   - policy: The configured limits.
    ///   - now: When the meter started; what was issued before belongs to an earlier life.
    ///   - awaited: The routers that may hold leases of an earlier life; empty with `isFresh` false means that they are
    ///     unknown and the whole wait applies.
    ///   - isFresh: Whether nothing can be held from an earlier life.
    package init(policy: LimitPolicy, now: Moment, awaited: Set<String> = [], isFresh: Bool = true) {
        self.policy = policy
        startedMS = now.epochUS / 1000
        announceUntilUS = now.uptimeUS + Self.leaseMS * 1000
        if !isFresh {
            gateUS = now.uptimeUS + Self.announceMS * 1000
            self.awaited = awaited
        }
    }

    // MARK: Terms

    /// Adds or changes a plan; keys on it follow at once.
    package mutating func setPlan(_ plan: PlanTerms, now: Moment) {
        plans[plan.name] = plan
        for index in keys.indices where keys[index].terms.plan == plan.name {
            keys[index].adopt(terms: keys[index].terms, plan: plan, policy: policy)
            keys[index].turnPeriod(at: now.epochUS)
        }
    }

    package mutating func removePlan(_ name: String) {
        plans[name] = nil
    }

    package func plan(_ name: String) -> PlanTerms? { plans[name] }

    /// Adds or changes a key; what it holds and has used stays.
    package mutating func setKey(_ terms: KeyTerms, now: Moment) {
        let plan = terms.plan.flatMap { plans[$0] }
        if let index = byID[terms.id] {
            byDigest[keys[index].terms.digest] = nil
            keys[index].adopt(terms: terms, plan: plan, policy: policy)
            byDigest[terms.digest] = index
            return
        }
        byID[terms.id] = keys.count
        byDigest[terms.digest] = keys.count
        var key = KeyState(terms: terms, plan: plan, policy: policy)
        key.restorePeriod(spent: Totals(), raised: [], at: now.epochUS)
        keys.append(key)
    }

    /// Sets what a key has used, as the store knows it, with what it used in other periods of the same calendar.
    package mutating func restore(
        keyID: String,
        spent: Totals,
        others: [(startUS: Int, spent: Totals)] = [],
        lifetime: Totals,
        lastUsedUS: Int?,
        raised: Set<BudgetAlert.Mark>,
        now: Moment
    ) {
        guard let index = byID[keyID] else { return }
        keys[index].restorePeriod(
            spent: spent,
            others: others.map { KeyState.OtherPeriod(startUS: $0.startUS, spent: $0.spent) },
            raised: raised,
            at: now.epochUS
        )
        keys[index].lifetime = lifetime
        keys[index].lastUsedUS = lastUsedUS
    }

    /// Begins a key's period over with what the store says was used in it: its plan's calendar has changed.
    package mutating func restartPeriod(keyID: String, spent: Totals, now: Moment) {
        guard let index = byID[keyID] else { return }
        keys[index].restorePeriod(spent: spent, raised: [], at: now.epochUS)
        keys[index].raised = Set(keys[index].dueAlerts(adding: Totals()).map(\.mark))
    }

    /// Counts what a key used shortly before this life began, so that a restart gives no rate away.
    package mutating func restoreRate(keyID: String, requests: Int, tokens: Int, now: Moment) {
        guard let index = byID[keyID] else { return }
        _ = keys[index].requests.add(max(0, requests), at: now.uptimeUS)
        _ = keys[index].tokens.add(max(0, tokens), at: now.uptimeUS)
    }

    // MARK: Views

    package var openLeases: Int { leases.count + granted.count }

    /// A key as it stands.
    package struct KeyView: Sendable {
        package var terms: KeyTerms
        package var plan: PlanTerms?
        package var periodStartUS: Int
        package var periodEndUS: Int?
        package var spent: Totals
        package var lifetime: Totals
        package var lastUsedUS: Int?
        package var reservedNanoUSD: Int
        package var reservedTokens: Int
        package var inUse: Int
        /// The limits that hold, 0 for none, and what counts against them now.
        package var rpmLimit: Int
        package var rpmUsed: Int
        package var tpmLimit: Int
        package var tpmUsed: Int
        package var concurrencyLimit: Int
    }

    package mutating func view(keyID: String, now: Moment) -> KeyView? {
        expire(now)
        guard let index = byID[keyID] else { return nil }
        keys[index].turnPeriod(at: now.epochUS)
        let requests = keys[index].requests.used(at: now.uptimeUS)
        let tokens = keys[index].tokens.used(at: now.uptimeUS)
        let key = keys[index]
        return KeyView(
            terms: key.terms,
            plan: key.plan,
            periodStartUS: key.periodStartUS,
            periodEndUS: key.periodEndUS,
            spent: key.spent,
            lifetime: key.lifetime,
            lastUsedUS: key.lastUsedUS,
            reservedNanoUSD: key.reservedNanoUSD,
            reservedTokens: key.reservedTokens,
            inUse: key.inUse,
            rpmLimit: key.limits.rpm,
            rpmUsed: requests,
            tpmLimit: key.limits.tpm,
            tpmUsed: tokens,
            concurrencyLimit: key.limits.concurrency
        )
    }

    /// Whose key a digest is, and why it is of no use if it is not good.
    package mutating func identify(digest: String, now: Moment) -> (view: KeyView?, denial: Denial?) {
        guard let index = byDigest[digest] else {
            return (nil, Denial(reason: .unknownKey, message: Self.unknownKey.message))
        }
        if let refusal = Self.standing(of: keys[index], at: now) {
            return (nil, Denial(reason: refusal.reason, message: refusal.message))
        }
        return (view(keyID: keys[index].terms.id, now: now), nil)
    }

    /// The keys on a plan.
    package func keyIDs(onPlan name: String) -> [String] {
        keys.filter { $0.terms.plan == name }.map(\.terms.id)
    }
}

extension MeterState {
    package func ordinal(keyID: String) -> Int? {
        byID[keyID].map { keys[$0].terms.ordinal }
    }

    /// The project of a key; `nil` when it has none, or is not there.
    package func project(keyID: String) -> String? {
        byID[keyID].flatMap { keys[$0].terms.project }
    }

    /// Keys after an ordinal, oldest first, all or the one with an id.
    package mutating func views(after ordinal: Int, limit: Int, keyID: String?, now: Moment) -> [KeyView] {
        if let keyID {
            guard let view = view(keyID: keyID, now: now), view.terms.ordinal > ordinal else { return [] }
            return [view]
        }
        return keys.indices.filter { keys[$0].terms.ordinal > ordinal }
            .sorted { keys[$0].terms.ordinal < keys[$1].terms.ordinal }
            .prefix(limit)
            .compactMap { view(keyID: keys[$0].terms.id, now: now) }
    }
}
