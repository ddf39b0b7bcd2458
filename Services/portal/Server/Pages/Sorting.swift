import PortalCore

/// By which column a list is sorted: `sort=spent` downwards, `sort=-spent` upwards.
struct Sorting: Hashable {
    /// A column of the list.
    struct Column {
        /// Empty: it cannot be sorted by.
        var name = ""
        let title: String
        /// Figures stand on the right and begin with the largest.
        var isFigure = false
        /// Its figures are drawn, so that they stand on the left.
        var isDrawn = false
        /// Its order cannot be turned around.
        var isFixed = false
    }

    /// A column's head: a link that sorts by it, or turns the order around.
    struct Head {
        let title: String
        let href: String?
        let isFigure: Bool
        /// `ascending` or `descending` in the column that counts.
        let order: String?
        let mark: String?
    }

    let column: String
    let isDescending: Bool

    /// Reads the order from an address; a column that is not there counts as none.
    init(_ query: PageQuery, _ columns: [Column], standard: String) {
        let text = query["sort"] ?? ""
        let isTurned = text.hasPrefix("-")
        let name = isTurned ? String(text.dropFirst()) : text
        let known = columns.first { $0.name == name && !name.isEmpty && !(isTurned && $0.isFixed) }
        column = known?.name ?? standard
        let isFigure = columns.first { $0.name == column }?.isFigure ?? false
        isDescending = known == nil ? isFigure : isTurned != isFigure
    }

    /// The heads of all columns.
    func heads(_ path: String, _ query: PageQuery, _ columns: [Column]) -> [Head] {
        columns.map { item in
            let isCurrent = item.name == column
            // Names begin upwards, figures downwards; a second click turns that around.
            let isFirst = item.isFixed || !isCurrent || isDescending != item.isFigure
            let link = query.with("sort", isFirst ? item.name : "-\(item.name)")
            return Head(
                title: item.title,
                href: item.name.isEmpty ? nil : path + link.text,
                isFigure: item.isFigure && !item.isDrawn,
                order: isCurrent ? (isDescending ? "descending" : "ascending") : nil,
                mark: isCurrent ? (isDescending ? "↓" : "↑") : nil
            )
        }
    }

    /// Sorts by a value; what is equal keeps its order.
    func sorted<Item, Value: Comparable>(_ items: [Item], by value: (Item) -> Value) -> [Item] {
        items.enumerated().map { (index: $0.offset, value: value($0.element), item: $0.element) }
            .sorted { left, right in
                if left.value == right.value { return left.index < right.index }
                return isDescending ? left.value > right.value : left.value < right.value
            }
            .map(\.item)
    }
}
