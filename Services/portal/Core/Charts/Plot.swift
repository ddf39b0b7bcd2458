/// Shapes of charts as SVG text: numbers alone, so nothing in it needs escaping.
///
/// The words around them are HTML.
package enum Plot {
    /// The side of the box that charts are drawn in; they are stretched to their place.
    package static let side = 100.0

    /// The smallest round number that values stay under, and the ticks from zero up to it.
    package static func scale(_ largest: Int, ticks: Int = 3) -> [Int] {
        guard largest > 0 else { return Array(0...ticks) }
        var unit = 1
        while unit * 10 * ticks <= largest { unit *= 10 }
        for factor in [1, 2, 3, 4, 5, 6, 8, 10] where unit * factor * ticks >= largest {
            return (0...ticks).map { $0 * unit * factor }
        }
        return (0...ticks).map { $0 * unit * 10 }
    }

    /// Points from left to right, y from the bottom.
    package static func points(_ values: [Int], top: Int) -> [(x: Double, y: Double)] {
        guard values.count > 1, top > 0 else {
            return values.first.map { value in
                let y = side - side * Double(value) / Double(max(top, 1))
                return [(0, y), (side, y)]
            } ?? []
        }
        return values.enumerated().map { index, value in
            (side * Double(index) / Double(values.count - 1), side - side * Double(value) / Double(top))
        }
    }

    /// A line through points.
    package static func line(_ points: [(x: Double, y: Double)]) -> String {
        var text = ""
        for (index, point) in points.enumerated() {
            text += "\(index == 0 ? "M" : "L")\(short(point.x)) \(short(point.y))"
        }
        return text
    }

    /// The area between a line and the ground.
    package static func area(_ points: [(x: Double, y: Double)]) -> String {
        guard let first = points.first, let last = points.last else { return "" }
        return line(points) + "L\(short(last.x)) 100L\(short(first.x)) 100Z"
    }

    /// The area between two lines.
    package static func between(_ upper: [(x: Double, y: Double)], _ lower: [(x: Double, y: Double)]) -> String {
        guard !upper.isEmpty, !lower.isEmpty else { return "" }
        return line(upper) + "L" + line(lower.reversed()).dropFirst() + "Z"
    }

    /// A few lines of course in the size of a word.
    package static func spark(_ values: [Int]) -> String {
        let points = points(values, top: max(1, values.max() ?? 1)).map { (x: $0.x, y: 4 + $0.y * 0.26) }
        guard !points.isEmpty else { return "" }
        let first = line(points)
        let area = "\(first)L100 34L0 34Z"
        return "<svg class=\"spark\" viewBox=\"0 0 100 34\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<path class=\"area\" d=\"\(area)\"/><path d=\"\(first)\"/></svg>"
    }

    /// What was paid, what it would have cost at list price, and the gap between them.
    package static func paidAgainstList(paid: [Int], list: [Int], top: Int) -> String {
        let low = points(paid, top: top)
        let high = points(list, top: top)
        return plot(
            path("gap", between(high, low)) + path("under", area(low)) + path("list", line(high))
                + path("paid", line(low))
        )
    }

    /// The middle of what requests took and the band up to the slowest 5%; `nil` where nothing was measured.
    package static func latency(middle: [Int?], slow: [Int?], top: Int) -> String {
        let low = runs(middle, top: top)
        let high = runs(slow, top: top)
        let bands = zip(high, low).map { path("band", between($0, $1)) }
        // A point that is alone is a line without length, which round ends make a dot.
        func lines(_ name: String, _ runs: [[(x: Double, y: Double)]]) -> String {
            runs.map { path(name, $0.count == 1 ? line($0) + "h0" : line($0)) }.joined()
        }
        return plot(bands.joined() + lines("p95", high) + lines("p50", low))
    }

    /// The stretches of values without a gap in them.
    private static func runs(_ values: [Int?], top: Int) -> [[(x: Double, y: Double)]] {
        guard values.count > 1, top > 0 else { return [] }
        var runs: [[(x: Double, y: Double)]] = []
        var isOpen = false
        for (index, value) in values.enumerated() {
            guard let value else {
                isOpen = false
                continue
            }
            let x = side * Double(index) / Double(values.count - 1)
            let point = (x: x, y: side - side * Double(value) / Double(top))
            if isOpen { runs[runs.count - 1].append(point) } else { runs.append([point]) }
            isOpen = true
        }
        return runs
    }

    /// Bars of up to three parts on each other, in classes `b1`, `b2`, `b3`.
    package static func bars(_ parts: [[Int]], top: Int) -> String {
        bars(parts.enumerated().map { (name: "b\($0.offset + 1)", values: $0.element) }, top: top)
    }

    /// Bars of parts on each other, each part in a class of its own.
    package static func bars(_ parts: [(name: String, values: [Int])], top: Int) -> String {
        let count = parts.map(\.values.count).max() ?? 0
        guard count > 0, top > 0 else { return plot("") }
        let step = side / Double(count)
        // Many bars need less room between them.
        let gap = count > 40 ? 0.08 : 0.16
        var text = ""
        for index in 0..<count {
            var y = side
            for part in parts where index < part.values.count && part.values[index] > 0 {
                let height = side * Double(part.values[index]) / Double(top)
                y -= height
                text += "<rect class=\"\(part.name)\" x=\"\(short(step * (Double(index) + gap)))\" y=\"\(short(y))\""
                text += " width=\"\(short(step * (1 - 2 * gap)))\" height=\"\(short(height))\"/>"
            }
        }
        return plot(text)
    }

    /// What was spent so far, the ceiling of the plan, and where the course leads.
    package static func budget(spent: [Int], periods: Int, limit: Int, projection: Int, top: Int) -> String {
        guard periods > 1, top > 0, !spent.isEmpty else { return plot("") }
        let known = spent.enumerated().map { index, value in
            (x: side * Double(index) / Double(periods - 1), y: side - side * Double(value) / Double(top))
        }
        let now = known[known.count - 1]
        let end = side - side * Double(projection) / Double(top)
        let spread = abs(end - now.y) * 0.18
        let ceiling = side - side * Double(limit) / Double(top)
        return plot(
            path("under", area(known))
                + path("fan", "M\(short(now.x)) \(short(now.y))L100 \(short(end - spread))L100 \(short(end + spread))Z")
                + (limit > 0 ? path("cap", "M0 \(short(ceiling))H100") : "") + path("paid", line(known))
                + path("proj", "M\(short(now.x)) \(short(now.y))L100 \(short(end))")
                + path("dot", "M\(short(now.x)) \(short(now.y))h0")
        )
    }

    /// A share of a whole as a bar.
    package static func meter(_ part: Int, of whole: Int, kind: String = "") -> String {
        let width = whole > 0 ? min(side, max(0, side * Double(part) / Double(whole))) : 0
        return "<svg class=\"meter\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"\(kind)\" width=\"\(short(width))\" height=\"4\"/></svg>"
    }

    /// Parts of a whole beside each other, in classes `s1`, `s2` and so on.
    package static func split(_ parts: [Int]) -> String {
        let whole = parts.reduce(0, +)
        guard whole > 0 else { return "" }
        var x = 0.0
        var text = ""
        for (index, part) in parts.enumerated() where part > 0 {
            let width = side * Double(part) / Double(whole)
            text +=
                "<rect class=\"s\(index + 1)\" x=\"\(short(x))\" width=\"\(short(max(0.4, width - 0.4)))\" height=\"12\"/>"
            x += width
        }
        return
            "<svg class=\"split\" viewBox=\"0 0 100 12\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(text)</svg>"
    }

    /// How long it took to the first token and then to the last, in a bar of a common length.
    package static func timing(firstMS: Int?, totalMS: Int, longestMS: Int) -> String {
        let longest = Double(max(1, longestMS))
        let first = min(firstMS ?? totalMS, totalMS)
        let wait = max(1.5, 120 * Double(first) / longest)
        let rest = 120 * Double(totalMS - first) / longest
        var text = "<rect class=\"w\" width=\"\(short(min(120, wait)))\" height=\"8\" rx=\"2\"/>"
        if rest > 0.5 {
            text +=
                "<rect class=\"s\" x=\"\(short(wait + 2))\" width=\"\(short(max(1, min(118 - wait, rest))))\" height=\"8\" rx=\"2\"/>"
        }
        return
            "<svg class=\"tbar\" viewBox=\"0 0 120 8\" width=\"120\" height=\"8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(text)</svg>"
    }

    private static func plot(_ content: String) -> String {
        "<svg class=\"nss\" viewBox=\"0 0 100 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\(content)</svg>"
    }

    private static func path(_ name: String, _ shape: String) -> String {
        shape.isEmpty ? "" : "<path class=\"\(name)\" d=\"\(shape)\"/>"
    }

    /// Two decimals at most.
    package static func short(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return rest.isMultiple(of: 10)
            ? "\(sign)\(whole).\(rest / 10)" : "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
