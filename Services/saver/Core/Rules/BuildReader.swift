/// Walks through a build's output message by message.
struct BuildReader {
    private let text: ToolText
    private(set) var out: [UInt8] = []
    private(set) var diagnostics = 0
    private(set) var steps = 0
    private(set) var pointers = 0
    private(set) var repeats = 0
    private(set) var excerpts = 0
    private(set) var advice = 0
    /// Lines that say something, and those of them that a build prints.
    private(set) var lines = 0
    private(set) var fitting = 0

    private var seenMessages: Set<ByteKey> = []
    private var seenBodies: Set<ByteKey> = []
    private var index = 0

    init(_ text: ToolText) {
        self.text = text
        out.reserveCapacity(text.bytes.count)
    }

    /// What went, by kind.
    func tell(_ omissions: inout Omissions) {
        omissions.add(steps, "build step")
        omissions.add(pointers, "pointer line")
        omissions.add(repeats, "repeated message")
        omissions.add(excerpts, "repeated explanation")
        omissions.add(advice, "line of advice", "lines of advice")
    }

    mutating func run() {
        while index < text.count {
            let line = text.bare(index)
            if BuildLine.isMessage(line) {
                takeMessage(line)
            } else if BuildLine.isStep(line) {
                count(1)
                steps += 1
                index += 1
            } else if BuildLine.isAdvice(line) {
                count(1)
                advice += 1
                index += 1
            } else {
                if !line.isBlankLine { count(BuildLine.isOutcome(line) ? 1 : 0) }
                out.appendLine(text[index])
                index += 1
            }
        }
    }

    private mutating func count(_ fits: Int) {
        lines += 1
        fitting += fits
    }

    // MARK: Messages

    /// A line that names a place or a fault, and what belongs to it up to the next one.
    private mutating func takeMessage(_ head: ArraySlice<UInt8>) {
        diagnostics += 1
        count(1)
        index += 1
        let isRust = BuildLine.isRustHead(head) && index < text.count && BuildLine.isRustPlace(text.bare(index))
        var body: [ArraySlice<UInt8>] = []
        while index < text.count {
            let line = text.bare(index)
            guard BuildLine.isBody(line, ofRust: isRust) else { break }
            count(1)
            body.append(line)
            index += 1
        }
        write(head, body)
    }

    private mutating func write(_ head: ArraySlice<UInt8>, _ body: [ArraySlice<UInt8>]) {
        var message = Array(head)
        for line in body {
            message.append(.newline)
            message.append(contentsOf: line)
        }
        // The same fault told again for another file of the module, word for word.
        guard seenMessages.insert(ByteKey(message[...])).inserted else {
            repeats += 1
            return
        }
        out.appendLine(head)
        let kept = body.filter { line in
            // "..." stands for lines that the compiler left out itself.
            guard BuildLine.isPointer(line) || line.equals("...") else { return true }
            pointers += 1
            return false
        }
        writeBody(kept)
    }

    /// The source line and what is explained below it; each only if it has not been shown in the same words.
    private mutating func writeBody(_ body: [ArraySlice<UInt8>]) {
        guard body.count > 1 else {
            for line in body { writeLine(line) }
            return
        }
        guard isNew(body[...]) else { return }
        if let first = body.first { writeLine(first) }
        let tail = body.dropFirst()
        guard tail.count < 2 || isNew(tail) else { return }
        for line in tail { writeLine(line) }
    }

    private mutating func isNew(_ lines: ArraySlice<ArraySlice<UInt8>>) -> Bool {
        let isNew = seenBodies.insert(Self.joined(lines)).inserted
        if !isNew { excerpts += 1 }
        return isNew
    }

    private static func joined(_ lines: ArraySlice<ArraySlice<UInt8>>) -> ByteKey {
        var bytes: [UInt8] = []
        for line in lines { bytes.appendLine(line) }
        return ByteKey(bytes[...])
    }

    /// Blanks before a line, and after the bar of a margin without a number, only place it under another line.
    private mutating func writeLine(_ line: ArraySlice<UInt8>) {
        let margin = line.trimmedStart
        guard margin.first == UInt8(ascii: "|") else {
            let isExcerpt =
                margin.leadingDigits > 0
                && margin.dropFirst(margin.leadingDigits).trimmedStart.first == UInt8(ascii: "|")
            let isPlaced = margin.starts("--> ") || margin.starts("= ") || margin.starts("::: ")
            out.appendLine(isExcerpt || isPlaced ? margin : line)
            return
        }
        out.append(contentsOf: Self.mark(margin))
        out.append(.newline)
    }

    /// `|   ^^^^^^ help: …` as `| ^ help: …`: where nothing stands above it the length of a mark tells no more than its kind.
    private static func mark(_ margin: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var isLabel = false
        for byte in margin {
            let isMark = byte == UInt8(ascii: "^") || byte == .hyphen || byte == UInt8(ascii: "~")
            if !isMark, !byte.isBlank, byte != UInt8(ascii: "|"), byte != UInt8(ascii: "_") { isLabel = true }
            let isRepeated = byte.isBlank ? out.last?.isBlank == true : isMark && !isLabel && out.last == byte
            if !isRepeated { out.append(byte) }
        }
        return out
    }
}
