/// Tables with a head in capitals, as `kubectl get`, `docker ps` and their like print them: padding and columns that are
/// the same in every row go; rows of a long listing that say nothing but "well" are counted by what they belong to.
///
/// A row that differs in state, readiness or restarts stays whole.
package struct StatusTable: Category {
    package let name = "table"
    private static let minimumRows = 6
    /// Healthy rows are only counted in tables that nobody reads line by line.
    private static let minimumCounted = 30
    private static let programs: Set<String> = [
        "kubectl", "oc", "docker", "podman", "helm", "nomad", "crictl", "k", "systemctl",
    ]
    /// Options with which somebody asks for certain rows, or for their order.
    private static let selections = ["-l", "--selector", "--field-selector", "--filter", "-f", "--sort-by"]

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: Self.programs) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.count > Self.minimumRows, let head = Self.head(text.bare(0)) else { return nil }
        var rows: [[ArraySlice<UInt8>]] = []
        var others: [Int] = []
        var lines = 0
        for index in 1..<text.count where !text.bare(index).isBlankLine {
            lines += 1
            let cells = Self.cells(text.bare(index))
            if cells.count == head.count { rows.append(cells) } else { others.append(index) }
        }
        guard rows.count >= Self.minimumRows, Fit.holds(rows.count, of: lines) else { return nil }
        // Rows with empty cells cannot be told apart by their blanks; they stay as they are, below the others.
        var table = TableText(head: head, rows: rows)
        if !Self.isSelected(command), rows.count >= Self.minimumCounted { table.countHealthy() }
        var out = table.text
        for index in others { out.appendLine(text[index]) }
        return Rewriting(text: out, notes: table.notes)
    }

    /// Whether rows were chosen by the command: then each is what was asked for.
    private static func isSelected(_ command: ShellCommand) -> Bool {
        if SearchResults().isNamed(by: command) { return true }
        return command.steps.contains { step in
            programs.contains(step.program)
                && step.arguments.contains { argument in
                    selections.contains { argument == $0 || argument.hasPrefix($0 + "=") }
                }
        }
    }

    /// The names of the columns, when the line is a head: two at least, in capitals.
    private static func head(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        let cells = cells(line)
        guard cells.count >= 3 else { return nil }
        let isHead = cells.allSatisfy { cell in
            cell.contains(where: \.isLetter) && cell.allSatisfy { !($0 >= 0x61 && $0 <= 0x7A) }
        }
        return isHead ? cells : nil
    }

    /// The stretches between two blanks or more.
    static func cells(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var cells: [ArraySlice<UInt8>] = []
        var rest = line.trimmedStart
        while !rest.isEmpty {
            let end = rest.position(of: "  ") ?? rest.endIndex
            let tab = rest.firstIndex(of: .tab) ?? rest.endIndex
            let cell = rest[..<min(end, tab)]
            cells.append(cell.trimmedEnd)
            rest = rest[cell.endIndex...].trimmedStart
        }
        return cells
    }
}

/// A table without what all rows share.
private struct TableText {
    private let head: [ArraySlice<UInt8>]
    private var rows: [[ArraySlice<UInt8>]]
    /// Columns that are the same in every row.
    private let isConstant: [Bool]
    /// The cells of the first row.
    private let constants: [ArraySlice<UInt8>]
    /// In the order in which they came.
    private var healthy: [(group: [UInt8], members: [Member])] = []
    private var places: [[UInt8]: Int] = [:]

    private struct Member {
        var name: [UInt8]
        var count = 1
    }

    private var healthyCount = 0

    init(head: [ArraySlice<UInt8>], rows: [[ArraySlice<UInt8>]]) {
        self.head = head
        self.rows = rows
        constants = rows[0]
        isConstant = head.indices.map { column in
            rows.dropFirst().allSatisfy { $0[column].elementsEqual(rows[0][column]) }
        }
    }

    // MARK: Healthy rows

    private static let wellStates: Set<String> = [
        "Running", "Completed", "Succeeded", "Active", "Bound", "Ready", "Healthy", "Available", "Normal", "deployed",
    ]

    private func column(_ name: StaticString) -> Int? { head.firstIndex { $0.equals(name) } }

    private static func text(_ cell: ArraySlice<UInt8>) -> String { String(decoding: cell, as: UTF8.self) }

    /// Counts rows that are well by namespace and by what they belong to.
    mutating func countHealthy() {
        let events = column("TYPE").flatMap { type in column("REASON").map { (state: type, name: $0) } }
        let pods = column("STATUS").flatMap { status in column("NAME").map { (state: status, name: $0) } }
        guard let (state, name) = events ?? pods else { return }
        let (ready, restarts, space) = (column("READY"), column("RESTARTS"), column("NAMESPACE"))
        let isWell = rows.map { row in
            Self.wellStates.contains(Self.text(row[state])) && ready.map { Self.isFull(row[$0]) } ?? true
                && restarts.map { row[$0].equals("0") } ?? true
        }
        guard isWell.count(where: { $0 }) >= 10 else { return }
        for (row, isWell) in zip(rows, isWell) where isWell {
            healthyCount += 1
            let group = space.map { Array(row[$0]) + [.space] } ?? []
            add(events == nil ? Self.workload(row[name]) : row[name], to: group + Array(row[state]))
        }
        rows = zip(rows, isWell).filter { !$0.1 }.map(\.0)
    }

    private mutating func add(_ member: ArraySlice<UInt8>, to group: [UInt8]) {
        let name = Array(member)
        let place = places[group] ?? healthy.count
        if place == healthy.count {
            places[group] = place
            healthy.append((group, []))
        }
        let key = group + [.newline] + name
        if let known = places[key] {
            healthy[place].members[known].count += 1
        } else {
            places[key] = healthy[place].members.count
            healthy[place].members.append(Member(name: name))
        }
    }

    /// `3/3`.
    private static func isFull(_ cell: ArraySlice<UInt8>) -> Bool {
        let parts = cell.split(separator: .slash)
        return parts.count == 2
            ? parts[0].elementsEqual(parts[1]) : cell.equals("True") || cell.leadingDigits == cell.count
    }

    /// A pod's name without the ends that its controllers gave it: a number, or five letters after eight to ten, none of
    /// which is a vowel.
    private static func workload(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let dash = name.lastIndex(of: .hyphen), dash > name.startIndex else { return name }
        let (rest, end) = (name[..<dash], name[(dash + 1)...])
        if end.leadingDigits == end.count { return rest }
        guard end.count == 5, isRandom(end) else { return name }
        guard let inner = rest.lastIndex(of: .hyphen), inner > rest.startIndex else { return rest }
        let template = rest[(inner + 1)...]
        return (8...10).contains(template.count) && isRandom(template) ? rest[..<inner] : rest
    }

    private static func isRandom(_ word: ArraySlice<UInt8>) -> Bool {
        word.allSatisfy { ($0.isDigit || $0 >= 0x61 && $0 <= 0x7A) && !"aeiou".utf8.contains($0) }
    }

    // MARK: Text

    var notes: [String] {
        var notes = ["columns that are the same in all rows named once"]
        if healthyCount > 0 { notes.append("\(healthyCount) healthy rows counted, not listed") }
        return notes
    }

    var text: [UInt8] {
        var out: [UInt8] = []
        let shared = head.indices.filter { isConstant[$0] }
        for (offset, column) in shared.enumerated() {
            out.append(contentsOf: (offset == 0 ? "in all rows: " : ", ").utf8)
            out.append(contentsOf: head[column])
            out.append(.space)
            out.append(contentsOf: constants[column])
        }
        if !shared.isEmpty { out.append(.newline) }
        append(head, to: &out)
        for row in rows { append(row, to: &out) }
        for group in healthy {
            out.append(contentsOf: group.group)
            out.append(.colon)
            for (offset, member) in group.members.enumerated() {
                out.append(contentsOf: (offset == 0 ? " " : ", ").utf8)
                out.append(contentsOf: member.name)
                if member.count > 1 { out.append(contentsOf: " \(member.count)".utf8) }
            }
            out.append(.newline)
        }
        return out
    }

    private func append(_ row: [ArraySlice<UInt8>], to out: inout [UInt8]) {
        var isFirst = true
        for (column, cell) in row.enumerated() where !isConstant[column] {
            if !isFirst { out.append("  ") }
            isFirst = false
            out.append(contentsOf: cell)
        }
        out.append(.newline)
    }
}
