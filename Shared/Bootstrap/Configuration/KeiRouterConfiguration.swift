/// Everything that is configured, from all sources, checked.
package struct KeiRouterConfiguration: Sendable {
    package var server: ServerSettings
    package var storage: StorageSettings
    package var services: ServicesSettings
    package var rpc: RPCSettings
    package var limits: LimitSettings
    package var timeouts: TimeoutSettings
    package var egress: EgressSettings
    package var cache: CacheSettings
    package var guardrails: GuardrailSettings
    package var usage: UsageSettings
    package var log: LogSettings
    package var telemetry: TelemetrySettings
    /// The data folder's absolute path; it need not exist yet.
    package private(set) var dataFolder = ""
    /// `KEIROUTER_MASTER_KEY`, or the original's `security.master_key`.
    package private(set) var masterKey: String?
    /// What is declared, one member per part; each service reads its own.
    package private(set) var declare = ConfigurationNode.empty
    /// What the operator should know, for the log.
    package private(set) var warnings: [String] = []
    /// The files that were read, strongest first.
    package private(set) var files: [String] = []

    private var written = ConfigurationNode.empty

    private init(_ reader: SettingsReader) throws(ConfigurationError) {
        server = try ServerSettings(reader.section("server"))
        storage = try StorageSettings(reader.section("storage"))
        services = try ServicesSettings(reader.section("services"))
        rpc = try RPCSettings(reader.section("rpc"))
        limits = try LimitSettings(reader.section("limits"))
        timeouts = try TimeoutSettings(reader.section("timeouts"))
        egress = try EgressSettings(reader.section("egress"))
        cache = try CacheSettings(reader.section("cache"))
        guardrails = try GuardrailSettings(reader.section("guardrails"))
        usage = try UsageSettings(reader.section("usage"))
        log = try LogSettings(reader.section("log"))
        telemetry = try TelemetrySettings(reader.section("telemetry"))
    }

    /// The dotted names of all settings.
    package static func settings() throws(ConfigurationError) -> [String] {
        let reader = SettingsReader(.empty)
        _ = try KeiRouterConfiguration(reader)
        return reader.known
    }

    /// Whether any source holds this setting, be it with its default.
    package func isWritten(_ key: String) -> Bool {
        written.at(key) != nil
    }

    /// The variable that overrides a setting: `server.port` → `KEIROUTER_SERVER__PORT`.
    package static func environmentName(of key: String) -> String {
        "KEIROUTER_" + key.uppercased().replacing(".", with: "__")
    }

    /// Reads and checks the configuration.
    ///
    /// Strongest first: flags, environment, the given file, `config.yaml` in the data folder, defaults.
    ///
    /// - Parameter sources: Where to read from.
    /// - Returns: The configuration; nothing is created on disk.
    /// - Throws: ``ConfigurationError`` for the first thing that is wrong.
    package static func load(_ sources: ConfigurationSources) throws(ConfigurationError) -> KeiRouterConfiguration {
        let known = try settings()
        var warnings: [String] = []
        var files: [String] = []
        var tree = ConfigurationNode.empty

        if let path = sources.file ?? sources.variable("KEIROUTER_CONFIG") {
            files.append(path)
            tree = try OldNames.replaced(in: ConfigurationFile.read(path), warnings: &warnings)
        }
        let dataFolder = try dataFolderPath(sources, given: tree)
        let own = "\(dataFolder)/config.yaml"
        if !files.contains(where: { DataFolder.isSame($0, own) }),
            let weaker = try ConfigurationFile.readIfPresent(own)
        {
            files.append(own)
            tree = tree.merged(over: try OldNames.replaced(in: weaker, warnings: &warnings), depth: .max)
        }

        var strong = EnvironmentLayer.tree(
            of: sources,
            known: known,
            references: tree["declare"]?.references ?? [],
            warnings: &warnings
        )
        strong = try OldNames.replaced(in: strong, warnings: &warnings)
        tree = flags(sources.flags).merged(over: strong.merged(over: tree, depth: .max), depth: .max)
        return try assemble(tree, sources, dataFolder: dataFolder, warnings: warnings, files: files)
    }

    private static func assemble(
        _ tree: ConfigurationNode,
        _ sources: ConfigurationSources,
        dataFolder: String,
        warnings: [String],
        files: [String]
    ) throws(ConfigurationError) -> KeiRouterConfiguration {
        let reader = SettingsReader(tree)
        var configuration = try KeiRouterConfiguration(reader)
        try checkNames(tree, reader.known)
        configuration.declare = try declared(tree, sources)
        configuration.dataFolder = dataFolder
        configuration.masterKey = sources.variable(OldNames.masterKey)
        if configuration.masterKey == nil { configuration.masterKey = try tree[OldNames.masterKey]?.string() }
        configuration.warnings = warnings
        configuration.files = files
        configuration.written = tree
        return configuration
    }

    private static func flags(_ flags: [String: String]) -> ConfigurationNode {
        var tree = ConfigurationNode.empty
        for (key, value) in flags.sorted(by: { $0.key < $1.key }) {
            let node = ConfigurationNode(key: key, origin: .flag, content: .scalar(value))
            tree = tree.setting(key.split(separator: ".")[...], to: node)
        }
        return tree
    }

    private static func dataFolderPath(
        _ sources: ConfigurationSources,
        given tree: ConfigurationNode
    ) throws(ConfigurationError) -> String {
        var path = sources.data ?? sources.variable(OldNames.dataFolder) ?? sources.variable("KEIROUTER_DATA__DIR")
        if path == nil { path = try tree[OldNames.dataFolder]?.string() }
        do {
            return try DataFolder.resolve(path, home: sources.variable("HOME"))
        } catch {
            throw ConfigurationError(problem: error.description)
        }
    }

    // MARK: Names

    private static func checkNames(_ tree: ConfigurationNode, _ known: [String]) throws(ConfigurationError) {
        let internalNames = [OldNames.masterKey, OldNames.dataFolder]
        for entry in tree.entries where entry.name != "declare" && !internalNames.contains(entry.name) {
            try checkNames(below: entry.value, known)
        }
    }

    private static func checkNames(below node: ConfigurationNode, _ known: [String]) throws(ConfigurationError) {
        if known.contains(node.key) { return }
        guard known.contains(where: { $0.hasPrefix("\(node.key).") }) else {
            let advice = OldNames.advice(for: node.key).map { "; \($0)" }
            // In a section of the original's the advice is about the setting, not the section.
            if advice != nil, let first = node.entries.first { return try checkNames(below: first.value, known) }
            throw node.error("is not a setting\(advice ?? hint(for: node, known))")
        }
        for entry in node.entries { try checkNames(below: entry.value, known) }
    }

    private static func hint(for node: ConfigurationNode, _ known: [String]) -> String {
        var sections: Set<String> = ["declare"]
        for key in known {
            var parts = key.split(separator: ".").dropLast()
            while !parts.isEmpty {
                sections.insert(parts.joined(separator: "."))
                parts = parts.dropLast()
            }
        }
        return NearestName.hint(for: node.key, among: sections.sorted() + known)
    }

    private static func declared(
        _ tree: ConfigurationNode,
        _ sources: ConfigurationSources
    ) throws(ConfigurationError) -> ConfigurationNode {
        guard let node = tree["declare"] else { return ConfigurationNode.empty.renamed("declare") }
        let declare = node.substituting(sources.environment)
        try declare.allowing(ConfigurationSources.declarations)
        for (name, value) in try declare.map().map({ ($0.name, $0.value) }) {
            if name == "aliases" { _ = try value.map() } else { _ = try value.list() }
            if sources.declares.contains(name) { try value.checkSubstitutions() }
        }
        return declare
    }
}
