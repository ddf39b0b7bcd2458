/// Writes Prometheus text exposition format 0.0.4.
struct PrometheusText {
    /// The media type `/metrics` answers with.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private var bytes: [UInt8] = []

    /// Hands over what has been written and starts anew.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    mutating func write(_ family: MetricFamily, as name: String) {
        guard !family.series.isEmpty else { return }
        writeHead(family.name, as: name)
        for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
            switch series {
            case let counter as CounterSeries: line(name, labels, counter.text)
            case let gauge as GaugeSeries: line(name, labels, Self.number(gauge.value))
            case let histogram as HistogramSeries: write(histogram, name, labels)
            default: break
            }
        }
    }

    mutating func write(_ sample: MetricSample, as name: String) {
        writeHead(sample.name, as: name)
        line(name, "", Self.number(sample.value))
    }

    private mutating func write(_ histogram: HistogramSeries, _ name: String, _ labels: String) {
        // Read once, so that the buckets and the count of one rendering agree while others record.
        let counts = histogram.counts
        var cumulative: Int64 = 0
        let separator = labels.isEmpty ? "" : ","
        for (index, count) in counts.enumerated() {
            cumulative += count
            let bound = index < histogram.bounds.count ? Self.number(histogram.bounds[index]) : "+Inf"
            line("\(name)_bucket", "\(labels)\(separator)le=\"\(bound)\"", String(cumulative))
        }
        line("\(name)_sum", labels, Self.number(histogram.sum))
        line("\(name)_count", labels, String(cumulative))
    }

    private mutating func writeHead(_ name: MetricName, as exposed: String) {
        if !name.help.isEmpty {
            bytes.append(contentsOf: "# HELP \(exposed) \(Self.escapedHelp(name.help))\n".utf8)
        }
        bytes.append(contentsOf: "# TYPE \(exposed) \(name.kind.rawValue)\n".utf8)
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        bytes.append(contentsOf: name.utf8)
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels.utf8)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    // MARK: Spelling

    /// The exposed name: dots become underscores, then the unit, then `_total` on counters, each only once.
    static func name(of metric: MetricName) -> String {
        var name = identifier(metric.label, colons: true)
        if !name.hasSuffix(metric.unit.rawValue) { name += metric.unit.rawValue }
        if metric.kind == .counter, !name.hasSuffix("_total") { name += "_total" }
        return name
    }

    /// `a="1",b="2"` in the order of the label names; the first of two equal names wins.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        var seen: Set<String> = []
        var labels: [(name: String, value: String)] = []
        for (key, value) in dimensions {
            var name = identifier(key, colons: false)
            // Prometheus keeps `le` for itself.
            if name == "le" { name = "exported_le" }
            if seen.insert(name).inserted { labels.append((name, escapedValue(value))) }
        }
        return labels.sorted { $0.name < $1.name }.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",")
    }

    /// A number as Prometheus reads it; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return value.description
    }

    private static func identifier(_ text: String, colons: Bool) -> String {
        var bytes = text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                byte
            case UInt8(ascii: ":") where colons: byte
            default: UInt8(ascii: "_")
            }
        }
        if let first = bytes.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            bytes.insert(UInt8(ascii: "_"), at: 0)
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func escapedValue(_ text: String) -> String {
        escaped(text, quotes: true)
    }

    private static func escapedHelp(_ text: String) -> String {
        escaped(text, quotes: false)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension MetricsRegistry {
    /// The media type of ``render()``.
    package static var contentType: String { PrometheusText.contentType }
}
