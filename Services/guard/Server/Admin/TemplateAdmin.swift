import Contracts

/// Policies to start from.
enum TemplateAdmin {
    static func list(_ request: ListRequest) throws(ServiceError) -> ListReply<TemplateItem> {
        try AdminContext.check(request, allowed: [])
        return ListReply(items: all)
    }

    static func get(_ request: GetRequest) throws(ServiceError) -> TemplateItem {
        guard let item = all.first(where: { $0.id == request.id }) else { throw .noSuch("template", request.id) }
        return item
    }

    static let all = [alerts, indonesia, strict, compliance, chatbot]

    private static let alerts = TemplateItem(
        id: "alerts-only",
        name: "Alerts only",
        summary: "Every detector notes what it sees, both ways, and changes nothing.",
        policy: PolicyItem(
            scope: "global",
            onFailure: "open",
            pii: PIISection(enabled: true, direction: "both", action: .logOnly),
            injection: InjectionSection(enabled: true, direction: "inbound", action: .logOnly, severity: .low),
            topics: TopicsSection(enabled: true, direction: "inbound", action: .logOnly),
            toxicity: ScoredSection(enabled: true, direction: "both", action: .logOnly),
            bias: ScoredSection(enabled: true, direction: "outbound", action: .logOnly)
        )
    )

    private static let indonesia = TemplateItem(
        id: "indonesia-pii",
        name: "Indonesia PII",
        summary:
            "Takes what Indonesian law calls personal data (NIK, NPWP, passport, telephone, mail, cards, accounts) out of requests and "
            + "puts it back in the answer.",
        policy: PolicyItem(
            scope: "global",
            onFailure: "closed",
            pii: PIISection(
                enabled: true,
                direction: "inbound",
                action: .mask,
                strategy: "anonymize",
                entities: [
                    "ID_NIK": "", "ID_NPWP": "", "ID_PASSPORT": "", "PHONE_NUMBER": "", "EMAIL_ADDRESS": "",
                    "CREDIT_CARD": "",
                    "IBAN_CODE": "",
                ]
            )
        )
    )

    private static let strict = TemplateItem(
        id: "strict-safety",
        name: "Strict safety",
        summary:
            "Blocks injection, toxic language, weapons and drugs, cards, accounts and secrets; masks all other personal data both ways. "
            + "No text leaves this machine to be judged.",
        policy: PolicyItem(
            scope: "global",
            onFailure: "closed",
            allowExternalEngines: false,
            pii: PIISection(
                enabled: true,
                direction: "both",
                action: .mask,
                entities: [
                    "CREDIT_CARD": "block", "IBAN_CODE": "block", "API_KEY": "block", "CLOUD_CREDENTIAL": "block",
                    "PRIVATE_KEY": "block", "JWT": "block", "CONNECTION_STRING": "block", "CRYPTO": "block",
                    "EMAIL_ADDRESS": "",
                    "PHONE_NUMBER": "", "IP_ADDRESS": "", "MAC_ADDRESS": "", "ID_NIK": "", "ID_NPWP": "",
                    "ID_PASSPORT": "",
                ]
            ),
            injection: InjectionSection(enabled: true, direction: "inbound", action: .block, severity: .medium),
            topics: TopicsSection(enabled: true, direction: "both", action: .block, topics: ["weapons", "drugs"]),
            toxicity: ScoredSection(enabled: true, direction: "both", action: .block, threshold: 60),
            bias: ScoredSection(enabled: true, direction: "outbound", action: .warn)
        )
    )

    private static let compliance = TemplateItem(
        id: "compliance-audit",
        name: "Compliance audit",
        summary:
            "Records what leaves and comes back; what identifies people is replaced by a keyed hash, so that records can be joined.",
        policy: PolicyItem(
            scope: "global",
            onFailure: "closed",
            allowExternalEngines: false,
            pii: PIISection(enabled: true, direction: "both", action: .mask, strategy: "hash"),
            injection: InjectionSection(enabled: true, direction: "inbound", action: .warn, severity: .low),
            toxicity: ScoredSection(enabled: true, direction: "both", action: .logOnly),
            bias: ScoredSection(enabled: true, direction: "outbound", action: .logOnly)
        )
    )

    private static let chatbot = TemplateItem(
        id: "public-chatbot",
        name: "Public chatbot",
        summary:
            "For an assistant that anybody may talk to: redacts personal data both ways, blocks injection and attacks on people, and gives "
            + "no medical, legal or investment advice.",
        policy: PolicyItem(
            scope: "global",
            onFailure: "closed",
            pii: PIISection(enabled: true, direction: "both", action: .mask, strategy: "redact"),
            injection: InjectionSection(enabled: true, direction: "inbound", action: .block, severity: .medium),
            topics: TopicsSection(
                enabled: true,
                direction: "inbound",
                action: .block,
                topics: ["medical-advice", "legal-advice", "investment-advice", "weapons", "drugs", "adult-content"]
            ),
            toxicity: ScoredSection(enabled: true, direction: "both", action: .block, threshold: 60),
            bias: ScoredSection(enabled: true, direction: "outbound", action: .block)
        )
    )
}
