import Contracts

extension Sample {
    static let usage = TokenUsage(
        input: 100,
        cacheRead: 200,
        cacheWrite5m: 30,
        cacheWrite1h: 40,
        output: 50,
        reasoning: 6,
        audioIn: 7,
        audioOut: 8,
        units: 9
    )
    static let attempt = Attempt(
        n: 1,
        provider: "acme",
        model: "small",
        account: "acc_1",
        status: 429,
        reason: "rate_limited",
        durationMS: 412,
        usage: usage,
        usageSource: .provider
    )
    static let saving = Saving(
        saver: "rtk",
        rule: "git_diff",
        tokensBefore: 900,
        tokensAfter: 300,
        priceClass: "cache_lost",
        place: "system, byte 18"
    )
    static let record = UsageRecord(
        requestID: "req_1",
        reservationID: "res_1",
        keyID: "key_1",
        outcome: .providerError,
        dialect: "openai",
        requestedModel: "coding",
        chain: "coding",
        conversation: "c0ffee",
        cache: "exact",
        startedUS: 1_700_000_000_000_000,
        firstTokenMS: 80,
        totalMS: 1_200,
        attempts: [attempt],
        savings: [saving],
        guardVerdict: GuardSummary(action: .mask, decisionIDs: ["dec_1"])
    )
    static let denial = Denial(reason: .rpm, retryAfterMS: 1_200, message: "The key allows 20 requests a minute.")
    static let identity = Identity(tenant: "default", project: "prj_1", keyID: "key_1", keyName: "ci", plan: "team")
    static let rate = Rate(limit: 20, remaining: 0, resetMS: 1_200)
    static let limits = LimitsState(rpm: rate, tpm: rate, concurrency: Concurrency(limit: 5, inUse: 2))
    static let reservation = Reservation(id: "res_1", leaseMS: 60_000, nanoUSD: 1_500_000, tokens: 4_196)
    static let remaining = Remaining(nanoUSD: 25_000_000_000, tokens: 1_000_000)
    static let features = Features(cache: "semantic", strictLossless: true, holdout: true)

    static let admission = AdmitRequest(
        requestID: "req_1",
        keySHA256: String(repeating: "0f", count: 32),
        operation: .chat,
        requestedModel: "coding",
        targets: [Target(provider: "acme", model: "small")],
        estimatedInputTokens: 100,
        maxOutputTokens: 4_096,
        client: "claude-cli"
    )
    static let reply = AdmitReply(
        admitted: true,
        denial: denial,
        identity: identity,
        targets: [0, 2],
        reservation: reservation,
        remaining: remaining,
        limits: limits,
        features: features
    )
    static let grant = Grant(id: "rsv_1", requests: 8, useMS: 2_000, nanoUSD: 1_500_000, tokens: 4_196)

    static let meter: [Sample] = [
        Sample(admission),
        Sample(GrantRequest(unit: admission, requests: 16, ended: [EndedGrant(id: "rsv_0", used: 3)])),
        Sample(GrantReply(grant: grant, terms: reply)),
        Sample(grant),
        Sample(EndedGrant(id: "rsv_0", used: 3)),
        Sample(Target(provider: "acme", model: "small")),
        Sample(reply),
        Sample(denial),
        Sample(identity),
        Sample(reservation),
        Sample(remaining),
        Sample(limits),
        Sample(rate),
        Sample(Concurrency(limit: 5, inUse: 2)),
        Sample(features),
        Sample(RenewRequest(instance: "router-1", reservations: ["res_1", "res_2"])),
        Sample(RenewReply(unknown: ["res_2"])),
        Sample(SettleRequest(records: [record])),
        Sample(SettleReply(applied: ["req_1"], rejected: [Rejection(requestID: "req_2", reason: "unknown_key")])),
        Sample(Rejection(requestID: "req_2", reason: "unknown_key")),
        Sample(record),
        Sample(attempt),
        Sample(usage),
        Sample(saving),
        Sample(GuardSummary(action: .block, decisionIDs: ["dec_1", "dec_2"])),
        Sample(MeterChange(kind: "key_revoked", id: "key_1", keySHA256: String(repeating: "a0", count: 32))),
    ]
}
