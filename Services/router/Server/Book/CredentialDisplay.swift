import Secrets

/// What may be shown of a credential: the prefix that every key of its kind has, and its last four characters.
enum CredentialDisplay {
    /// Shorter ones show nothing: four characters would be too much of them.
    private static let shortest = 16
    private static let tail = 4

    /// Longer prefixes before shorter ones that begin them.
    private static let prefixes = [
        "sk-ant-", "sk-proj-", "sk-svcacct-", "sk-or-v1-", "sk-", "gsk_", "xai-", "AIza", "hf_", "pplx-", "nvapi-",
        "r8_", "csk-", "fw_", "tgp_v1_", "key-",
    ]

    static func text(of secret: String?) -> String {
        guard let secret else { return "" }
        // Whose account it is, which is no secret.
        if ServiceAccountJSON.isMeant(by: secret) { return (try? ServiceAccountJSON.read(secret).email) ?? "…" }
        guard secret.utf8.count >= shortest else { return "…" }
        let prefix = prefixes.first { secret.hasPrefix($0) && secret.utf8.count >= $0.utf8.count + shortest } ?? ""
        return "\(prefix)…\(secret.suffix(tail))"
    }
}
