/// The spellings under which one model is looked up.
package enum ModelName {
    /// Providers that sell another one's models under its prices.
    private static let homes: [String: String] = [
        "codex": "openai", "openai-codex": "openai",
        "claude": "anthropic", "claude-code": "anthropic",
        "gemini-cli": "gemini", "antigravity": "gemini",
        "workers-ai": "cloudflare-ai", "cloudflare": "cloudflare-ai",
    ]

    /// Providers that price the models they make; others resell.
    static let makers: Set<String> = [
        "openai", "anthropic", "gemini", "deepseek", "mistral", "xai", "cohere", "qwen", "minimax", "glm",
        "perplexity", "xiaomi-mimo",
    ]

    private static let efforts = ["-xhigh", "-high", "-low", "-none"]

    /// `provider/model` in lower case, the form prices are filed under.
    package static func id(provider: String, model: String) -> String {
        (provider + "/" + model).lowercased()
    }

    static func home(of provider: String) -> String {
        let provider = provider.lowercased()
        return homes[provider] ?? provider
    }

    /// The model and its shorter spellings, longest first: without effort suffix, without vendor prefix, without both.
    static func candidates(_ model: String) -> [String] {
        let model = model.lowercased()
        let bare = model.split(separator: "/").last.map(String.init) ?? model
        var names: [String] = []
        for name in [model, withoutEffort(model), bare, withoutEffort(bare)] where !names.contains(name) {
            names.append(name)
        }
        return names
    }

    /// The last path component, in lower case.
    static func bare(_ model: String) -> String {
        let model = model.lowercased()
        return model.split(separator: "/").last.map(String.init) ?? model
    }

    private static func withoutEffort(_ model: String) -> String {
        var name = model[...]
        if name.hasSuffix("-review") { name = name.dropLast("-review".count) }
        if let suffix = efforts.first(where: { name.hasSuffix($0) }) { name = name.dropLast(suffix.count) }
        return name.isEmpty ? model : String(name)
    }
}
