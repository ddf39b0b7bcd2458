import Contracts
import PortalCore

/// What services call things, as people call them; a word that is not known is shown as it is.
enum Words {
    /// `rate_limited` as people write it.
    static func reason(_ text: String) -> String { text.replacingUnderscores }

    /// The wires that a provider may speak.
    static let wires = [
        ("openai", "OpenAI Chat Completions"), ("openai-responses", "OpenAI Responses"),
        ("anthropic", "Anthropic Messages"), ("gemini", "Google Gemini"), ("ollama", "Ollama"), ("cohere", "Cohere"),
        ("bedrock", "Amazon Bedrock"),
    ]

    /// The wire that a provider or a caller speaks.
    static func wire(_ dialect: String) -> String {
        [
            "openai": "OpenAI", "openai_chat": "OpenAI", "openai_responses": "OpenAI Responses",
            "anthropic": "Anthropic", "gemini": "Gemini", "bedrock": "Amazon Bedrock", "ollama": "Ollama",
            "openai-responses": "OpenAI Responses", "cohere": "Cohere",
        ][dialect] ?? reason(dialect)
    }

    static func saver(_ name: String) -> String {
        [
            "rtk": "Smaller tool results", "terse": "Shorter answers", "caveman": "Plainer answers",
            "ponytail": "Less code", "headroom": "Headroom",
        ][name] ?? reason(name)
    }

    static func direction(_ direction: Direction) -> String {
        switch direction {
        case .inbound: "To the provider"
        case .outbound: "To the caller"
        default: reason(direction.rawValue)
        }
    }

    /// What a guardrail did, with the kind and the icon of a state.
    static func action(_ action: GuardAction) -> (kind: String, icon: String, text: String) {
        switch action {
        case .allow: ("good", "ok", "Let pass")
        case .logOnly: ("info", "info", "Recorded")
        case .warn: ("warn", "warn", "Warned")
        case .mask: ("info", "shield", "Masked")
        case .block: ("bad", "bad", "Blocked")
        default: ("info", "info", reason(action.rawValue))
        }
    }

    /// What an operator did, in a sentence without its object.
    static func act(_ act: String, _ resource: String) -> String {
        let thing = thing(resource)
        switch act {
        case "put": return "Saved \(thing)"
        case "delete": return "Removed \(thing)"
        case "test": return "Checked \(thing)"
        case "try": return "Tried \(thing)"
        case "revoke": return "Ended \(thing)"
        case "sign-in": return "Signed in"
        case "sign-out": return "Signed out"
        case "claim": return "Entered the claim code"
        case "set-password": return "Set the password"
        default: return "\(reason(act).capitalizedFirst) \(thing)"
        }
    }

    private static func thing(_ resource: String) -> String {
        let known = [
            "keys": "a key", "plans": "a plan", "prices": "a price", "providers": "a provider",
            "accounts": "an account", "credentials": "a credential", "policies": "guardrails",
            "settings": "token saving", "aliases": "an alias", "chains": "a chain", "proxies": "a proxy",
            "sessions": "a session", "templates": "a template", "guard": "the guardrails", "saver": "the savers",
            "projects": "a project", "tenants": "a tenant",
        ]
        return known[resource] ?? reason(resource)
    }

    /// A browser by its name and system, out of what it says of itself.
    static func browser(_ agent: String) -> String {
        guard !agent.isEmpty else { return "A browser without a name" }
        let names = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("HeadlessChrome/", "Chrome"),
            ("Chrome/", "Chrome"), ("Version/", "Safari"), ("curl/", "curl"),
        ]
        let systems = [
            ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
        ]
        // Whatever is none of these is shown as it was sent.
        guard let (mark, name) = names.first(where: { agent.contains($0.0) }) else { return agent }
        let version = after(mark, in: agent)
        let system = systems.first { agent.contains($0.0) }?.1
        return name + (version.isEmpty ? "" : " \(version)") + (system.map { " on \($0)" } ?? "")
    }

    /// The digits behind a mark.
    private static func after(_ mark: String, in text: String) -> Substring {
        var rest = text[...]
        while !rest.isEmpty, !rest.hasPrefix(mark) { rest.removeFirst() }
        return rest.dropFirst(mark.count).prefix { $0.isNumber }
    }
}

extension String {
    /// `rate_limit` as people write it.
    var replacingUnderscores: String { split(separator: "_").joined(separator: " ") }
}
