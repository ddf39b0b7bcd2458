/// Writes a long listing shorter.
struct LongWriter {
    let text: ToolText
    let listing: LongLines
    let columns: UsualColumns
    private let noise: NoiseFolders
    private let showsTimes: Bool

    init(text: ToolText, listing: LongLines, columns: UsualColumns, command: ShellCommand) {
        self.text = text
        self.listing = listing
        self.columns = columns
        noise = NoiseFolders(listing.tree, command)
        // Sorted by time, the times are what is asked for.
        showsTimes = command.steps.contains { step in
            step.program == "ls"
                && step.arguments.contains {
                    $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("t") || $0.hasPrefix("--time")
                }
        }
    }

    func write() -> Rewriting {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count / 2)
        var hidden = 0
        var isSilent = false
        for row in listing.rows {
            switch row {
            case .folder(let node):
                let over = noise.over[node]
                isSilent = over > 0
                guard !isSilent else { continue }
                out.append(contentsOf: listing.tree.path(node))
                out.append(":\n")
            case .entry(let entry, let node):
                guard !isSilent, node == 0 || noise.over[node] == 0 || noise.over[node] == node else {
                    hidden += 1
                    continue
                }
                guard node > 0 else { continue }
                write(entry, node, to: &out)
            case .total(let line):
                if !isSilent { out.appendLine(line) }
            case .blank: continue
            case .other(let index): out.appendLine(text[index])
            }
        }
        var notes = [columns.note, "left out link counts"]
        if hidden > 0 { notes.append(Marker.count(hidden, "entry", "entries") + " in folders of made files") }
        return Rewriting(text: out, notes: notes)
    }

    private func write(_ entry: LongEntry, _ node: Int, to out: inout [UInt8]) {
        out.append(contentsOf: entry.name)
        if entry.isFolder {
            if entry.name.last != .slash { out.append(.slash) }
        } else {
            out.append(.space)
            out.append(contentsOf: entry.size)
        }
        let mode = entry.isFolder ? columns.folderMode : columns.fileMode
        if !entry.mode.elementsEqual(mode) { append(entry.mode, to: &out) }
        if !entry.owner.elementsEqual(columns.owner) { append(entry.owner, to: &out) }
        if showsTimes || !entry.day.elementsEqual(columns.day) {
            append(entry.day, to: &out)
            append(entry.time, to: &out)
        }
        if noise.over[node] == node {
            out.append(contentsOf: " (\(noise.entries[node]) not shown)".utf8)
        }
        out.append(.newline)
    }

    private func append(_ bytes: ArraySlice<UInt8>, to out: inout [UInt8]) {
        for field in bytes.fields(4) {
            out.append(.space)
            out.append(contentsOf: field)
        }
    }
}
