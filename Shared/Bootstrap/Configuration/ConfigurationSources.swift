/// What a configuration is read from.
package struct ConfigurationSources: Sendable {
    /// The parts of `declare:` there are.
    package static let declarations = [
        "proxies", "providers", "accounts", "aliases", "chains", "prices", "plans", "keys", "guardrails", "savers",
    ]

    /// The file given with `--config`.
    package var file: String?
    /// The data folder given with `--data`.
    package var data: String?
    /// Settings given as flags, by dotted name; the strongest source.
    package var flags: [String: String]
    package var environment: [String: String]
    /// The parts of `declare:` this program applies: their `${NAME}` must be set, those of other parts need not.
    package var declares: [String]

    package init(
        file: String? = nil,
        data: String? = nil,
        flags: [String: String] = [:],
        environment: [String: String] = [:],
        declares: [String] = Self.declarations
    ) {
        self.file = file
        self.data = data
        self.flags = flags
        self.environment = environment
        self.declares = declares
    }

    /// A variable's value; an empty one counts as not set, as Compose files pass it.
    func variable(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// The variables named `KEIROUTER_…`.
enum EnvironmentLayer {
    /// Variables with a meaning of their own.
    static let special = ["KEIROUTER_MASTER_KEY", "KEIROUTER_DATA", "KEIROUTER_CONFIG"]
    /// Variables of the supervisor, the build and the tests.
    private static let foreign = [Lifeline.variable, "KEIROUTER_FOCUS", "KEIROUTER_BENCHMARKS", "KEIROUTER_TEST"]

    /// The settings in the environment as a tree; what is not known is warned of, for a variable may be meant for
    /// something else, as those are that `declare:` refers to.
    static func tree(
        of sources: ConfigurationSources,
        known: [String],
        references: Set<String>,
        warnings: inout [String]
    ) -> ConfigurationNode {
        let settings = Set(known)
        let old = Set(OldNames.renamed.map(\.old))
        let all = known.map(KeiRouterConfiguration.environmentName) + special
        var tree = ConfigurationNode.empty
        for (name, value) in sources.environment.sorted(by: { $0.key < $1.key }) {
            guard name.hasPrefix("KEIROUTER_"), !value.isEmpty, !special.contains(name), !references.contains(name),
                !foreign.contains(where: name.hasPrefix)
            else { continue }
            let key = name.dropFirst("KEIROUTER_".count).lowercased().replacing("__", with: ".")
            guard settings.contains(key) || old.contains(key) else {
                let hint = NearestName.hint(for: name, among: all)
                warnings.append("environment \(name): is not a setting\(hint)")
                continue
            }
            let node = ConfigurationNode(key: key, origin: .environment(name), content: .scalar(value))
            tree = tree.setting(key.split(separator: ".")[...], to: node)
        }
        return tree
    }
}
