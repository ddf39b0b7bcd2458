package import MeterCore
package import Storage

/// A price that an operator edited.
package struct PriceRow: Hashable, Sendable {
    /// `provider/model` in lower case.
    package var id: String
    package var price: Price
}

/// Reads and writes edited prices; those of the build and of the configuration file are never stored.
package enum PriceStore {
    package static func all(_ connection: any SQLConnection) throws(StoreError) -> [PriceRow] {
        try connection.query(
            "SELECT id, input, output, cache_read, cache_write, cache_write_1h, reasoning FROM price",
            read
        )
    }

    package static func contains(_ id: String, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.first("SELECT 1 FROM price WHERE id = $1", [id]) {
            row throws(StoreError) in try row.get(0, as: Int.self)
        } != nil
    }

    package static func count(_ connection: any SQLConnection) throws(StoreError) -> Int {
        try connection.first("SELECT COUNT(*) FROM price") { row throws(StoreError) in try row.get(0) } ?? 0
    }

    package static func put(_ row: PriceRow, _ connection: any SQLConnection) throws(StoreError) {
        let arguments: [any SQLConvertible] = [
            row.id, row.price.input, row.price.output, row.price.cacheRead, row.price.cacheWrite,
            row.price.cacheWrite1h, row.price.reasoning,
        ]
        try connection.execute(
            """
            INSERT INTO price (id, input, output, cache_read, cache_write, cache_write_1h, reasoning)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (id) DO UPDATE SET input = excluded.input, output = excluded.output,
              cache_read = excluded.cache_read, cache_write = excluded.cache_write,
              cache_write_1h = excluded.cache_write_1h, reasoning = excluded.reasoning
            """,
            arguments
        )
    }

    package static func delete(_ id: String, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM price WHERE id = $1", [id])
    }

    private static func read(_ row: SQLRow) throws(StoreError) -> PriceRow {
        PriceRow(
            id: try row.get(0),
            price: Price(
                input: try row.get(1),
                output: try row.get(2),
                cacheRead: try row.get(3),
                cacheWrite: try row.get(4),
                cacheWrite1h: try row.get(5),
                reasoning: try row.get(6),
                source: .edited
            )
        )
    }
}
