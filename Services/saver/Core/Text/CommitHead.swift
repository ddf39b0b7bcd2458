/// The lines with which git introduces a commit, as one: name, what points at it, author and time.
///
/// Seconds and time zones are left out, and an author's address after its first time.
struct CommitHeads {
    /// Whether days are enough: in a list of commits the order tells the rest, the year where it changes, and an author or a
    /// day that is missing is that of the commit above.
    private let isBrief: Bool
    private var authors: Set<ByteKey> = []
    private var author: ArraySlice<UInt8> = []
    private var day: [ArraySlice<UInt8>] = []
    private var year: ArraySlice<UInt8> = []
    /// Whether something about the commit stands behind its name already.
    private var hasDetail = false

    init(isBrief: Bool) {
        self.isBrief = isBrief
    }

    /// How many digits of a name are written; git itself begins with seven.
    ///
    /// One in a list is one of many and cheap to ask for again; the one commit that is shown keeps more.
    var nameLength: Int { isBrief ? 8 : 10 }

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
        out.append(contentsOf: commit.prefix(nameLength))
        out.append(contentsOf: commit.dropFirst(digits))
        hasDetail = false
        var index = start + 1
        while index < text.count {
            let line = text.bare(index)
            if line.starts("Author:") {
                appendAuthor(line.dropFirst(7).trimmedStart, to: &out)
            } else if line.starts("Date:") {
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
        defer { self.author = author }
        guard !isBrief || !author.elementsEqual(self.author) else { return }
        out.append(.space)
        out.append(contentsOf: authors.insert(ByteKey(author)).inserted ? author : Self.name(author))
        hasDetail = true
    }

    /// A person without the address.
    static func name(_ person: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        (person.firstIndex(of: UInt8(ascii: "<")).map { person[..<$0] } ?? person).trimmedEnd
    }

    /// `Sat Jan 24 22:26:19 2026 +0700` as `Jan 24 22:26 2026`, or `Jan 24 2026`, or nothing; anything else as it is.
    private mutating func appendDate(_ date: ArraySlice<UInt8>, to out: inout [UInt8]) {
        let fields = date.fields(7)
        guard fields.count == 6, fields[0].count == 3, fields[1].count == 3, fields[3].count == 8,
            fields[3].dropFirst(2).first == .colon, fields[4].number != nil
        else {
            day = []
            return append([date], to: &out)
        }
        let isSameYear = fields[4].elementsEqual(year)
        let isSameDay = isSameYear && day.elementsEqual(fields[1...2], by: { $0.elementsEqual($1) })
        (day, year) = (Array(fields[1...2]), fields[4])
        guard isBrief else { return append(day + [fields[3].prefix(5), year], to: &out) }
        if !isSameDay { append(isSameYear ? day : day + [year], to: &out) }
    }

    private mutating func append(_ words: [ArraySlice<UInt8>], to out: inout [UInt8]) {
        out.append(hasDetail ? ", " : " ")
        out.append(contentsOf: words.joined(separator: CollectionOfOne(.space)))
        hasDetail = true
    }
}
