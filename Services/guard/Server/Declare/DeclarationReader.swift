package import Bootstrap
import Contracts
package import GuardCore

extension GuardDeclaration {
    /// The parts of `declare:` that are the guard's.
    package static let parts = ["guardrails"]

    /// Reads the guard's part of `declare:`.
    ///
    /// ## Configuration keys:
    /// - `declare.guardrails[]`: `scope` (global, provider:ID, model:ID, chain:NAME, key:NAME; global), `on_failure` (auto, open,
    ///   closed), `allow_external_engines` (on), and the sections `pii`, `injection`, `topics`, `toxicity`, `bias`, `code`, `json`
    ///   (its `schema` is a text of JSON), `custom`. Several entries of one scope are one policy.
    ///
    /// - Parameters:
    ///   - declare: The configuration's node of that name.
    ///   - catalogue: What policies may name.
    /// - Throws: ``ConfigurationError`` about the first value that is none.
    package init(
        reading declare: ConfigurationNode,
        catalogue: Catalogue = .builtin
    ) throws(ConfigurationError) {
        self.init()
        for node in try declare["guardrails"]?.list() ?? [] { try add(node, catalogue) }
    }

    private mutating func add(_ node: ConfigurationNode, _ catalogue: Catalogue) throws(ConfigurationError) {
        try node.allowing([
            "scope", "on_failure", "allow_external_engines", "pii", "injection", "topics", "toxicity", "bias", "code",
            "json",
            "custom",
        ])
        let scope = try node.string("scope", default: "global")
        let index = policies.firstIndex { $0.scope == scope }
        var item = index.map { policies[$0] } ?? PolicyItem(scope: scope)
        if let text = try node.optionalString("on_failure") { item.onFailure = text }
        if let mayLeave = try Self.boolean(node, "allow_external_engines") { item.allowExternalEngines = mayLeave }
        try Self.readSections(node, into: &item)
        do throws(ServiceError) {
            item = try PolicyRules.checked(item, catalogue)
        } catch {
            throw node.error(error.message)
        }
        item.declared = true
        if let index { policies[index] = item } else { policies.append(item) }
    }

    private static func readSections(
        _ node: ConfigurationNode,
        into item: inout PolicyItem
    ) throws(ConfigurationError) {
        func claim(_ section: ConfigurationNode, _ isTaken: Bool) throws(ConfigurationError) {
            if isTaken { throw section.error("is there twice for \(item.scope)") }
        }
        if let section = node["pii"] {
            try claim(section, item.pii != nil)
            item.pii = try pii(section)
        }
        if let section = node["injection"] {
            try claim(section, item.injection != nil)
            item.injection = try injection(section)
        }
        if let section = node["topics"] {
            try claim(section, item.topics != nil)
            item.topics = try topics(section)
        }
        if let section = node["toxicity"] {
            try claim(section, item.toxicity != nil)
            item.toxicity = try scored(section)
        }
        if let section = node["bias"] {
            try claim(section, item.bias != nil)
            item.bias = try scored(section)
        }
        if let section = node["code"] {
            try claim(section, item.code != nil)
            item.code = try scored(section)
        }
        if let section = node["json"] {
            try claim(section, item.json != nil)
            item.json = try json(section)
        }
        for pattern in try node.list("custom") {
            try pattern.allowing(["name", "pattern", "words", "direction", "action"])
            item.custom.append(
                CustomPattern(
                    name: try pattern.string("name"),
                    pattern: try pattern.string("pattern", default: ""),
                    words: try pattern.strings("words"),
                    direction: try pattern.optionalString("direction"),
                    action: GuardAction(rawValue: try pattern.string("action", default: "mask"))
                )
            )
        }
    }

    // MARK: Sections

    private static func pii(_ node: ConfigurationNode) throws(ConfigurationError) -> PIISection {
        try node.allowing(["enabled", "direction", "action", "strategy", "min_score", "entities", "engine"])
        var entities: [String: String] = [:]
        if let named = node["entities"] {
            if case .map = named.content {
                for entry in try named.map() { entities[entry.name] = try entry.value.string() }
            } else {
                for name in try named.strings() { entities[name] = "" }
            }
        }
        return PIISection(
            enabled: try boolean(node, "enabled"),
            direction: try node.optionalString("direction"),
            action: try node.optionalString("action").map(GuardAction.init(rawValue:)),
            strategy: try node.optionalString("strategy"),
            minScore: try node.optionalDouble("min_score", in: 0...1),
            entities: entities,
            engine: try node.optionalString("engine")
        )
    }

    private static func injection(_ node: ConfigurationNode) throws(ConfigurationError) -> InjectionSection {
        try node.allowing(["enabled", "direction", "action", "severity"])
        return InjectionSection(
            enabled: try boolean(node, "enabled"),
            direction: try node.optionalString("direction"),
            action: try node.optionalString("action").map(GuardAction.init(rawValue:)),
            severity: try node.optionalString("severity").map(Severity.init(rawValue:))
        )
    }

    private static func topics(_ node: ConfigurationNode) throws(ConfigurationError) -> TopicsSection {
        try node.allowing([
            "enabled", "direction", "action", "mode", "topics", "engine", "embedder", "similarity_threshold",
        ])
        return TopicsSection(
            enabled: try boolean(node, "enabled"),
            direction: try node.optionalString("direction"),
            action: try node.optionalString("action").map(GuardAction.init(rawValue:)),
            mode: try node.optionalString("mode"),
            topics: try node.strings("topics"),
            engine: try node.optionalString("engine"),
            embedder: try node.optionalString("embedder"),
            similarityThreshold: try node.optionalDouble("similarity_threshold", in: 0...1)
        )
    }

    private static func scored(_ node: ConfigurationNode) throws(ConfigurationError) -> ScoredSection {
        try node.allowing(["enabled", "direction", "action", "threshold", "categories", "engine"])
        return ScoredSection(
            enabled: try boolean(node, "enabled"),
            direction: try node.optionalString("direction"),
            action: try node.optionalString("action").map(GuardAction.init(rawValue:)),
            threshold: try node.optionalInteger("threshold", in: 0...100),
            categories: try node.strings("categories"),
            engine: try node.optionalString("engine")
        )
    }

    private static func json(_ node: ConfigurationNode) throws(ConfigurationError) -> JSONSection {
        try node.allowing(["enabled", "action", "schema", "buffer"])
        return JSONSection(
            enabled: try boolean(node, "enabled"),
            action: try node.optionalString("action").map(GuardAction.init(rawValue:)),
            answerSchema: try node.optionalString("schema").map { Array($0.utf8) },
            buffer: try boolean(node, "buffer")
        )
    }

    private static func boolean(_ node: ConfigurationNode, _ name: String) throws(ConfigurationError) -> Bool? {
        guard let member = node[name] else { return nil }
        return try member.boolean()
    }
}
