package import Contracts

/// Why a record is not taken.
package enum RecordRefusal: String, Error, Sendable {
    case badRequestID = "bad_request_id"
    case unknownKey = "unknown_key"
    case tooOld = "too_old"
    case tooManyAttempts = "too_many_attempts"
}

/// A record as the ledger takes it: priced, and with what it adds to every counter.
///
/// Shared, not copied, on its way: a copy would count each of its dozen texts.
package final class PricedRecord: Sendable {
    package let record: UsageRecord
    /// The key's place in the state that priced it, which it keeps.
    let keyIndex: Int
    package let keyOrdinal: Int
    /// The usage of all attempts.
    package let usage: TokenUsage
    /// What it costs; `nil` when an attempt that used something has no price.
    package let costNanoUSD: Int?
    /// Where the budget period began that it belongs to, and that period's calendar.
    package let periodStartUS: Int
    package let span: String
    /// The UTC day, counted from the epoch, that the rollups file it under.
    package let day: Int
    package let shares: [Share]
    /// Tokens that savers kept from being sent, net of those they added.
    package let savedTokens: Int
    package let savings: [PricedSaving]
    package let trial: TrialAnswer?
    /// What it adds to the key's counters.
    package let totals: Totals

    init(
        record: consuming UsageRecord,
        keyIndex: Int,
        keyOrdinal: Int,
        usage: TokenUsage,
        costNanoUSD: Int?,
        periodStartUS: Int,
        span: String,
        day: Int,
        shares: [Share],
        savedTokens: Int,
        savings: [PricedSaving],
        trial: TrialAnswer?,
        totals: Totals
    ) {
        self.record = record
        self.keyIndex = keyIndex
        self.keyOrdinal = keyOrdinal
        self.usage = usage
        self.costNanoUSD = costNanoUSD
        self.periodStartUS = periodStartUS
        self.span = span
        self.day = day
        self.shares = shares
        self.savedTokens = savedTokens
        self.savings = savings
        self.trial = trial
        self.totals = totals
    }

    /// What one provider and model had in it.
    package struct Share: Sendable {
        package var provider: String
        package var model: String
        package var requests: Int
        package var errors: Int
        package var usage: TokenUsage
        package var costNanoUSD: Int
        /// What it would have cost without the provider's cache and without savers; its cost where nothing was saved.
        package var listNanoUSD = 0
        package var unpriced: Int
    }
}

extension MeterState {
    package static let maximumAttempts = 64

    /// Prices a record and finds what it adds where; changes nothing that counts.
    package mutating func price(
        _ record: UsageRecord,
        now: Moment,
        signer: some ReservationSigner
    ) throws(RecordRefusal) -> PricedRecord {
        guard Self.isRequestID(record.requestID) else { throw .badRequestID }
        guard let index = byID[record.keyID] else { throw .unknownKey }
        guard record.attempts.count <= Self.maximumAttempts else { throw .tooManyAttempts }
        // What still holds its lease cannot have been settled before, whatever a clock that jumped says.
        guard record.startedUS > now.epochUS - policy.retentionUS || holdsLease(record, signer: signer) else {
            throw .tooOld
        }
        // A router whose clock runs ahead must not open a period that has not begun.
        let startedUS = min(record.startedUS, now.epochUS)
        var record = record
        record.startedUS = startedUS
        var usage = TokenUsage()
        var cost: Int? = 0
        var shares: [PricedRecord.Share] = []
        let saved = record.savedTokens
        for (position, attempt) in record.attempts.enumerated() {
            usage.add(attempt.usage.bounded)
            let isLast = position == record.attempts.count - 1
            let share = share(of: attempt, isLast: isLast, outcome: record.outcome, saved: isLast ? saved : 0)
            cost = share.unpriced > 0 ? nil : cost.map { $0.addingClamped(share.costNanoUSD) }
            shares.append(share)
        }
        if shares.isEmpty { shares = [Self.unattempted(record)] }
        // Most records have none, and looking a price up is not free.
        let rates = record.savings.isEmpty ? nil : lastRates(record)
        let savings = record.savings.isEmpty ? [] : record.pricedSavings(rates)
        let plan = keys[index].plan
        let known = shares.reduce(0) { $0.addingClamped($1.costNanoUSD) }
        return PricedRecord(
            record: record,
            keyIndex: index,
            keyOrdinal: keys[index].terms.ordinal,
            usage: usage,
            costNanoUSD: cost,
            periodStartUS: (plan?.period ?? .total).start(of: startedUS, in: plan?.zone ?? .utc),
            span: keys[index].span,
            day: BudgetPeriod.day(of: startedUS),
            shares: shares,
            savedTokens: saved,
            savings: savings,
            trial: savings.isEmpty ? nil : record.trialAnswer(savings, rates),
            totals: Totals(nanoUSD: known, tokens: usage.budgetTokens, requests: 1, unpriced: cost == nil ? 1 : 0)
        )
    }

    /// The calendar of a key's budget; a key without a plan has one period for ever.
    package static func span(of plan: PlanTerms?) -> String {
        plan?.span ?? BudgetPeriod.total.rawValue + "/" + PeriodZone.utc.name
    }

    /// The rates of the attempt that answered.
    private mutating func lastRates(_ record: UsageRecord) -> Rates? {
        guard let last = record.attempts.last else { return nil }
        let price = prices.price(for: Target(provider: last.provider, model: last.model))
        return price?.rates(promptTokens: last.usage.bounded.promptTokens)
    }

    /// What reached no provider (a cache hit, a block) is filed under no provider.
    private static func unattempted(_ record: UsageRecord) -> PricedRecord.Share {
        PricedRecord.Share(
            provider: "",
            model: "",
            requests: 1,
            errors: record.outcome == .ok ? 0 : 1,
            usage: TokenUsage(),
            costNanoUSD: 0,
            unpriced: 0
        )
    }

    /// What an attempt adds; tokens that savers kept from being sent with it would have been input.
    private mutating func share(
        of attempt: Attempt,
        isLast: Bool,
        outcome: Outcome,
        saved: Int
    ) -> PricedRecord.Share {
        let target = Target(provider: attempt.provider, model: attempt.model)
        var share = PricedRecord.Share(
            provider: attempt.provider,
            model: attempt.model,
            requests: isLast ? 1 : 0,
            errors: isLast && outcome == .ok ? 0 : 1,
            usage: attempt.usage.bounded,
            costNanoUSD: 0,
            unpriced: 0
        )
        guard !attempt.usage.isZero else { return share }
        let price = prices.price(for: target)
        // Units (images, searches) have no rate of their own: only what is free is priced by them.
        let isPriced = price.map { $0.isFree || attempt.usage.units <= 0 } ?? false
        if let price {
            share.costNanoUSD = price.rates(promptTokens: share.usage.promptTokens).cost(of: share.usage)
            let full = share.usage.uncached(adding: saved)
            share.listNanoUSD = price.rates(promptTokens: full.promptTokens).cost(of: full)
        }
        share.unpriced = isPriced ? 0 : 1
        return share
    }

    /// The alerts that these records would raise; what is called with them next is ``apply(_:isNew:now:signer:)``.
    package mutating func dueAlerts(_ records: some Sequence<PricedRecord>, now: Moment) -> [BudgetAlert] {
        var uses: [Int: Totals] = [:]
        for record in records {
            let index = record.keyIndex
            keys[index].turnPeriod(at: now.epochUS)
            guard isCurrent(record, key: index) else { continue }
            uses[index, default: Totals()].add(record.totals)
        }
        return uses.flatMap { index, use in keys[index].dueAlerts(adding: use) }
    }

    /// Replaces reservations by what the ledger now holds; called after the commit.
    ///
    /// A record that the ledger had before adds nothing, but still ends its lease.
    package mutating func apply(_ record: PricedRecord, isNew: Bool, now: Moment, signer: some ReservationSigner) {
        expire(now)
        endLease(of: record, now: now, signer: signer)
        guard isNew else { return }
        let index = record.keyIndex
        keys[index].turnPeriod(at: now.epochUS)
        if record.span == keys[index].span { keys[index].count(record.totals, inPeriodOf: record.periodStartUS) }
        keys[index].lifetime.add(record.totals)
        keys[index].lastUsedUS = max(keys[index].lastUsedUS ?? 0, min(record.record.startedUS, now.epochUS))
    }

    /// Remembers alerts as raised, so that each comes once in a period.
    package mutating func markRaised(_ alerts: [BudgetAlert]) {
        for alert in alerts {
            guard let index = byID[alert.keyID], keys[index].periodStartUS == alert.periodStartUS else { continue }
            keys[index].raised.insert(alert.mark)
        }
    }

    private func isCurrent(_ record: PricedRecord, key index: Int) -> Bool {
        record.periodStartUS == keys[index].periodStartUS && record.span == keys[index].span
    }

    private func holdsLease(_ record: UsageRecord, signer: some ReservationSigner) -> Bool {
        guard let id = record.reservationID, let code = ReservationCode(id, signer: signer) else { return false }
        return code.keyID == record.keyID && lease(serial: code.serial) != nil
    }

    private mutating func endLease(of record: PricedRecord, now: Moment, signer: some ReservationSigner) {
        guard let id = record.record.reservationID,
            let code = keys[record.keyIndex].reservations.code(of: id, signer: signer),
            code.keyID == record.record.keyID
        else { return }
        if let lease = close(serial: code.serial) {
            release(lease)
            let actual = record.usage.rateTokens
            keys[lease.key].tokens.correct(by: actual - lease.tokens, slice: lease.slice, at: now.uptimeUS)
        } else if isEarlierLife(code), now.uptimeUS < announceUntilUS {
            settledEarly.insert(code.serial)
        }
    }
}

extension PricedRecord {
    /// When the request began, as far as the meter's clock has come.
    package var startedUS: Int { record.startedUS }
}

extension PricedRecord.Share {
    package static let none = Self(
        provider: "",
        model: "",
        requests: 0,
        errors: 0,
        usage: TokenUsage(),
        costNanoUSD: 0,
        unpriced: 0
    )

    package mutating func add(_ other: Self) {
        requests.addClamped(other.requests)
        errors.addClamped(other.errors)
        usage.add(other.usage)
        costNanoUSD.addClamped(other.costNanoUSD)
        listNanoUSD.addClamped(other.listNanoUSD)
        unpriced.addClamped(other.unpriced)
    }
}
