extension ConfigurationNode {
    // MARK: This value

    /// The text, with `${NAME}` replaced where that is due.
    package func string() throws(ConfigurationError) -> String {
        guard case .scalar(let text) = content else { throw error("expected a text, found \(found)") }
        guard let variables else { return text }
        do {
            return try Substitution.apply(variables, to: text)
        } catch {
            throw self.error(error.problem)
        }
    }

    /// A whole number.
    package func integer(in range: ClosedRange<Int> = .min ... .max) throws(ConfigurationError) -> Int {
        guard let number = Int(try scalar("a whole number")) else {
            throw error("expected a whole number, found \(found)")
        }
        guard range.contains(number) else { throw error("must be \(Self.text(of: range)), found \(found)") }
        return number
    }

    /// A number with or without a fraction.
    package func double(in range: ClosedRange<Double>) throws(ConfigurationError) -> Double {
        guard let number = Double(try scalar("a number")), number.isFinite else {
            throw error("expected a number, found \(found)")
        }
        guard range.contains(number) else {
            throw error("must be from \(range.lowerBound) to \(range.upperBound), found \(found)")
        }
        return number
    }

    /// on/off, yes/no or true/false, in any case.
    package func boolean() throws(ConfigurationError) -> Bool {
        switch try scalar("on or off").lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default: throw error("expected on or off, found \(found)")
        }
    }

    /// A span of time such as `250ms`, `1m` or `1h30m`.
    package func duration(
        in range: ClosedRange<Duration> = .zero ... .seconds(86_400 * 366)
    ) throws(ConfigurationError) -> Duration {
        guard let duration = Quantity.duration(try scalar("a duration")) else {
            throw error("expected a duration such as 250ms, 10s or 5m, found \(found)")
        }
        guard range.contains(duration) else {
            let bounds = "from \(Quantity.text(range.lowerBound)) to \(Quantity.text(range.upperBound))"
            throw error("must be \(bounds), found \(found)")
        }
        return duration
    }

    /// A number of bytes such as `32MiB`.
    package func bytes(in range: ClosedRange<Int> = 0 ... .max) throws(ConfigurationError) -> Int {
        guard let bytes = Quantity.bytes(try scalar("a size")) else {
            throw error("expected a size such as 64KiB or 32MiB, found \(found)")
        }
        guard range.contains(bytes) else { throw error("must be \(Self.text(of: range)) bytes, found \(found)") }
        return bytes
    }

    /// One of the values of an enumeration.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type = Choice.self
    ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
        let text = try scalar("a word")
        if let choice = Choice(rawValue: text) { return choice }
        let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw error("expected one of \(all), found \(found)")
    }

    /// The elements of a list.
    ///
    /// An environment variable or a flag holds a list as words between commas.
    package func list() throws(ConfigurationError) -> [ConfigurationNode] {
        switch content {
        case .list(let elements): return elements
        case .scalar(let text) where !origin.isFile && origin != .none:
            return text.split(separator: ",").map { word in
                ConfigurationNode(key: key, origin: origin, content: .scalar(Self.trimmed(word)))
            }
        default: throw error("expected a list, found \(found)")
        }
    }

    /// The elements of a list of texts.
    package func strings() throws(ConfigurationError) -> [String] {
        var strings: [String] = []
        for element in try list() { strings.append(try element.string()) }
        return strings
    }

    /// The members of a map in the order of the file, without those that are null.
    package func map() throws(ConfigurationError) -> [Entry] {
        guard case .map(let entries) = content else { throw error("expected a section, found \(found)") }
        return entries.filter { !$0.value.isNull }
    }

    /// Refuses members this map may not have, with the nearest allowed name as a hint.
    ///
    /// - Parameter names: All names that are read.
    /// - Throws: ``ConfigurationError`` at the first other name, or when this is not a map.
    package func allowing(_ names: [String]) throws(ConfigurationError) {
        guard case .map(let entries) = content else { throw error("expected a section, found \(found)") }
        for entry in entries where !names.contains(entry.name) {
            throw entry.value.error("is not known\(NearestName.hint(for: entry.name, among: names))")
        }
    }

    private func scalar(_ expected: String) throws(ConfigurationError) -> String {
        guard case .scalar = content else { throw error("expected \(expected), found \(found)") }
        return Self.trimmed(try string()[...])
    }

    private static func trimmed(_ text: Substring) -> String {
        let head = text.drop { $0 == " " }
        return String(head.reversed().drop { $0 == " " }.reversed())
    }

    private static func text(of range: ClosedRange<Int>) -> String {
        if range.upperBound == .max { return "at least \(range.lowerBound)" }
        return "from \(range.lowerBound) to \(range.upperBound)"
    }
}

// MARK: - Members by name

extension ConfigurationNode {
    /// A member that must be there.
    package func required(_ name: String) throws(ConfigurationError) -> ConfigurationNode {
        guard let member = self[name] else {
            guard case .map = content else { throw error("expected a section, found \(found)") }
            throw error("\"\(name)\" is missing")
        }
        return member
    }

    package func string(_ name: String) throws(ConfigurationError) -> String {
        try required(name).string()
    }

    package func string(_ name: String, default fallback: String) throws(ConfigurationError) -> String {
        guard let member = self[name] else { return fallback }
        return try member.string()
    }

    package func optionalString(_ name: String) throws(ConfigurationError) -> String? {
        guard let member = self[name] else { return nil }
        return try member.string()
    }

    package func integer(
        _ name: String,
        default fallback: Int,
        in range: ClosedRange<Int> = .min ... .max
    ) throws(ConfigurationError) -> Int {
        guard let member = self[name] else { return fallback }
        return try member.integer(in: range)
    }

    package func optionalInteger(
        _ name: String,
        in range: ClosedRange<Int> = .min ... .max
    ) throws(ConfigurationError) -> Int? {
        guard let member = self[name] else { return nil }
        return try member.integer(in: range)
    }

    package func optionalDouble(
        _ name: String,
        in range: ClosedRange<Double>
    ) throws(ConfigurationError) -> Double? {
        guard let member = self[name] else { return nil }
        return try member.double(in: range)
    }

    package func boolean(_ name: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let member = self[name] else { return fallback }
        return try member.boolean()
    }

    package func duration(_ name: String, default fallback: Duration) throws(ConfigurationError) -> Duration {
        guard let member = self[name] else { return fallback }
        return try member.duration()
    }

    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        default fallback: Choice
    ) throws(ConfigurationError) -> Choice where Choice.RawValue == String {
        guard let member = self[name] else { return fallback }
        return try member.choice()
    }

    /// The texts of a list; empty when it is not there.
    package func strings(_ name: String) throws(ConfigurationError) -> [String] {
        guard let member = self[name] else { return [] }
        return try member.strings()
    }

    /// The elements of a list; empty when it is not there.
    package func list(_ name: String) throws(ConfigurationError) -> [ConfigurationNode] {
        guard let member = self[name] else { return [] }
        return try member.list()
    }

    /// The members of a map; empty when it is not there.
    package func map(_ name: String) throws(ConfigurationError) -> [Entry] {
        guard let member = self[name] else { return [] }
        return try member.map()
    }
}
