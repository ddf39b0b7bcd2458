/// The metrics of several processes as one text, told apart by labels.
///
/// What comes from others is read line by line: a line that is neither a comment nor a sample of the family it stands
/// under is left out, and so is all of a text that is too long.
package struct GatheredMetrics: Sendable {
    /// The longest text of one process.
    package static let longestText = 4 << 20

    private struct Family {
        /// `# HELP` and `# TYPE`, from who came first.
        var head: [Substring] = []
        var samples: [String] = []
    }

    private var families: [Substring: Family] = [:]

    package init() {}

    /// Takes in what a process counts.
    ///
    /// - Parameters:
    ///   - text: Prometheus text exposition format 0.0.4.
    ///   - labels: What its series are given besides; none for the process that answers.
    package mutating func add(_ text: String, labels: [(String, String)] = []) {
        guard text.utf8.count <= Self.longestText else { return }
        let labels = PrometheusText.labels(labels)
        var current: Substring?
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                let words = line.split(separator: " ", maxSplits: 3)
                guard words.count > 3, words[1] == "HELP" || words[1] == "TYPE" else { continue }
                current = words[2]
                let head = families[words[2]]?.head ?? []
                // Each process says the same of a family; once is what the format allows.
                if !head.contains(where: { $0.hasPrefix("# \(words[1]) ") }) {
                    families[words[2], default: Family()].head.append(line)
                }
            } else if let current, let sample = Self.sample(line, of: current, labels) {
                families[current]?.samples.append(sample)
            }
        }
    }

    /// The line with the labels in it; `nil` when it is no sample of the family.
    private static func sample(_ line: Substring, of family: Substring, _ labels: String) -> String? {
        guard let end = line.firstIndex(where: { $0 == "{" || $0 == " " }) else { return nil }
        let name = line[..<end]
        let isOwn = name == family || ["_bucket", "_sum", "_count"].contains { name == family + $0 }
        guard isOwn else { return nil }
        guard !labels.isEmpty else { return String(line) }
        let rest = line[line.index(after: end)...]
        return line[end] == "{" ? "\(name){\(labels),\(rest)" : "\(name){\(labels)} \(rest)"
    }

    /// All families in the order of their names.
    package func render() -> [UInt8] {
        var bytes: [UInt8] = []
        for (_, family) in families.sorted(by: { $0.key < $1.key }) where !family.samples.isEmpty {
            for line in family.head {
                bytes.append(contentsOf: line.utf8)
                bytes.append(UInt8(ascii: "\n"))
            }
            for line in family.samples {
                bytes.append(contentsOf: line.utf8)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        return bytes
    }
}
