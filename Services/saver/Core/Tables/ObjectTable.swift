import JSON

/// An array of objects as a table: a column for each member, those of inner objects under `outer.inner`.
struct ObjectTable {
    /// More columns than this are no table.
    private static let maximumColumns = 96
    /// Pairs of columns are compared only while that costs less than this many steps.
    private static let maximumComparisons = 16_000_000

    private(set) var columns: [TableColumn] = []
    let count: Int
    /// The column whose values head groups of rows.
    private(set) var heading: Int?
    /// What stands between the cells of a row.
    let separator: UInt8

    init?(_ array: JSONCursor) {
        count = array.count
        separator = UInt8(ascii: ",")
        guard count >= JSONTable.minimumRows else { return nil }
        var rows: [JSONCursor?] = []
        rows.reserveCapacity(count)
        for element in array.elements {
            guard element.kind == .object else { return nil }
            rows.append(element)
        }
        guard addColumns(rows, prefix: [], depth: 0), columns.count >= 1 else { return nil }
        findShared(bytes: array.raw.count)
    }

    /// A table whose cells are known; each row has as many as there are names.
    init?(names: [[UInt8]], rows: [[[UInt8]]], separator: UInt8) {
        guard (1...Self.maximumColumns).contains(names.count), !rows.isEmpty else { return nil }
        count = rows.count
        self.separator = separator
        columns = names.enumerated().map { column, name in TableColumn(name: name, cells: rows.map { $0[column] }) }
        findShared(bytes: rows.joined().reduce(0) { $0 + $1.count })
    }

    // MARK: Columns

    /// Columns for the members of these objects; false when they have too little in common.
    private mutating func addColumns(_ rows: [JSONCursor?], prefix: [UInt8], depth: Int) -> Bool {
        var places: [ByteKey: Int] = [:]
        var names: [ArraySlice<UInt8>] = []
        var members = 0
        for case let row? in rows {
            for member in row.members {
                members += 1
                let name = member.name.raw.dropFirst().dropLast()
                if places.updateValue(places[ByteKey(name)] ?? names.count, forKey: ByteKey(name)) == nil {
                    guard names.count < Self.maximumColumns, Self.isPlain(name) else { return false }
                    names.append(name)
                }
            }
        }
        // A table with more holes than cells is longer than what it tells.
        guard members * 2 >= names.count * rows.count(where: { $0 != nil }) else { return false }
        var values = [[JSONCursor?]](repeating: Array(repeating: nil, count: rows.count), count: names.count)
        for (index, row) in rows.enumerated() {
            guard let row else { continue }
            for member in row.members {
                guard let place = places[ByteKey(member.name.raw.dropFirst().dropLast())] else { continue }
                values[place][index] = member.value
            }
        }
        for (name, cells) in zip(names, values) {
            let isInner = depth < 4 && cells.allSatisfy { $0.map { $0.kind == .object && $0.count > 0 } ?? true }
            if isInner {
                guard addColumns(cells, prefix: prefix + name + [.dot], depth: depth + 1) else { return false }
            } else {
                guard columns.count < Self.maximumColumns else { return false }
                columns.append(TableColumn(name: prefix + name, cells: cells))
            }
        }
        return true
    }

    private static func isPlain(_ name: ArraySlice<UInt8>) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isWordByte || "-/@$+:".utf8.contains($0) }
    }

    // MARK: What rows share

    private mutating func findShared(bytes: Int) {
        for index in columns.indices where columns[index].isConstant && isTellable(index) {
            columns[index].role = .constant
        }
        if columns.count * (columns.count * count + bytes) <= Self.maximumComparisons {
            findPatterns()
            findDependencies()
        }
        findHeading()
    }

    /// Whether a column's values can stand in a list between commas: where commas are not what keeps cells apart, nothing
    /// quotes a value that has one.
    private func isTellable(_ index: Int) -> Bool {
        separator == UInt8(ascii: ",")
            || columns[index].cells.allSatisfy { $0.map { !$0[...].contains(", ") } ?? true }
    }

    /// Columns that are another one's value between two texts that are always the same.
    private mutating func findPatterns() {
        for index in columns.indices where columns[index].role == .listed {
            for other in columns.indices where other != index && columns[other].role == .listed {
                guard let pattern = columns[index].pattern(of: columns[other]) else { continue }
                columns[index].role = .pattern(before: pattern.before, column: other, after: pattern.after)
                break
            }
        }
    }

    /// Columns of long texts that a short one tells: a rule's name by its number.
    private mutating func findDependencies() {
        for index in columns.indices where columns[index].role == .listed && columns[index].averageLength >= 8 {
            for other in columns.indices where other != index && columns[other].role == .listed {
                guard isTellable(index), isTellable(other), columns[other].averageLength < columns[index].averageLength,
                    let values = columns[index].values(by: columns[other], maximum: count / 4)
                else { continue }
                columns[index].role = .dictionary(column: other, values: values)
                break
            }
        }
    }

    /// The column that is shortest as a heading above each group of rows.
    private mutating func findHeading() {
        var best = 64
        for (index, column) in columns.enumerated() where column.role == .listed {
            let saved = column.repeatedBytes + count - column.runs * (column.name.count + 2)
            if saved > best { (best, heading) = (saved, index) }
        }
    }
}
