/// Reads the settings of a tree and remembers which names there are.
///
/// The list of known names falls out of the reading itself, so that it cannot differ from what is read.
final class SettingsReader {
    let root: ConfigurationNode
    private(set) var known: [String] = []

    init(_ root: ConfigurationNode) {
        self.root = root
    }

    func section(_ path: String) throws(ConfigurationError) -> SettingsSection {
        let node = root.at(path)
        if let node { _ = try node.map() }
        return SettingsSection(reader: self, path: path, node: node)
    }

    fileprivate func note(_ key: String) {
        known.append(key)
    }
}

/// One section of the settings; every read names the setting, its default and its bounds.
struct SettingsSection {
    fileprivate let reader: SettingsReader
    let path: String
    fileprivate let node: ConfigurationNode?

    /// A section inside this one.
    func section(_ name: String) throws(ConfigurationError) -> SettingsSection {
        try reader.section("\(path).\(name)")
    }

    /// Whether the setting is written anywhere.
    func has(_ name: String) -> Bool {
        node?[name] != nil
    }

    func integer(
        _ name: String,
        default fallback: Int,
        in range: ClosedRange<Int> = 0 ... .max
    ) throws(ConfigurationError) -> Int {
        guard let value = value(name) else { return fallback }
        return try value.integer(in: range)
    }

    func double(
        _ name: String,
        default fallback: Double,
        in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Double {
        guard let value = value(name) else { return fallback }
        return try value.double(in: range)
    }

    func boolean(_ name: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let value = value(name) else { return fallback }
        return try value.boolean()
    }

    func bytes(
        _ name: String,
        default fallback: Int,
        in range: ClosedRange<Int>
    ) throws(ConfigurationError) -> Int {
        guard let value = value(name) else { return fallback }
        return try value.bytes(in: range)
    }

    func duration(
        _ name: String,
        default fallback: Duration,
        in range: ClosedRange<Duration> = .milliseconds(1) ... .seconds(86_400)
    ) throws(ConfigurationError) -> Duration {
        guard let value = value(name) else { return fallback }
        return try value.duration(in: range)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        default fallback: Choice
    ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
        guard let value = value(name) else { return fallback }
        return try value.choice()
    }

    /// A text that a rule may refuse.
    ///
    /// - Parameters:
    ///   - name: The setting.
    ///   - fallback: What holds when it is not written.
    ///   - expected: How a right value is described, `a URL such as …`.
    ///   - accepts: The rule.
    /// - Returns: The text, or the fallback.
    /// - Throws: ``ConfigurationError`` when the rule refuses it.
    func text(
        _ name: String,
        default fallback: String,
        expected: String = "a text",
        where accepts: (String) -> Bool = { _ in true }
    ) throws(ConfigurationError) -> String {
        guard let value = value(name) else { return fallback }
        let text = try Self.literal(value)
        guard accepts(text) else { throw value.error("expected \(expected), found \(value.found)") }
        return text
    }

    /// A text that stands for something; nothing where the text is empty.
    func parsed<Value>(
        _ name: String,
        expected: String,
        _ parse: (String) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let value = value(name) else { return nil }
        let text = try Self.literal(value)
        if text.isEmpty { return nil }
        guard let parsed = parse(text) else { throw value.error("expected \(expected), found \(value.found)") }
        return parsed
    }

    /// A list of texts that each stand for something.
    func parsedList<Value>(
        _ name: String,
        default fallback: [Value],
        expected: String,
        _ parse: (String) -> Value?
    ) throws(ConfigurationError) -> [Value] {
        guard let value = value(name) else { return fallback }
        var values: [Value] = []
        for element in try value.list() {
            guard let parsed = parse(try Self.literal(element)) else {
                throw element.error("expected \(expected), found \(element.found)")
            }
            values.append(parsed)
        }
        return values
    }

    /// An error about a setting of this section.
    func error(_ name: String, _ problem: String) -> ConfigurationError {
        node?[name]?.error(problem) ?? ConfigurationError(key: "\(path).\(name)", problem: problem)
    }

    private func value(_ name: String) -> ConfigurationNode? {
        reader.note("\(path).\(name)")
        return node?[name]
    }

    /// Settings are taken literally; whoever writes `${NAME}` here would wonder for long why nothing connects.
    private static func literal(_ value: ConfigurationNode) throws(ConfigurationError) -> String {
        let text = try value.string()
        guard text.contains("${") else { return text }
        let name = KeiRouterConfiguration.environmentName(of: value.key)
        throw value.error("\"${…}\" is replaced under declare: only; set the environment variable \(name) instead")
    }
}
