/// Which of the eight route colours a provider has: the same on every page and after every restart.
package enum RouteColour {
    private static let known = [
        "anthropic": 1, "mistral": 2, "openai": 3, "gemini": 4, "google": 4, "deepseek": 5, "ollama": 6, "groq": 7,
        "openrouter": 8,
    ]

    /// The class of the style sheet: `k1` to `k8`, `kc` for the cache, `kx` for nobody.
    package static func name(of provider: String) -> String {
        if provider.isEmpty { return "kx" }
        if provider == "cache" { return "kc" }
        if let number = known[provider] { return "k\(number)" }
        var hash: UInt32 = 2_166_136_261
        for byte in provider.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return "k\(hash % 8 + 1)"
    }
}
