package import Storage

/// Short numbers for names that the ledger repeats in every row.
///
/// The table only grows, up to a cap; a name beyond it is filed as `_other`.
package struct Labels: Sendable {
    /// Stands for every name that found no room.
    package static let other = "_other"
    private static let maximumLength = 256

    private var ids: [String: Int]

    package init(ids: [String: Int]) {
        self.ids = ids
    }

    package static func load(_ connection: any SQLConnection) throws(StoreError) -> Labels {
        let rows = try connection.query("SELECT id, text FROM label") { row throws(StoreError) in
            (id: try row.get(0, as: Int.self), text: try row.get(1, as: String.self))
        }
        return Labels(ids: Dictionary(rows.map { ($0.text, $0.id) }) { first, _ in first })
    }

    /// The number of a name; a new name gets one, as long as there is room.
    ///
    /// Names that callers make up find room only in the first nine tenths, so that they cannot crowd out the others.
    package mutating func number(
        _ name: String,
        isMadeUp: Bool = false,
        added: inout [(id: Int, text: String)]
    ) -> Int {
        if let id = ids[name] { return id }
        let name = Self.shortened(name)
        if let id = ids[name] { return id }
        guard ids.count < (isMadeUp ? MeterCaps.labels / 10 * 9 : MeterCaps.labels) else { return ids[Self.other] ?? 0 }
        // The name that stands for those without room comes first, so that there is always room for it.
        if ids.isEmpty { add(Self.other, to: &added) }
        return add(name, to: &added)
    }

    @discardableResult
    private mutating func add(_ name: String, to added: inout [(id: Int, text: String)]) -> Int {
        let id = ids.count + 1
        ids[name] = id
        added.append((id, name))
        return id
    }

    package static func insert(
        _ labels: [(id: Int, text: String)],
        _ connection: any SQLConnection
    ) throws(StoreError) {
        for label in labels {
            try connection.execute("INSERT INTO label (id, text) VALUES ($1, $2)", [label.id, label.text])
        }
    }

    /// At most 256 bytes, cut between characters, and without the zero bytes that end a text for some drivers.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > maximumLength || name.utf8.contains(0) else { return name }
        var text = name.filter { $0 != "\0" }
        while text.utf8.count > maximumLength { text.removeLast(max(1, (text.utf8.count - maximumLength) / 4)) }
        return text
    }
}
