import Contracts
import Hummingbird
import PortalCore

@testable import PortalServer

/// Pages with a busy week in them, for eyes and for checks of what is shown; every text can be made hostile.
struct SamplePages: PageGroup {
    static let nowUS = 1_795_787_272_000_000
    /// Breaks out of text, attributes, scripts and addresses, where something lets it.
    static let hostile = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{x}}&amp;"

    let view: PageView
    /// Stands behind every text.
    var suffix = ""

    func add(to routes: PortalRoutes) {
        routes.open.get("/portal/sample/overview") { request, context in
            let model = OverviewModel(facts, range: .week, query: PageQuery("", names: []), nowUS: Self.nowUS)
            return try view.answer(
                "overview",
                "Overview",
                .admin(RailCounts(keys: "14")),
                model,
                Self.at("/", request, context)
            )
        }
        routes.open.get("/portal/sample/request") { request, context in
            let model = JourneyModel(usage(2, detailed: true), key: "mira\(suffix)")
            return try view.answer(
                "request",
                "Request",
                .admin(RailCounts()),
                model,
                Self.at("/requests/r", request, context)
            )
        }
        routes.open.get("/portal/sample/member") { request, context in
            let model = MemberModel(
                member,
                range: .month,
                query: PageQuery("", names: []),
                base: "https://ai.example",
                nowUS: Self.nowUS
            )
            return try view.answer("member", "Your figures", .member, model, Self.at("/portal", request, context))
        }
    }

    private static func at(_ path: String, _ request: Request, _ context: PortalContext) -> PageRequest {
        PageRequest(context, path: path)
    }

    private static let names = ["anthropic", "openai", "deepseek", "gemini", "groq", "ollama"]

    private func usage(_ index: Int, detailed: Bool = false) -> UsageItem {
        let name = Self.names[index % Self.names.count]
        let outcomes: [Outcome] = [.ok, .ok, .ok, .blocked, .ok, .providerError, .ok, .clientError]
        let detail = UsageDetail(
            requestedModel: "coding\(suffix)",
            dialect: "openai",
            chain: "coding\(suffix)",
            conversation: nil,
            cache: "none",
            attempts: [
                Attempt(
                    n: 1,
                    provider: "openai\(suffix)",
                    model: "gpt-5\(suffix)",
                    account: "team-2\(suffix)",
                    status: 429,
                    reason: "rate_limit\(suffix)",
                    durationMS: 340,
                    usage: TokenUsage(),
                    usageSource: .provider
                ),
                Attempt(
                    n: 2,
                    provider: "deepseek",
                    model: "deepseek-chat\(suffix)",
                    account: "main",
                    status: 200,
                    reason: nil,
                    durationMS: 4600,
                    usage: TokenUsage(input: 9870, output: 642),
                    usageSource: .provider
                ),
            ],
            savings: [
                Saving(
                    saver: "rtk\(suffix)",
                    rule: "git-diff\(suffix)",
                    tokensBefore: 12_074,
                    tokensAfter: 9870,
                    priceClass: "input"
                )
            ],
            guardVerdict: GuardSummary(action: .mask)
        )
        return UsageItem(
            requestID: "req-\(index)\(suffix)",
            keyID: "k\(index % 3)\(suffix)",
            startedUS: Self.nowUS - index * 17_000_000,
            outcome: outcomes[index % 8],
            provider: index == 3 ? "" : name + suffix,
            model: "\(name)-large\(suffix)",
            requestedModel: "coding\(suffix)",
            usage: TokenUsage(input: 3902 + index * 611, cacheRead: 840, output: 211 + index * 97),
            costNanoUSD: 4_900_000 + index * 7_300_000,
            priced: true,
            attempts: index == 2 ? 2 : 1,
            firstTokenMS: 300 + index * 90,
            totalMS: 1200 + index * 700,
            savedTokens: index * 420,
            guardAction: nil,
            detail: detailed ? detail : nil
        )
    }

    private func sum(_ name: String, _ weight: Int, startUS: Int = 0) -> UsageSum {
        UsageSum(
            name: name,
            startUS: startUS,
            requests: weight * 7,
            errors: weight / 9,
            blocked: weight / 20,
            unpriced: 0,
            costNanoUSD: weight * 31_000_000,
            listNanoUSD: weight * 47_000_000,
            inputTokens: weight * 9000,
            outputTokens: weight * 800,
            cachedTokens: weight * 3100,
            savedTokens: weight * 900
        )
    }

    private func summary(_ range: TimeRange) -> SummarizeReply {
        let start = Moments.floor(Self.nowUS - range.lengthUS, to: range.bucketUS)
        let count = range.lengthUS / range.bucketUS
        let buckets = (0...count).map { index in
            sum("", 4 + (index * 7919 % 23) * (index % 24 > 7 ? 2 : 1), startUS: start + index * range.bucketUS)
        }
        return SummarizeReply(
            totals: sum("", 1834),
            buckets: buckets,
            providers: zip(Self.names, [744, 422, 245, 138, 77, 36]).map { sum($0 + suffix, $1) } + [sum("", 172)],
            models: Self.names.map { sum("\($0)\(suffix)/\($0)-large\(suffix)", 60) },
            keys: [sum("k0\(suffix)", 835), sum("k1\(suffix)", 445), sum("k2\(suffix)", 272), sum("k3\(suffix)", 187)],
            latency: UsageLatency(p50MS: 2100, p95MS: 6200, firstTokenP50MS: 410, firstTokenP95MS: 840, samples: 900),
            latencies: (0..<28).map { index in
                UsageLatency(
                    startUS: Self.nowUS - range.lengthUS + index * range.lengthUS / 28,
                    p50MS: 1800 + index * 37 % 900,
                    p95MS: 4100 + index * 97 % 2900,
                    firstTokenP50MS: 380 + index * 13 % 90,
                    samples: 100
                )
            }
        )
    }

    private var facts: OverviewPage.Facts {
        var facts = OverviewPage.Facts()
        facts.summary = summary(.week)
        facts.before = summary(.week)
        facts.rows = (0..<8).map { usage($0) }
        facts.keys = ["mira-laptop", "ci-nightly", "support-bot", "jo"].enumerated().map {
            KeyItem(id: "k\($0.offset)\(suffix)", name: $0.element + suffix)
        }
        facts.budgets = [40, 17].enumerated().map { index, spent in
            BudgetItem(
                id: "k\(index)\(suffix)",
                periodStartUS: 0,
                periodEndUS: 0,
                spentNanoUSD: spent * 1_000_000_000,
                limitNanoUSD: [60, 20][index] * 1_000_000_000,
                tokens: 0,
                limitTokens: 0,
                reservedNanoUSD: 0,
                reservedTokens: 0,
                concurrency: 0
            )
        }
        facts.providers = Self.names.map {
            ProviderItem(
                id: $0 + suffix,
                name: $0.capitalizedFirst + suffix,
                dialect: "openai",
                baseURL: "https://x.example/v1"
            )
        }
        facts.accounts = Self.names.map { AccountItem(id: "a-\($0)", provider: $0 + suffix, label: "main") }
        facts.health = [
            HealthItem(
                id: "h",
                provider: "openai\(suffix)",
                account: "a",
                state: "half_open",
                failures: 2,
                reason: "rate_limit\(suffix)"
            )
        ]
        return facts
    }

    private var member: MemberModel.Facts {
        MemberModel.Facts(
            key: KeyItem(
                id: "k0",
                name: "mira-laptop\(suffix)",
                display: "kr_7fQ2…x9Lm",
                allowedModels: ["claude-haiku-*\(suffix)"]
            ),
            plan: PlanItem(id: "team", name: "Team plan\(suffix)"),
            budget: BudgetItem(
                id: "k0",
                periodStartUS: Self.nowUS - 22 * Moments.day,
                periodEndUS: Self.nowUS + 8 * Moments.day,
                spentNanoUSD: 41_200_000_000,
                limitNanoUSD: 60_000_000_000,
                tokens: 900_000,
                limitTokens: 2_000_000,
                reservedNanoUSD: 0,
                reservedTokens: 0,
                concurrency: 2,
                rpmLimit: 60,
                rpmUsed: 18,
                tpmLimit: 200_000,
                tpmUsed: 41_000,
                concurrencyLimit: 5
            ),
            summary: summary(.month),
            period: summary(.month),
            rows: (0..<6).map { usage($0) },
            next: "n\(suffix)",
            down: nil
        )
    }
}
