/// The names of the original gateway's configuration.
///
/// What means the same is taken over with a warning that names the new setting; what would silently do nothing here
/// is not known and stops the start, with the reason.
enum OldNames {
    /// Old setting → new setting, same values.
    static let renamed: [(old: String, new: String)] = [
        ("server.stream_stall_timeout", "timeouts.stall"),
        ("server.request_timeout", "timeouts.request"),
        // The original's default embedder recognized identical texts only: our exact cache.
        ("cache.enabled", "cache.exact"),
        ("cache.similarity_threshold", "cache.threshold"),
        ("database.dsn", "storage.url"),
        ("database.driver", "storage.url"),
        ("security.master_key", masterKey),
        ("data.dir", dataFolder),
    ]

    /// Where a master key found in a file is kept until it is read; no setting of that name exists.
    static let masterKey = "KEIROUTER_MASTER_KEY"
    /// The same for the data folder.
    static let dataFolder = "KEIROUTER_DATA"

    /// Old settings, or whole sections, without a counterpart, and what to do instead.
    static let retired: [(old: String, advice: String)] = [
        ("cache.backend", "the cache lives in the router; remove it"),
        ("cache.redis_url", "the cache lives in the router; remove it"),
        ("cache.embedding", "name the model in cache.embedder"),
        ("database", "storage.url is all there is; remove it"),
        ("security.allow_private_base_url", "list the addresses in egress.allow_private"),
        ("security.bind_loopback_only", "set server.host and server.admin_allow"),
        ("security.dashboard_password_hash", "set the password in the dashboard"),
        ("security", "remove it"),
        ("meter", "every request is metered; remove it"),
        ("health", "accounts are judged by real traffic; remove it"),
        ("provider_health", "accounts are judged by real traffic; remove it"),
        ("guardrails.toxicity", "declare it under declare.guardrails"),
        ("guardrails.pii", "declare it under declare.guardrails"),
    ]

    /// A tree with old names replaced by new ones, and a warning for each.
    static func replaced(
        in tree: ConfigurationNode,
        warnings: inout [String]
    ) throws(ConfigurationError) -> ConfigurationNode {
        var tree = tree
        for (old, new) in renamed {
            guard let value = tree.at(old) else { continue }
            tree = tree.removing(old.split(separator: ".")[...])
            let place = ConfigurationError(file: value.origin.place.file, line: value.origin.place.line, problem: "")
            let prefix = place.description
            guard let converted = try converted(value, from: old, isDecided: tree.at(new) != nil) else {
                warnings.append("\(prefix)\(old) names a file; each service keeps its own in the data folder (\(new))")
                continue
            }
            let shown = new == masterKey || new == dataFolder ? "the environment variable \(new)" : new
            warnings.append("\(prefix)\(old) is now \(shown)")
            // Where both are written the new name wins; the driver adds nothing to an address.
            if tree.at(new) == nil { tree = tree.setting(new.split(separator: ".")[...], to: converted) }
        }
        return tree
    }

    /// Why a name is not known although the original had it.
    static func advice(for key: String) -> String? {
        retired.first { key == $0.old || key.hasPrefix("\($0.old).") || key.hasPrefix("\($0.old)_") }?.advice
    }

    private static func converted(
        _ value: ConfigurationNode,
        from old: String,
        isDecided: Bool
    ) throws(ConfigurationError) -> ConfigurationNode? {
        switch old {
        case "database.dsn":
            return try value.string().hasPrefix("postgres") ? value : nil
        case "database.driver":
            let driver = try value.string()
            guard isDecided || ["sqlite", "sqlite3"].contains(driver) else {
                throw value.error("give the database's address as storage.url: postgres://user:password@host/database")
            }
            return ConfigurationNode(key: value.key, origin: value.origin, content: .scalar("sqlite"))
        default: return value
        }
    }
}
