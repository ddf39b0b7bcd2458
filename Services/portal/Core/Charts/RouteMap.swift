/// The lines of the route map, drawn between the rows of two tables: who asked, the router, who answered; without
/// anybody who asked, from the router on.
///
/// The tables' row heights are fixed in the style sheet, so the drawing needs no measuring.
package struct RouteMap: Sendable {
    /// A line: how many requests it stands for and which colour class it has.
    package struct Line: Hashable, Sendable {
        package var count: Int
        package var colour: String
        /// Whether it is gone only when another one is closed.
        package var isSpare: Bool

        package init(count: Int, colour: String, isSpare: Bool = false) {
            self.count = count
            self.colour = colour
            self.isSpare = isSpare
        }
    }

    /// The height of a row of the right table.
    package static let row = 46.0
    private static let width = 420.0
    private static let left = (from: 14.0, bend: 168.0, to: 188.0)
    private static let right = (from: 208.0, bend: 234.0, to: 406.0)
    /// The height that all lines together have at the hub.
    private static let bundle = 75.0
    private static let gap = 5.0
    /// A line that is alone would fill the drawing.
    private static let widest = 26.0

    private let from: [Line]
    private let to: [Line]

    package init(from: [Line], to: [Line]) {
        self.from = from
        self.to = to
    }

    /// The drawing's height.
    package var height: Double { Self.row * Double(max(to.count, from.count, 2)) }

    package var svg: String {
        let incoming = ends(of: from)
        let outgoing = ends(of: to)
        var lines = ""
        var stations = ""
        for index in from.indices {
            let y = height / Double(from.count) * (Double(index) + 0.5)
            let end = incoming[index]
            let bend = Self.left.bend - abs(end.y - y)
            let shape = Self.path((Self.left.from, y), (Self.left.to, end.y), bend: bend)
            lines += "<path class=\"ln c\" stroke-width=\"\(Plot.short(end.width))\" d=\"\(shape)\"/>"
            stations += Self.station(Self.left.from, y, end.width, "c")
        }
        for (index, line) in to.enumerated() {
            let y = Self.row * (Double(index) + 0.5)
            let start = outgoing[index]
            let shape = Self.path((Self.right.from, start.y), (Self.right.to, y), bend: Self.right.bend)
            let name = "ln \(line.colour)\(line.isSpare ? " spare" : "")"
            lines += "<path class=\"\(name)\" stroke-width=\"\(Plot.short(start.width))\" d=\"\(shape)\"/>"
            stations += Self.station(Self.right.to, y, start.width, line.colour)
        }
        let all = incoming + outgoing
        let top = (all.map { $0.y - $0.width / 2 }.min() ?? height / 2) - 6
        let bottom = (all.map { $0.y + $0.width / 2 }.max() ?? height / 2) + 6
        let hub =
            "<rect class=\"hub\" x=\"186\" y=\"\(Plot.short(top))\" width=\"24\" height=\"\(Plot.short(bottom - top))\" rx=\"12\"/>"
        let start = from.isEmpty ? Self.left.to - 4 : 0
        let size = (Plot.short(Self.width - start), Plot.short(height))
        return "<svg viewBox=\"\(Plot.short(start)) 0 \(size.0) \(size.1)\" width=\"\(size.0)\" height=\"\(size.1)\""
            + " aria-hidden=\"true\" focusable=\"false\">\(lines)\(hub)\(stations)</svg>"
    }

    /// Where each line meets the hub, in the order of the rows, and how wide it is.
    func ends(of lines: [Line]) -> [(y: Double, width: Double)] {
        let total = Double(max(1, lines.map(\.count).reduce(0, +)))
        let widths = lines.map { min(Self.widest, max(3, Double($0.count) * Self.bundle / total)) }
        let whole = widths.reduce(0, +) + Self.gap * Double(max(0, lines.count - 1))
        var y = height / 2 - whole / 2
        return widths.map { width in
            defer { y += width + Self.gap }
            return (y + width / 2, width)
        }
    }

    /// Horizontal to the bend, 45 degrees, horizontal to the end; corners as quadratics.
    package static func path(_ start: (Double, Double), _ end: (Double, Double), bend: Double) -> String {
        let fall = end.1 - start.1
        let short = Plot.short
        guard abs(fall) > 0.5 else { return "M\(short(start.0)) \(short(start.1))H\(short(end.0))" }
        let radius = min(15, abs(fall) / 2.1)
        let cut = radius * 0.7071
        let sign = fall > 0 ? 1.0 : -1.0
        let last = bend + abs(fall)
        return "M\(short(start.0)) \(short(start.1))H\(short(bend - radius))"
            + "Q\(short(bend)) \(short(start.1)) \(short(bend + cut)) \(short(start.1 + sign * cut))"
            + "L\(short(last - cut)) \(short(end.1 - sign * cut))"
            + "Q\(short(last)) \(short(end.1)) \(short(last + radius)) \(short(end.1))H\(short(end.0))"
    }

    private static func station(_ x: Double, _ y: Double, _ width: Double, _ colour: String) -> String {
        let radius = min(13, max(5.5, width / 2 + 1))
        return
            "<circle class=\"st \(colour)\" cx=\"\(Plot.short(x))\" cy=\"\(Plot.short(y))\" r=\"\(Plot.short(radius))\"/>"
    }
}
