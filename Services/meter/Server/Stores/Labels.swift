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

    /// The names that have no number yet get one: first `_other`, then as many as there is room for.
    package mutating func add(_ names: some Sequence<String>) -> [(id: Int, text: String)] {
        var added: [(id: Int, text: String)] = []
        for name in [Self.other] + names.map(Self.shortened) where ids[name] == nil {
            guard ids.count < MeterCaps.labels else { break }
            ids[name] = ids.count + 1
            added.append((ids.count, name))
        }
        return added
    }

    package static func insert(
        _ labels: [(id: Int, text: String)],
        _ connection: any SQLConnection
    ) throws(StoreError) {
        for label in labels {
            try connection.execute("INSERT INTO label (id, text) VALUES ($1, $2)", [label.id, label.text])
        }
    }

    package subscript(_ name: String) -> Int {
        ids[Self.shortened(name)] ?? ids[Self.other] ?? 0
    }

    package subscript(_ name: String?) -> Int? {
        name.map { self[$0] }
    }

    /// At most 256 bytes, cut between characters, and without the zero bytes that end a text for some drivers.
    private static func shortened(_ name: String) -> String {
        guard name.utf8.count > maximumLength || name.utf8.contains(0) else { return name }
        var text = name.filter { $0 != "\0" }
        while text.utf8.count > maximumLength { text.removeLast(max(1, (text.utf8.count - maximumLength) / 4)) }
        return text
    }
}
