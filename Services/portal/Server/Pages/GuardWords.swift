import Contracts
import PortalCore

/// What the guard calls things, as people call them, and scopes as it knows them.
enum GuardWords {
    /// The built-in kinds of personal data and secrets.
    static let entities: [(name: String, title: String)] = [
        ("EMAIL_ADDRESS", "Mail addresses"), ("PHONE_NUMBER", "Phone numbers"), ("CREDIT_CARD", "Card numbers"),
        ("IBAN_CODE", "Bank accounts (IBAN)"), ("IP_ADDRESS", "IP addresses"), ("MAC_ADDRESS", "MAC addresses"),
        ("CRYPTO", "Crypto wallets"), ("URL", "Web addresses"), ("ID_NIK", "Indonesian NIK"),
        ("ID_NPWP", "Indonesian NPWP"), ("ID_PASSPORT", "Indonesian passports"), ("API_KEY", "API keys"),
        ("CLOUD_CREDENTIAL", "Cloud credentials"), ("PRIVATE_KEY", "Private keys"), ("JWT", "Tokens (JWT)"),
        ("CONNECTION_STRING", "Connection strings"),
    ]

    static func entity(_ name: String) -> String {
        entities.first { $0.name == name }?.title ?? Words.reason(name).lowercased().capitalizedFirst
    }

    static func detector(_ name: String) -> String {
        [
            "pii": "Personal data", "injection": "Prompt injection", "topics": "Topics", "toxicity": "Toxic language",
            "bias": "Biased language", "code": "Code", "json": "JSON", "custom": "Own pattern",
        ][name] ?? Words.reason(name).capitalizedFirst
    }

    /// The request that only a policy's own scope and the wider ones are about.
    static func request(_ scope: String) -> RequestScope {
        var request = RequestScope(tenant: "default")
        let parts = scope.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return request }
        let name = String(parts[1])
        switch parts[0] {
        case "key": request.key = name
        case "chain": request.chain = name
        case "provider": request.provider = name
        case "model":
            let words = name.split(separator: "/", maxSplits: 1)
            request.provider = words.count == 2 ? String(words[0]) : nil
            request.model = words.last.map(String.init)
        default: break
        }
        return request
    }

    /// A row of what holds in the end.
    struct Effect {
        let title: String
        let kind: String
        let icon: String
        let state: String
        let direction: String?
        let action: String
        let from: String
    }

    static func effects(_ reply: EffectivePolicyReply) -> [Effect] {
        let policy = reply.policy
        func effect(
            _ name: String,
            _ enabled: Bool?,
            _ direction: String?,
            _ action: GuardAction?,
            _ usual: (direction: String, action: GuardAction)
        ) -> Effect {
            let isOn = enabled == true
            let scopes = Set(reply.provenance.filter { $0.key.hasPrefix("\(name).") }.map(\.value)).sorted()
            return Effect(
                title: detector(name),
                kind: isOn ? "good" : "info",
                icon: isOn ? "ok" : "info",
                state: isOn ? "On" : "Off",
                direction: isOn ? way(direction ?? usual.direction) : nil,
                action: isOn ? Words.action(action ?? usual.action).text : "–",
                from: scopes.isEmpty ? "built in" : scopes.map(PolicyModel.title).joined(separator: ", ")
            )
        }
        let rows = [
            effect("pii", policy.pii?.enabled, policy.pii?.direction, policy.pii?.action, ("inbound", .mask)),
            effect(
                "injection",
                policy.injection?.enabled,
                policy.injection?.direction,
                policy.injection?.action,
                ("inbound", .warn)
            ),
            effect(
                "topics",
                policy.topics?.enabled,
                policy.topics?.direction,
                policy.topics?.action,
                ("inbound", .warn)
            ),
            effect(
                "toxicity",
                policy.toxicity?.enabled,
                policy.toxicity?.direction,
                policy.toxicity?.action,
                ("both", .warn)
            ),
            effect("bias", policy.bias?.enabled, "outbound", policy.bias?.action, ("outbound", .warn)),
            effect("code", policy.code?.enabled, policy.code?.direction, policy.code?.action, ("outbound", .warn)),
            effect("json", policy.json?.enabled, "outbound", policy.json?.action, ("outbound", .block)),
        ]
        return rows
            + policy.custom.map { pattern in
                Effect(
                    title: pattern.name,
                    kind: "good",
                    icon: "ok",
                    state: "On",
                    direction: way(pattern.direction ?? "both"),
                    action: Words.action(pattern.action).text,
                    from: PolicyModel.title(reply.provenance["custom.\(pattern.name)"] ?? "global")
                )
            }
    }

    static func way(_ direction: String) -> String {
        direction == "both" ? "Both ways" : Words.direction(Direction(rawValue: direction))
    }

    /// A text with its edits made; offsets are UTF-8 bytes, in order and apart.
    static func edited(_ text: String, _ edits: [TextEdit]) -> String {
        let bytes = Array(text.utf8)
        var output: [UInt8] = []
        var place = 0
        for edit in edits where edit.range.lowerBound >= place && edit.range.upperBound <= bytes.count {
            output += bytes[place..<edit.range.lowerBound]
            output += Array(edit.replacement.utf8)
            place = edit.range.upperBound
        }
        output += bytes[place...]
        return String(decoding: output, as: UTF8.self)
    }

    /// What stands at a place of a text, cut to a length.
    static func excerpt(_ text: String, _ range: Range<Int>) -> String {
        let bytes = Array(text.utf8)
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return "" }
        let piece = String(decoding: bytes[range], as: UTF8.self)
        return piece.count > 60 ? piece.prefix(59) + "…" : piece
    }
}
