import Contracts

extension Sample {
    static let meterAdmin: [Sample] =
        resource(TenantItem(id: "default", name: "Default", etag: "1"))
        + resource(ProjectItem(id: "prj_1", name: "Website", etag: "1"))
        + resource(key) + resource(plan) + resource(price) + resource(ledgerRow) + resource(budget)
        + resource(rollup)
        + resource(
            SavingItem(
                id: "key_1/rtk/git-diff/input",
                keyID: "key_1",
                saver: "rtk",
                rule: "git-diff",
                priceClass: "input",
                requests: 3,
                tokensBefore: 900,
                tokensAfter: 300,
                savedNanoUSD: 1_800
            )
        )
        + resource(
            TrialItem(
                id: "caveman full+ponytail lite",
                sinceUS: 5,
                treated: 950,
                heldOut: 50,
                savedShare: 0.25,
                savedLow: 0.125,
                savedHigh: 0.375,
                savedNanoUSD: 90,
                savedNanoLow: 40,
                savedNanoHigh: 140,
                overheadTokens: 120,
                overheadNanoUSD: 12
            )
        )
        + resource(
            AlertItem(id: "alr_1", keyID: "key_1", threshold: 80, atUS: 5, message: "80 % of the budget is used.")
        )
        + [
            Sample(RatesRequest(targets: [Target(provider: "acme", model: "small")])),
            Sample(RatesReply(rates: [TargetRates(inputNano: 500_000_000, outputNano: 1_500_000_000)])),
            Sample(TargetRates(inputNano: 500_000_000, outputNano: 1_500_000_000)),
            Sample(IdentifyRequest(keySHA256: String(repeating: "0f", count: 32))),
            Sample(IdentifyReply(denial: denial, key: key, plan: plan, budget: budget)),
            Sample(
                SummarizeRequest(
                    sinceUS: 1,
                    untilUS: 2,
                    bucket: "day",
                    key: "key_1",
                    slices: 28,
                    split: "model",
                    totalsOnly: true
                )
            ),
            Sample(
                SummarizeReply(
                    totals: sum,
                    buckets: [sum],
                    providers: [sum],
                    models: [sum],
                    keys: [sum],
                    latency: latency,
                    latencies: [latency],
                    series: [series]
                )
            ),
            Sample(sum), Sample(series), Sample(latency), Sample(detail),
        ]

    private static let key = KeyItem(
        id: "key_1",
        name: "ci",
        plan: "team",
        project: "prj_1",
        display: "kr_ab12…wxyz",
        createdUS: 1,
        expiresUS: 2,
        revokedUS: 3,
        lastUsedUS: 4,
        declared: true,
        etag: "5",
        secret: "kr_secret",
        spentNanoUSD: 6,
        requests: 7,
        tokens: 8,
        unpricedRequests: 9,
        allowedModels: ["claude-*"],
        strictLossless: true
    )
    private static let plan = PlanItem(
        id: "team",
        name: "team",
        limitNanoUSD: 25_000_000_000,
        limitTokens: 1_000_000,
        rpm: 60,
        tpm: 100_000,
        concurrency: 8,
        period: "weekly",
        allowedModels: ["claude-*", "coding"],
        alertAt: [50, 80, 100],
        hardCutoff: true,
        cache: "exact",
        timezone: "Asia/Jakarta",
        strictLossless: true,
        declared: true,
        etag: "1"
    )
    private static let price = PriceItem(
        id: "acme/small",
        provider: "acme",
        model: "small",
        inputNano: 1,
        outputNano: 2,
        cacheReadNano: 3,
        cacheWriteNano: 4,
        cacheWrite1hNano: 5,
        reasoningNano: 6,
        source: "catalog",
        declared: true,
        etag: "1"
    )
    private static let ledgerRow = UsageItem(
        requestID: "req_1",
        keyID: "key_1",
        startedUS: 1,
        outcome: .ok,
        provider: "acme",
        model: "small",
        requestedModel: "coding",
        usage: usage,
        costNanoUSD: 12,
        priced: true,
        attempts: 2,
        firstTokenMS: 80,
        totalMS: 900,
        savedTokens: 70,
        guardAction: .mask,
        detail: detail
    )
    private static let budget = BudgetItem(
        id: "key_1",
        periodStartUS: 1,
        periodEndUS: 2,
        spentNanoUSD: 3,
        limitNanoUSD: 4,
        tokens: 5,
        limitTokens: 6,
        reservedNanoUSD: 7,
        reservedTokens: 8,
        concurrency: 9,
        rpmLimit: 10,
        rpmUsed: 11,
        tpmLimit: 12,
        tpmUsed: 13,
        concurrencyLimit: 14
    )
    private static let detail = UsageDetail(
        requestedModel: "coding",
        dialect: "openai",
        chain: "coding",
        conversation: "c0ffee",
        cache: "exact",
        attempts: [attempt],
        savings: [saving],
        guardVerdict: GuardSummary(action: .mask, decisionIDs: ["dec_1"])
    )
    private static let sum = UsageSum(
        name: "acme",
        startUS: 1,
        requests: 2,
        errors: 3,
        blocked: 4,
        unpriced: 5,
        costNanoUSD: 6,
        listNanoUSD: 7,
        inputTokens: 8,
        outputTokens: 9,
        cachedTokens: 10,
        savedTokens: 11
    )
    private static let series = UsageSeries(
        name: "acme",
        startUS: 1,
        requests: [2, 3],
        tokens: [4, 5],
        costNanoUSD: [6, 7]
    )
    private static let latency = UsageLatency(
        startUS: 7,
        p50MS: 1,
        p95MS: 2,
        firstTokenP50MS: 3,
        firstTokenP95MS: 4,
        samples: 5
    )
    private static let rollup = RollupItem(
        id: "rol_1",
        day: "2026-01-31",
        keyID: "key_1",
        provider: "acme",
        model: "small",
        requests: 10,
        errors: 1,
        usage: usage,
        costNanoUSD: 12,
        unpriced: 2
    )
}
