import SaverCore
import Testing

/// CSV, TSV, Markdown's tables and those of database clients: every row stays, and each of its cells can be told.
@Suite("Drawn and delimited tables")
struct DrawnTableTests {
    /// How a table is printed.
    enum Form: String, CaseIterable, Sendable {
        case csv, quoted, tsv, markdown, psql, mysql

        var rule: String { self == .csv || self == .quoted || self == .tsv ? "csv" : "ruled-table" }

        func lines(_ names: [String], _ rows: [[String]]) -> [String] {
            let widths = names.indices.map { column in ([names] + rows).map { $0[column].count }.max() ?? 0 }
            let padded = { (row: [String]) in
                row.enumerated().map { $1 + String(repeating: " ", count: widths[$0] - $1.count) }
            }
            let ruler = widths.map { String(repeating: "-", count: $0 + 2) }
            switch self {
            case .csv: return ([names] + rows).map { $0.joined(separator: ",") }
            case .quoted: return ([names] + rows).map { $0.map { "\"\($0)\"" }.joined(separator: ",") }
            case .tsv: return ([names] + rows).map { $0.joined(separator: "\t") }
            case .markdown:
                let body = ([names] + rows).map { "| " + padded($0).joined(separator: " | ") + " |" }
                return [body[0], "|" + ruler.joined(separator: "|") + "|"] + body.dropFirst()
            case .psql:
                let body = ([names] + rows).map { " " + padded($0).joined(separator: " | ") }
                return [body[0], ruler.joined(separator: "+")] + body.dropFirst() + ["(\(rows.count) rows)"]
            case .mysql:
                let body = ([names] + rows).map { "| " + padded($0).joined(separator: " | ") + " |" }
                let line = "+" + ruler.joined(separator: "+") + "+"
                return [line, body[0], line] + body.dropFirst() + [line, "\(rows.count) rows in set (0.01 sec)"]
            }
        }

        var separator: Character { self == .tsv ? "\t" : rule == "csv" ? "," : "|" }
    }

    /// Reads a table back from what was made of it.
    private static func rows(_ lines: [String], _ names: [String], _ separator: Character) -> [[String]] {
        var fixed: [String: String] = [:]
        var patterns: [(name: String, before: String, of: String, after: String)] = []
        var dictionaries: [(name: String, by: String, values: [String: String])] = []
        var listed: [String] = []
        var rows: [[String]] = []
        for line in lines.dropFirst() where !line.hasPrefix("[keirouter: ") {
            if listed.isEmpty, line.hasPrefix("in all rows: ") {
                for part in line.dropFirst(13).components(", ") {
                    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                        String.init
                    )
                    fixed[pair[0]] = pair[1]
                }
            } else if listed.isEmpty, let brace = line.firstIndex(of: "{"), let end = line.firstIndex(of: "}") {
                let head = line[..<brace].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init
                )
                patterns.append(
                    (
                        head[0], head[1], String(line[line.index(after: brace)..<end]),
                        String(line[line.index(after: end)...])
                    )
                )
            } else if listed.isEmpty, let colon = line.firstIndex(of: ":"), line[..<colon].contains(" by ") {
                let head = line[..<colon].components(" by ")
                let pairs = line[line.index(colon, offsetBy: 2)...].components(", ").map {
                    $0.split(separator: " ", maxSplits: 1).map(String.init)
                }
                dictionaries.append((head[0], head[1], Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })))
            } else if listed.isEmpty {
                listed = line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
            } else if let name = names.first(where: { line.hasPrefix($0 + "=") }) {
                fixed[name] = String(line.dropFirst(name.count + 1))
            } else {
                let cells = line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
                guard cells.count == listed.count else { break }
                var row = fixed.merging(zip(listed, cells)) { $1 }
                for pattern in patterns.reversed() {
                    row[pattern.name] = pattern.before + (row[pattern.of] ?? "?") + pattern.after
                }
                for dictionary in dictionaries.reversed() {
                    row[dictionary.name] = dictionary.values[row[dictionary.by] ?? "?"]
                }
                for pattern in patterns {
                    row[pattern.name] = pattern.before + (row[pattern.of] ?? "?") + pattern.after
                }
                rows.append(names.map { row[$0] ?? "?" })
            }
        }
        return rows
    }

    @Test("the rows can be read back, whatever is shared among them", arguments: Form.allCases, 0..<12)
    func whole(_ form: Form, _ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        let names = ["id", "name", "city", "state", "path", "note"]
        let rows = (0..<Int.random(in: 30...90, using: &random)).map { row in
            let name = "user\(Int.random(in: 100...999, using: &random))x\(row)"
            return [
                "\(form == .tsv ? row * 7 : row + 1000)", name, ["Oslo", "Bergen", "Nara"][row / 11 % 3], "active",
                "/home/\(name)/data", ["", "checked twice", "-", "late again"][Int.random(in: 0..<4, using: &random)],
            ]
        }
        let lines = form.lines(names, rows)
        let saving = try #require(shrunk(lines.joined(separator: "\n")))
        #expect(saving.rule == form.rule)
        // An empty cell in quotes keeps them.
        let cells = form == .quoted ? rows.map { $0.map { $0.isEmpty ? "\"\"" : $0 } } : rows
        #expect(Self.rows(saving.lines, names, form.separator) == cells)
        #expect(form != .psql || saving.lines.contains("(\(rows.count) rows)"))
        #expect(form != .mysql || saving.lines.contains("\(rows.count) rows in set (0.01 sec)"))
        #expect(saving.lines.last?.contains("what they share said once") == true)
    }

    @Test("quotes stay where a cell needs them")
    func quotes() throws {
        let rows = (1...30).map { #""\#($0)","row, \#($0)","say ""\#($0)""","active state of the order","""# }
        let saving = try #require(
            shrunk((["id,name,remark,state,empty"] + rows).joined(separator: "\n"), tool: "query")
        )
        for row in 1...30 { #expect(saving.lines.contains(#"\#(row),"row, \#(row)","say ""\#(row)""""#)) }
        #expect(saving.lines.contains(#"in all rows: state=active state of the order, empty="""#))
    }

    @Test("a row of hyphens, a bar in a cell and words around a table stay")
    func odd() throws {
        let rows =
            (1...30).map { "| \($0)     | x \\| y    | settled       | - |" } + [
                "| -     | -         | -             | - |"
            ]
        let text =
            ["## Result", "", "| id    | formula   | state         | z |", "|:------|----------:|---------------|---|"]
            + rows + ["", "31 rows"]
        let saving = try #require(shrunk(text.joined(separator: "\n"), tool: "query"))
        #expect(saving.lines.contains("## Result") && saving.lines.contains("31 rows"))
        #expect(saving.lines.contains("in all rows: z=-") && saving.lines.contains("id|formula"))
        for row in 1...30 { #expect(saving.lines.contains("\(row)|x \\| y")) }
        #expect(saving.lines.suffix(5).prefix(2) == ["state=-", "-|-"])
    }

    @Test(
        "code, prose and tables with ragged rows are no tables",
        arguments: ["call(a, b, c)", "one, two, three and four", "a,b", "x | y | z"]
    )
    func lookalikes(_ line: String) {
        let lines = (1...80).map { number in
            (0...(number % 3)).map { _ in line }.joined(separator: ",") + "\(number * number)"
        }
        #expect(shrunk(lines.joined(separator: "\n")) == nil)
    }

    @Test("a file that is printed stays, and so does what a reading tool gives")
    func files() {
        let text = Form.csv.lines(["id", "name", "state"], (1...60).map { ["\($0)", "name\($0)", "the same in all"] })
            .joined(separator: "\n")
        #expect(shrunk(text) != nil)
        #expect(shrunk(text, command: "cat people.csv") == nil && shrunk(text, tool: "Read") == nil)
    }
}

extension StringProtocol {
    /// The parts between a separator.
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}
