import Contracts

extension Sample {
    static let router: [Sample] =
        [
            Sample(EmbedRequest(model: "acme/embed", texts: ["a", "b"])),
            Sample(EmbedReply(vectors: [[0.25, -1], [1e-3, 3]])),
            Sample(
                TestCredentialRequest(
                    provider: "acme",
                    dialect: "anthropic",
                    baseURL: "https://llm.acme.example/v1",
                    headers: ["x-team": "ai"],
                    apiKey: "secret",
                    proxy: "prx_1",
                    allowPrivate: true,
                    connector: "vertex",
                    settings: ["location": "global"]
                )
            ),
            Sample(RefreshModelsRequest(provider: "acme", force: true)),
            Sample(RefreshModelsReply(provider: "acme", models: ["large", "small"], fetchedUS: 7, cached: true)),
            Sample(
                PutAccountsRequest(
                    provider: "acme",
                    text: "one sk-1\ntwo sk-2",
                    priority: 50,
                    weight: 2,
                    settings: ["region": "us-east-1"]
                )
            ),
            Sample(
                PutAccountsReply(results: [
                    PutAccountResult(line: 1, label: "one", id: "acc_1", problem: "none")
                ])
            ),
            Sample(PutAccountResult(line: 2, label: "two", id: "acc_2", problem: "none")),
            Sample(AccountTest(ok: true, status: 200, message: "Accepted.", latencyMS: 41)),
        ]
        + resource(provider) + resource(account)
        + resource(AliasItem(id: "fast", target: "acme/small", declared: true, etag: "1"))
        + resource(
            ChainItem(
                id: "coding",
                strategy: "weighted",
                steps: ["acme/small", "fast"],
                weights: [3, 1],
                hedge: true,
                declared: true,
                etag: "1"
            )
        )
        + resource(
            ModelItem(
                id: "acme/small",
                provider: "acme",
                model: "small",
                kind: "embeddings",
                contextWindow: 128_000,
                maxOutput: 16_384
            )
        )
        + resource(proxy) + resource(health)

    private static let provider = ProviderItem(
        id: "acme",
        name: "Acme",
        dialect: "openai",
        baseURL: "https://llm.acme.example/v1",
        headers: ["x-team": "ai", "x-cost": "1"],
        declared: true,
        builtin: true,
        evidence: "recorded",
        allowPrivate: true,
        connector: "azure",
        settings: ["endpoint", "deployment"],
        stream: "only",
        thinkTags: true,
        proxy: "prx_1",
        etag: "1"
    )
    private static let account = AccountItem(
        id: "acc_1",
        provider: "acme",
        label: "main",
        apiKey: "secret",
        priority: 50,
        weight: 2,
        enabled: true,
        display: "sk-…9f",
        proxy: "prx_1",
        settings: ["region": "us-east-1"],
        declared: true,
        etag: "1",
        health: "cooling_down",
        cooldownUntilUS: 9
    )
    private static let proxy = ProxyItem(
        id: "prx_1",
        name: "office",
        url: "socks5://user:secret@proxy.example:1080",
        urls: ["http://user:secret@other.example:3128"],
        display: "socks5://proxy.example:1080",
        enabled: true,
        strict: true,
        down: ["socks5://proxy.example:1080"],
        declared: true,
        etag: "1"
    )
    private static let health = HealthItem(
        id: "acme/acc_1/small",
        provider: "acme",
        account: "acc_1",
        model: "small",
        state: "half_open",
        failures: 3,
        reason: "overloaded",
        cooldownUntilUS: 9,
        latencyMS: 300
    )
}
