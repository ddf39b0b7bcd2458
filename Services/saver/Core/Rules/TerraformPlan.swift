/// `terraform plan` and `apply`: what was only read goes, values that nobody knows yet stand on one line, and names are not
/// padded to their equals signs.
///
/// Every resource, every attribute that is set or changes, complaints and the counts stay.
package struct TerraformPlan: Category {
    package let name = "terraform"

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: ["terraform", "tofu", "terragrunt"])
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard
            text.looksAnywhere({ line in
                line.starts("Terraform will perform") || line.starts("OpenTofu will perform")
                    || Self.isStep(line) || line.starts("Plan: ")
            })
        else { return nil }
        var reader = PlanReader(text)
        reader.run()
        guard reader.isPlan else { return nil }
        var omissions = Omissions()
        omissions.add(reader.steps, "state that was read", "states that were read")
        omissions.add(reader.hidden, "note on unchanged parts", "notes on unchanged parts")
        var notes = omissions.notes
        if reader.unknown > 0 { notes.append("values known after apply named on one line") }
        guard !notes.isEmpty else { return nil }
        return Rewriting(text: BlankLines.joined(reader.out), notes: notes)
    }

    /// `aws_instance.web: Refreshing state... [id=i-1]`: what was looked at, and waiting.
    static func isStep(_ line: ArraySlice<UInt8>) -> Bool {
        guard !Alarm.sounds(in: line) else { return false }
        return line.contains(": Refreshing state...") || line.contains(": Reading...")
            || line.contains(": Read complete after") || line.contains(": Still ")
            || line.contains(": Preparing import")
    }
}

/// Walks through a plan attribute by attribute.
private struct PlanReader {
    private let text: ToolText
    private(set) var out: [UInt8] = []
    private(set) var steps = 0
    private(set) var hidden = 0
    private(set) var unknown = 0
    private(set) var isPlan = false
    /// Names whose values are not known yet, and the mark and indent of the first.
    private var waiting: (lead: ArraySlice<UInt8>, names: [ArraySlice<UInt8>])?

    init(_ text: ToolText) {
        self.text = text
        out.reserveCapacity(text.bytes.count)
    }

    mutating func run() {
        for index in 0..<text.count {
            let line = text.bare(index)
            if TerraformPlan.isStep(line) {
                steps += 1
                isPlan = true
                continue
            }
            let bare = line.trimmedStart
            if bare.starts("# ("), bare.contains("unchanged ") || bare.contains(" hidden)") {
                hidden += 1
                continue
            }
            if bare.starts("Plan: ") || bare.starts("# ") { isPlan = true }
            take(line)
        }
        flush()
    }

    private mutating func take(_ line: ArraySlice<UInt8>) {
        guard let equals = line.position(of: " = "), let mark = line.firstIndex(where: { !$0.isBlank }) else {
            flush()
            out.appendLine(line)
            return
        }
        let name = line[..<equals].trimmedEnd
        let value = line[(equals + 3)...]
        let start = name[mark...].lastIndex(where: \.isBlank).map { $0 + 1 } ?? mark
        let lead = name[name.startIndex..<start]
        guard value.equals("(known after apply)") else {
            flush()
            out.append(contentsOf: name)
            out.append(" = ")
            out.appendLine(value)
            return
        }
        unknown += 1
        if let waiting, waiting.lead.elementsEqual(lead) {
            self.waiting?.names.append(name[start...])
        } else {
            flush()
            waiting = (lead, [name[start...]])
        }
    }

    private mutating func flush() {
        guard let waiting else { return }
        self.waiting = nil
        out.append(contentsOf: waiting.lead)
        out.append(contentsOf: waiting.names.joined(separator: ", ".utf8))
        out.append(" = (known after apply)\n")
    }
}
