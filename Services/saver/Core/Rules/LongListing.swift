/// `ls -l`, `ls -lR` and `find -ls`: name and size of each entry, and of mode, owner and date what is not the same for most.
package struct LongListing: Category {
    package let name = "ls"
    private static let minimumEntries = 6

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool {
        command.runs(anyOf: ["ls", "ll", "dir", "gls"])
            || command.steps.contains { $0.program == "find" && $0.has("-ls") }
    }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(40, { LongEntry($0) != nil }) else { return nil }
        var listing = LongLines()
        listing.read(text)
        guard listing.entries >= Self.minimumEntries, Fit.holds(listing.fitting, of: listing.lines) else { return nil }
        let columns = UsualColumns(listing.rows)
        let writer = LongWriter(text: text, listing: listing, columns: columns, command: command)
        return writer.write()
    }
}

/// One entry of a long listing.
struct LongEntry {
    var mode: ArraySlice<UInt8>
    var owner: ArraySlice<UInt8>
    var size: ArraySlice<UInt8>
    var day: ArraySlice<UInt8>
    var time: ArraySlice<UInt8>
    var name: ArraySlice<UInt8>

    var isFolder: Bool { mode.first == UInt8(ascii: "d") }

    /// `-rw-r--r-- 1 dev dev 583 Nov 23 07:12 name`, with `find -ls`'s two numbers before it or without.
    init?(_ line: ArraySlice<UInt8>) {
        guard let first = line.trimmedStart.first, first.isDigit || Self.isKind(first) else { return nil }
        var rest = line
        var mode = Self.word(&rest)
        if mode.leadingDigits == mode.count, !mode.isEmpty {
            guard Self.word(&rest).leadingDigits > 0 else { return nil }
            mode = Self.word(&rest)
        }
        guard Self.isMode(mode) else { return nil }
        guard Self.word(&rest).number != nil else { return nil }
        let owner = Self.word(&rest)
        let group = Self.word(&rest)
        var size = Self.word(&rest)
        if size.last == UInt8(ascii: ",") { size = size[size.startIndex..<Self.word(&rest).endIndex] }
        guard size.first?.isDigit == true else { return nil }
        let date = Self.word(&rest)
        if date.count == 10, date.dropFirst(4).first == .hyphen {
            day = date
            time = Self.word(&rest)
        } else {
            guard date.count == 3, date.allSatisfy(\.isLetter) else { return nil }
            let number = Self.word(&rest)
            guard number.number != nil else { return nil }
            day = line[date.startIndex..<number.endIndex]
            time = Self.word(&rest)
        }
        guard time.first?.isDigit == true, rest.first == .space, rest.count > 1 else { return nil }
        self.mode = mode
        self.owner = line[owner.startIndex..<group.endIndex]
        self.size = size
        name = rest.dropFirst()
    }

    private static func word(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        rest = rest.trimmedStart
        let end = rest.firstIndex { $0.isBlank } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }

    private static func isKind(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "d"), UInt8(ascii: "l"), UInt8(ascii: "c"), UInt8(ascii: "b"),
            UInt8(ascii: "p"), UInt8(ascii: "s"):
            true
        default: false
        }
    }

    private static func isMode(_ word: ArraySlice<UInt8>) -> Bool {
        guard word.count == 10 || word.count == 11, let first = word.first, isKind(first) else { return false }
        return word.dropFirst().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "r"), UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "s"), UInt8(ascii: "S"),
                UInt8(ascii: "t"), UInt8(ascii: "T"), .hyphen, UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "@"):
                true
            default: false
            }
        }
    }
}

/// The lines of a long listing.
struct LongLines {
    enum Row {
        case entry(LongEntry, node: Int)
        /// A folder's name before its entries.
        case folder(Int)
        case total(ArraySlice<UInt8>)
        case blank
        case other(Int)
    }

    private(set) var rows: [Row] = []
    private(set) var tree = PathTree()
    private(set) var entries = 0
    private(set) var fitting = 0
    private(set) var lines = 0

    mutating func read(_ text: ToolText) {
        var folder = 0
        rows.reserveCapacity(text.count)
        for index in 0..<text.count {
            let line = text.bare(index)
            guard !line.isBlankLine else {
                rows.append(.blank)
                continue
            }
            lines += 1
            if let entry = LongEntry(line) {
                entries += 1
                fitting += 1
                rows.append(.entry(entry, node: insert(entry, into: folder)))
            } else if line.starts("total ") {
                fitting += 1
                rows.append(.total(line))
            } else if line.last == .colon, index + 1 == text.count || isHeader(text, before: index + 1) {
                fitting += 1
                folder = tree.insert(line.dropLast())
                rows.append(.folder(folder))
            } else {
                rows.append(.other(index))
            }
        }
    }

    private func isHeader(_ text: ToolText, before next: Int) -> Bool {
        let line = text.bare(next)
        return line.starts("total ") || line.isBlankLine || LongEntry(line) != nil
    }

    /// The entry's node; 0 for a folder's names of itself and of the one it is in.
    private mutating func insert(_ entry: LongEntry, into folder: Int) -> Int {
        var name = entry.name
        if entry.mode.first == UInt8(ascii: "l"), let arrow = name.position(of: " -> ") { name = name[..<arrow] }
        guard folder > 0, !name.contains(.slash) else { return tree.insert(name) }
        guard !name.equals("."), !name.equals("..") else { return 0 }
        return tree.insert(name, into: folder)
    }
}
