import JSON

/// One member of all objects of an array.
struct TableColumn {
    enum Role: Equatable {
        /// A cell in each row.
        case listed
        /// Said once for all rows.
        case constant
        /// Another column's value between two texts.
        case pattern(before: [UInt8], column: Int, after: [UInt8])
        /// Another column's value tells it.
        case dictionary(column: Int, values: [Pair])
    }

    struct Pair: Equatable {
        var key: [UInt8]
        var value: [UInt8]
    }

    /// Longer values are not looked for in one another.
    private static let maximumPattern = 2048

    let name: [UInt8]
    /// The cells as they are written; `nil` where an object lacks the member.
    let cells: [[UInt8]?]
    var role = Role.listed

    init(name: [UInt8], cells: [JSONCursor?]) {
        if let inner = InnerObjects(cells) {
            self.name = name + inner.head
            self.cells = inner.cells
        } else {
            self.name = name
            self.cells = cells.map { $0.map(Self.text) }
        }
    }

    init(name: [UInt8], cells: [[UInt8]]) {
        self.name = name
        self.cells = cells
    }

    // MARK: Cells

    /// A value as a cell: compact, a string without quotes where it cannot be mistaken.
    static func text(_ value: JSONCursor) -> [UInt8] {
        let raw = value.raw
        switch value.kind {
        case .string: return isPlain(raw.dropFirst().dropLast()) ? Array(raw.dropFirst().dropLast()) : Array(raw)
        case .array, .object: return compact(raw)
        default: return Array(raw)
        }
    }

    private static let reserved: Set<String> = ["true", "false", "null"]

    private static func isPlain(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first, let last = text.last, !first.isBlank, !last.isBlank else { return false }
        // It would be read as a number.
        if first.isDigit || first == .hyphen || first == UInt8(ascii: "+"), looksLikeNumber(text) { return false }
        for byte in text where byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            return false
        }
        guard first != UInt8(ascii: "["), first != UInt8(ascii: "{"), first != UInt8(ascii: "(") else { return false }
        return text.count > 5 || !reserved.contains(String(decoding: text, as: UTF8.self))
    }

    private static func looksLikeNumber(_ text: ArraySlice<UInt8>) -> Bool {
        text.allSatisfy { $0.isDigit || "+-.eE".utf8.contains($0) }
    }

    /// JSON without the white space between its parts.
    private static func compact(_ raw: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var (isInString, isEscaped) = (false, false)
        for byte in raw {
            if isInString {
                out.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else if !byte.isBlank, byte != .newline, byte != .carriageReturn {
                out.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
        }
        return out
    }

    // MARK: What rows share

    var isConstant: Bool {
        guard let first = cells[0] else { return false }
        return cells.allSatisfy { $0 == first }
    }

    var averageLength: Int { cells.reduce(0) { $0 + ($1?.count ?? 0) } / max(1, cells.count) }

    /// How often the value is another one than in the row before.
    var runs: Int { zip(cells, cells.dropFirst()).count { $0 != $1 } + 1 }

    /// Bytes in rows that have the value of the row before.
    var repeatedBytes: Int {
        zip(cells, cells.dropFirst()).reduce(0) { $0 + ($1.0 == $1.1 ? $1.1?.count ?? 0 : 0) }
    }

    /// What stands before and after the other column's value, in every row.
    func pattern(of other: TableColumn) -> (before: [UInt8], after: [UInt8])? {
        guard let first = cells[0], let value = other.cells[0], !value.isEmpty, first.count >= value.count,
            first.count <= Self.maximumPattern
        else { return nil }
        guard value.count >= 2 || first == value, let place = Self.position(of: value, in: first) else { return nil }
        let before = first[..<place]
        let after = first[(place + value.count)...]
        for (cell, value) in zip(cells, other.cells) {
            guard let cell, let value, cell.count == before.count + value.count + after.count,
                cell.starts(with: before), cell.suffix(after.count).elementsEqual(after),
                cell[before.count..<(before.count + value.count)].elementsEqual(value)
            else { return nil }
        }
        return (Array(before), Array(after))
    }

    /// The last place, since a number at the end is a name's more often than one in the middle.
    private static func position(of part: [UInt8], in whole: [UInt8]) -> Int? {
        var place = whole.count - part.count
        while place >= 0 {
            if whole[place] == part[0], whole[place..<(place + part.count)].elementsEqual(part) { return place }
            place -= 1
        }
        return nil
    }

    /// This column's value for each of the other's, when there is one alone for each and there are few.
    func values(by other: TableColumn, maximum: Int) -> [Pair]? {
        var places: [[UInt8]: Int] = [:]
        var pairs: [Pair] = []
        for (cell, key) in zip(cells, other.cells) {
            guard let cell, let key else { return nil }
            if let place = places[key] {
                guard pairs[place].value == cell else { return nil }
            } else {
                guard pairs.count < maximum else { return nil }
                places[key] = pairs.count
                pairs.append(Pair(key: key, value: cell))
            }
        }
        return pairs
    }
}

/// Cells that are arrays of flat objects with the same members: the members are named in the head.
private struct InnerObjects {
    private(set) var head: [UInt8] = []
    private(set) var cells: [[UInt8]?] = []

    init?(_ values: [JSONCursor?]) {
        var names: [ArraySlice<UInt8>]?
        for case let value? in values {
            guard value.kind == .array else { return nil }
            for element in value.elements {
                guard element.kind == .object else { return nil }
                var own: [ArraySlice<UInt8>] = []
                for member in element.members {
                    guard member.value.kind != .array, member.value.kind != .object else { return nil }
                    own.append(member.name.raw.dropFirst().dropLast())
                }
                guard let known = names else {
                    names = own
                    continue
                }
                guard known.count == own.count, zip(known, own).allSatisfy({ $0.elementsEqual($1) }) else { return nil }
            }
        }
        guard let names, !names.isEmpty else { return nil }
        let rows = values.map { $0.map { $0.elements.map { $0.members.map { TableColumn.text($0.value) } } } }
        let all = rows.compactMap { $0 }.joined()
        let isShared = names.indices.map { name in all.allSatisfy { $0[name] == all.first?[name] } }
        head = Self.head(names, isShared, all.first ?? [])
        cells = rows.map { $0.map { Self.cell($0, isShared) } }
    }

    /// `[id,name,color=d73a4a]`.
    private static func head(_ names: [ArraySlice<UInt8>], _ isShared: [Bool], _ first: [[UInt8]]) -> [UInt8] {
        var head: [UInt8] = [UInt8(ascii: "[")]
        for (index, name) in names.enumerated() {
            if index > 0 { head.append(UInt8(ascii: ",")) }
            head.append(contentsOf: name)
            if isShared[index] { head += [UInt8(ascii: "=")] + first[index] }
        }
        return head + [UInt8(ascii: "]")]
    }

    private static func cell(_ objects: [[[UInt8]]], _ isShared: [Bool]) -> [UInt8] {
        var cell: [UInt8] = []
        for object in objects {
            cell.append(UInt8(ascii: "("))
            let own = zip(object, isShared).filter { !$0.1 }.map(\.0)
            cell.append(contentsOf: own.joined(separator: CollectionOfOne(UInt8(ascii: ","))))
            cell.append(UInt8(ascii: ")"))
        }
        return cell.isEmpty ? Array("()".utf8) : cell
    }
}
