package import Bootstrap
import RouterCore
import Secrets

extension RouterDeclaration {
    /// Reads the router's part of `declare:`.
    ///
    /// ## Configuration keys:
    /// - `declare.proxies[]`: `name`, `url` or `urls` (1 to 16 addresses that take turns), `strict` (on; off: requests go direct
    ///   where all are down), `enabled` (on).
    /// - `declare.providers[]`: `id`, `name` (the id), `dialect` (openai, openai-responses,
    ///   anthropic, gemini, ollama or cohere), `base_url` (up to and with the version segment; of Ollama without one, and
    ///   it needs no account), `headers`, `allow_private` (off), `connector` (azure or vertex), `stream` (both; `only` where
    ///   it answers in streams alone, `never` where it answers whole alone), `think_tags` (by the model's name; whether
    ///   answers may begin with reasoning between `<think>` tags), `proxy` (of its accounts that have none; as an account's).
    /// - `declare.accounts[]`: `provider`, `label` (main), `api_key`, `priority` (100, lower goes first), `weight` (1),
    ///   `enabled` (on), `proxy` (an address, or the name of a proxy that is declared or made in the dashboard), `settings` (a map, as the
    ///   provider wants them).
    /// - `declare.aliases`: a map of names to targets.
    /// - `declare.chains[]`: `name`, `strategy` (priority), `steps`, `weights` (of a weighted chain, one for each step),
    ///   `hedge` (off).
    ///
    /// - Throws: ``ConfigurationError`` that names file, line and key.
    package init(reading declare: ConfigurationNode) throws(ConfigurationError) {
        self.init()
        for node in try declare.list("proxies") { proxies.append(try Self.proxy(node)) }
        for node in try declare.list("providers") { providers.append(try Self.provider(node)) }
        for node in try declare.list("accounts") { accounts.append(try Self.account(node)) }
        for entry in try declare.map("aliases") { aliases.append(try Self.alias(entry)) }
        for node in try declare.list("chains") { chains.append(try Self.chain(node)) }
        try checkNames()
    }

    private static func provider(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredProvider {
        try node.allowing([
            "id", "name", "dialect", "base_url", "headers", "allow_private", "connector", "stream", "think_tags",
            "proxy",
        ])
        let id = try node.checked("id") { text throws(RuleError) in
            try BookRules.providerID(text)
            return text
        }
        if node["name"] != nil { try node.checked("name", BookRules.label) }
        var headers: [(name: String, value: String)] = []
        for entry in try node.map("headers") {
            let value = try entry.value.string()
            try entry.value.checking { () throws(RuleError) in
                _ = try HeaderRules.name(entry.name)
                try HeaderRules.value(value)
            }
            headers.append((entry.name, value))
        }
        let named = headers
        let dialect = try node.checked("dialect", BookRules.dialect)
        var connector: Connector?
        if node["connector"] != nil {
            connector = try node.checked("connector") { (text: String) throws(RuleError) -> Connector? in
                let connector = try BookRules.connector(text)
                try BookRules.connector(connector, of: dialect)
                return connector
            }
        }
        return DeclaredProvider(
            place: DeclaredPlace(node),
            id: id,
            name: try node.string("name", default: id),
            dialect: dialect,
            baseURL: try node.checked("base_url", BookRules.baseURL),
            headers: try (node["headers"] ?? node).checking { () throws(RuleError) in try HeaderRules.headers(named) },
            allowsPrivate: try node.boolean("allow_private", default: false),
            connector: connector,
            streams: try node.choice("stream", default: StreamSupport.both),
            writesThinkTags: try node["think_tags"] == nil ? nil : node.boolean("think_tags", default: false),
            proxy: try way(node)
        )
    }

    private static func account(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredAccount {
        try node.allowing(["provider", "label", "api_key", "priority", "weight", "enabled", "proxy", "settings"])
        if node["label"] != nil { try node.checked("label", BookRules.label) }
        var secret: Credential?
        if node["api_key"] != nil {
            let text = try node.string("api_key")
            try node.checked("api_key", BookRules.apiKey)
            Redactor.shared.add(secret: text)
            secret = Credential(text)
        }
        var settings: [String: String] = [:]
        for entry in try node.map("settings") { settings[entry.name] = try entry.value.string() }
        return DeclaredAccount(
            place: DeclaredPlace(node),
            provider: try node.string("provider"),
            label: try node.string("label", default: "main"),
            secret: secret,
            priority: try node.integer("priority", default: 100, in: BookRules.priorities),
            weight: try node.integer("weight", default: 1, in: BookRules.weights),
            isEnabled: try node.boolean("enabled", default: true),
            proxy: try way(node),
            settings: settings
        )
    }

    private static func proxy(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredProxy {
        try node.allowing(["name", "url", "urls", "strict", "enabled"])
        try node.checked("name", BookRules.label)
        let urls: [ProxyURL]
        if let list = node["urls"] {
            guard node["url"] == nil else { throw list.error("give either url or urls") }
            var texts: [String] = []
            for address in try list.list() { texts.append(try address.string()) }
            let given = texts
            urls = try list.checking { () throws(RuleError) in try [ProxyURL](pool: given) }
        } else {
            urls = [try node.checked("url") { text throws(RuleError) in try ProxyURL(text) }]
        }
        for url in urls { url.redact() }
        return DeclaredProxy(
            place: DeclaredPlace(node),
            name: try node.string("name"),
            urls: urls,
            isStrict: try node.boolean("strict", default: true),
            isEnabled: try node.boolean("enabled", default: true)
        )
    }

    private static func way(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredWay? {
        guard let text = try node.optionalString("proxy"), !text.isEmpty else { return nil }
        guard text.contains("://") else { return .named(text) }
        let url = try node.checked("proxy") { text throws(RuleError) in try ProxyURL(text) }
        url.redact()
        return .url(url)
    }

    private static func alias(_ entry: ConfigurationNode.Entry) throws(ConfigurationError) -> DeclaredAlias {
        let target = try entry.value.string()
        try entry.value.checking { () throws(RuleError) in
            try BookRules.modelName(entry.name)
            try BookRules.target(target)
        }
        return DeclaredAlias(place: DeclaredPlace(entry.value), name: entry.name, target: target)
    }

    private static func chain(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredChain {
        try node.allowing(["name", "strategy", "steps", "weights", "hedge"])
        try node.checked("name", BookRules.modelName)
        let list = try node.required("steps")
        var steps: [String] = []
        for step in try list.list() {
            let text = try step.string()
            try step.checking { () throws(RuleError) in try BookRules.target(text) }
            steps.append(text)
        }
        let read = steps
        try list.checking { () throws(RuleError) in try BookRules.steps(read) }
        let strategy = try node.choice("strategy", default: Chain.Strategy.priority)
        var weights: [Int] = []
        if let list = node["weights"] {
            for weight in try list.list() { weights.append(try weight.integer()) }
            let given = weights
            try list.checking { () throws(RuleError) in
                try BookRules.weights(given, steps: read, strategy: strategy)
            }
        }
        return DeclaredChain(
            place: DeclaredPlace(node),
            name: try node.string("name"),
            strategy: strategy,
            steps: steps,
            weights: weights,
            hedges: try node.boolean("hedge", default: false)
        )
    }

    /// Refuses what is declared twice.
    private func checkNames() throws(ConfigurationError) {
        var seen: Set<String> = []
        for proxy in proxies where !seen.insert("proxy \(proxy.name)").inserted {
            throw proxy.place.error("another proxy is called \(proxy.name)")
        }
        for provider in providers where !seen.insert("provider \(provider.id)").inserted {
            throw provider.place.error("the provider \(provider.id) is declared twice")
        }
        for account in accounts where !seen.insert("account \(account.provider)/\(account.label)").inserted {
            throw account.place.error(
                "\(account.provider) has another account labelled \"\(account.label)\"; give each a label of its own"
            )
        }
        for alias in aliases where !seen.insert("name \(alias.name)").inserted {
            throw alias.place.error("the alias \(alias.name) is declared twice")
        }
        for chain in chains where !seen.insert("name \(chain.name)").inserted {
            throw chain.place.error("another chain or an alias is called \(chain.name)")
        }
    }
}

extension ConfigurationNode {
    /// Checks by the rules of the dashboard, with this place in the error.
    fileprivate func checking<Value>(
        _ check: () throws(RuleError) -> Value
    ) throws(ConfigurationError) -> Value {
        do throws(RuleError) {
            return try check()
        } catch {
            throw self.error(error.problem)
        }
    }

    /// Reads a member's text and checks it.
    @discardableResult
    fileprivate func checked<Value>(
        _ name: String,
        _ check: (String) throws(RuleError) -> Value
    ) throws(ConfigurationError) -> Value {
        let member = try required(name)
        let text = try member.string()
        return try member.checking { () throws(RuleError) in try check(text) }
    }
}
