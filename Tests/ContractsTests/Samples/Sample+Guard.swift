import Contracts

extension Sample {
    static let scope = RequestScope(tenant: "default", key: "key_1", chain: "coding", provider: "acme", model: "small")
    static let finding = Finding(
        segment: 3,
        detector: "pii",
        entity: "EMAIL_ADDRESS",
        range: 4..<21,
        score: 0.85,
        severity: .high,
        action: .mask
    )

    static let guardService: [Sample] = [
        Sample(scope),
        Sample(
            InspectRequest(
                requestID: "req_1",
                direction: .inbound,
                scope: scope,
                segments: [segment],
                trial: true,
                answerSchema: answerSchema
            )
        ),
        Sample(segment),
        Sample(
            InspectReply(
                decisionID: "dec_1",
                policyVersion: "17",
                action: .mask,
                reason: "pii: EMAIL_ADDRESS",
                segments: [verdict],
                edits: [edit],
                restores: [restore],
                findings: [finding]
            )
        ),
        Sample(verdict),
        Sample(edit),
        Sample(restore),
        Sample(finding),
        Sample(ScanRequest(requestID: "req_1", scope: scope, answerSchema: answerSchema)),
        Sample(ScanChunk(channel: "0/text/0", text: "Write to ana@")),
        Sample(ScanRelease(channel: "0/text/0", release: "Write to ", action: .allow, findings: [finding])),
        Sample(ScanReply(action: .mask, decisionID: "dec_1", policyVersion: "17")),
        Sample(PolicyList(version: "17", scopes: [policyScope])),
        Sample(policyScope),
    ]

    private static let answerSchema = Array(#"{"type":"object"}"#.utf8)
    private static let segment = InspectSegment(
        id: 3,
        role: "tool",
        kind: .toolResult,
        toolName: "bash",
        lastUser: true,
        text: "Ana: ana@example.com"
    )
    private static let verdict = SegmentVerdict(id: 3, action: .mask, cacheable: true, contextDependent: true)
    private static let edit = TextEdit(segment: 3, range: 5..<20, replacement: "<EMAIL_ADDRESS_AB12CD34>")
    private static let restore = Restore(placeholder: "<EMAIL_ADDRESS_AB12CD34>", original: "ana@example.com")
    private static let policyScope = PolicyScope(
        scope: "key:ci",
        directions: [.inbound, .outbound],
        actions: [.mask, .block]
    )

    static let guardAdmin: [Sample] =
        resource(policy)
        + resource(TemplateItem(id: "strict", name: "Strict safety", summary: "Blocks early.", policy: policy))
        + resource(decision)
        + resource(
            CatalogueItem(
                id: "injection-en",
                detector: "injection",
                languages: ["en"],
                patterns: 120,
                quarantined: ["slow-one"],
                builtin: true,
                enabled: true,
                etag: "1"
            )
        )
        + [Sample(pii), Sample(injection), Sample(topics), Sample(toxicity), Sample(json), Sample(custom)]
        + [
            Sample(EffectivePolicyReply(policy: policy, provenance: ["pii.action": "key:ci"])),
            Sample(PolicyBundle(policies: [policy])),
            Sample(ImportRequest(bundle: PolicyBundle(policies: [policy]), replace: true, dryRun: true)),
            Sample(ImportReply(created: ["global"], changed: ["key:ci"], deleted: ["chain:fast"])),
        ]

    private static let pii = PIISection(
        enabled: true,
        direction: "both",
        action: .mask,
        strategy: "replace",
        minScore: 0.5,
        entities: ["CREDIT_CARD": "block", "IP_ADDRESS": "log_only"],
        engine: "native"
    )
    private static let injection = InjectionSection(
        enabled: true,
        direction: "inbound",
        action: .block,
        severity: .medium
    )
    private static let topics = TopicsSection(
        enabled: true,
        direction: "inbound",
        action: .block,
        mode: "block",
        topics: ["weapons"],
        engine: "hybrid",
        embedder: "acme/embed",
        similarityThreshold: 0.55
    )
    private static let toxicity = ScoredSection(
        enabled: true,
        direction: "both",
        action: .warn,
        threshold: 70,
        categories: ["insult"],
        engine: "native"
    )
    private static let json = JSONSection(enabled: true, action: .block, answerSchema: answerSchema, buffer: true)
    private static let custom = CustomPattern(
        name: "ticket",
        pattern: "PROJ-[0-9]{4,6}",
        words: ["Project Falcon"],
        direction: "outbound",
        action: .mask
    )
    private static let policy = PolicyItem(
        id: "pol_1",
        scope: "global",
        onFailure: "closed",
        allowExternalEngines: true,
        pii: pii,
        injection: injection,
        topics: topics,
        toxicity: toxicity,
        bias: toxicity,
        code: toxicity,
        json: json,
        custom: [custom],
        declared: true,
        etag: "1"
    )
    private static let decision = DecisionItem(
        id: "dec_1",
        atUS: 5,
        requestID: "req_1",
        direction: .outbound,
        scope: scope,
        action: .mask,
        reason: "pii: EMAIL_ADDRESS",
        policyVersion: "17",
        findings: [finding],
        durationUS: 140
    )
}
