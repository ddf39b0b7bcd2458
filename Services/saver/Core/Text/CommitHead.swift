/// The lines with which git introduces a commit, as one: name, what points at it, author and time.
///
/// Ten digits of a name are more than git itself prints for short; seconds and time zones are left out, and an author's
/// address after its first time.
struct CommitHeads {
    private static let nameLength = 10
    /// Whether days are enough: in a list of commits the order tells the rest, and the year where it changes.
    private let isBrief: Bool
    private var authors: Set<ByteKey> = []
    private var year: ArraySlice<UInt8> = []

    init(isBrief: Bool) {
        self.isBrief = isBrief
    }

    /// The rest of a line `commit NAME`, the name included.
    static func commit(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.starts("commit ") else { return nil }
        let rest = line.dropFirst(7)
        let name = rest.prefix { $0.isDigit || $0 >= 0x61 && $0 <= 0x66 }
        guard name.count == 40 || name.count == 64 else { return nil }
        return rest.count == name.count || rest.dropFirst(name.count).first == .space ? rest : nil
    }

    /// Writes the head that begins with this line, without ending its own; returns the line after it, `nil` when none begins
    /// here.
    mutating func take(_ text: ToolText, at start: Int, to out: inout [UInt8]) -> Int? {
        guard let commit = Self.commit(text.bare(start)) else { return nil }
        let digits = commit.prefix { $0 != .space }.count
        if !isBrief { out.append("commit ") }
        out.append(contentsOf: commit.prefix(Self.nameLength))
        out.append(contentsOf: commit.dropFirst(digits))
        var index = start + 1
        while index < text.count {
            let line = text.bare(index)
            if line.starts("Author:") {
                appendAuthor(line.dropFirst(7).trimmedStart, to: &out)
            } else if line.starts("Date:") {
                out.append(", ")
                appendDate(line.dropFirst(5).trimmedStart, to: &out)
            } else if line.starts("Merge:") {
                out.append(" merges")
                out.append(contentsOf: line.dropFirst(6))
            } else {
                break
            }
            index += 1
        }
        return index
    }

    private mutating func appendAuthor(_ author: ArraySlice<UInt8>, to out: inout [UInt8]) {
        out.append(.space)
        out.append(contentsOf: authors.insert(ByteKey(author)).inserted ? author : Self.name(author))
    }

    /// A person without the address.
    static func name(_ person: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        (person.firstIndex(of: UInt8(ascii: "<")).map { person[..<$0] } ?? person).trimmedEnd
    }

    /// `Sat Jan 24 22:26:19 2026 +0700` as `Jan 24 22:26 2026`, or `Jan 24 2026`; anything else as it is.
    private mutating func appendDate(_ date: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let fields = date.fields(7)
        guard fields.count == 6, fields[0].count == 3, fields[1].count == 3, fields[3].count == 8,
            fields[3].dropFirst(2).first == .colon, fields[4].number != nil
        else {
            out.append(contentsOf: date)
            return
        }
        var parts = [fields[1], fields[2]]
        if !isBrief { parts.append(fields[3].prefix(5)) }
        if !isBrief || !fields[4].elementsEqual(year) { parts.append(fields[4]) }
        year = fields[4]
        out.append(contentsOf: parts.joined(separator: CollectionOfOne(.space)))
    }
}
