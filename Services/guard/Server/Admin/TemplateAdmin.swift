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

    static let all = [
        TemplateItem(
            id: "watch",
            name: "Watch only",
            summary: "Notes personal data and prompt injection both ways and changes nothing.",
            policy: PolicyItem(
                scope: "global",
                pii: PIISection(enabled: true, direction: "both", action: .logOnly),
                injection: InjectionSection(enabled: true, action: .logOnly, severity: .low)
            )
        ),
        TemplateItem(
            id: "mask-personal-data",
            name: "Mask personal data",
            summary: "Replaces mail addresses, telephone numbers, cards and accounts before they leave.",
            policy: PolicyItem(
                scope: "global",
                pii: PIISection(
                    enabled: true,
                    direction: "inbound",
                    action: .mask,
                    strategy: "replace",
                    entities: ["EMAIL_ADDRESS": "", "PHONE_NUMBER": "", "CREDIT_CARD": "", "IBAN_CODE": ""]
                )
            )
        ),
        TemplateItem(
            id: "strict",
            name: "Strict",
            summary: "Blocks cards, accounts and prompt injection, masks all other personal data both ways.",
            policy: PolicyItem(
                scope: "global",
                onFailure: "closed",
                allowExternalEngines: false,
                pii: PIISection(
                    enabled: true,
                    direction: "both",
                    action: .mask,
                    entities: [
                        "CREDIT_CARD": "block", "IBAN_CODE": "block", "EMAIL_ADDRESS": "mask", "PHONE_NUMBER": "mask",
                        "IP_ADDRESS": "mask",
                    ]
                ),
                injection: InjectionSection(enabled: true, action: .block, severity: .medium)
            )
        ),
        TemplateItem(
            id: "public-chat",
            name: "Public chat",
            summary:
                "For an assistant that anybody may talk to: masks personal data both ways and blocks prompt injection.",
            policy: PolicyItem(
                scope: "global",
                pii: PIISection(enabled: true, direction: "both", action: .mask, strategy: "redact"),
                injection: InjectionSection(enabled: true, action: .block, severity: .medium)
            )
        ),
    ]
}
