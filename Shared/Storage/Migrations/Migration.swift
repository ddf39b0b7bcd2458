/// One step of a service's schema; once published it is never edited.
///
/// The rules, checked before anything is touched: versions rise; the SQL is what both engines understand; it creates,
/// alters, drops and fills only tables that this list of migrations created, so that a database may hold other tables;
/// `IF NOT EXISTS` is refused, because it would adopt a stranger's table. All missing steps run in one transaction. A
/// database that has seen a version this build does not know, or a step with other SQL, is left alone.
package struct Migration: Hashable, Sendable {
    package let version: Int
    package let name: String
    /// One or more statements, separated by semicolons.
    package let sql: String

    package init(version: Int, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    package init(_ version: Int, _ name: String, _ sql: String) {
        self.init(version: version, name: name, sql: sql)
    }

    package init(_ version: Int, _ name: String, _ statements: [String]) {
        self.init(version: version, name: name, sql: statements.joined(separator: ";\n"))
    }

    /// Tells whether the step was edited after it was applied; spaces do not count.
    ///
    /// FNV-1a, 64 bits: it finds mistakes, not forgeries.
    var digest: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var isInSpace = true
        for byte in sql.utf8 {
            let isSpace = byte <= 0x20
            if isSpace, isInSpace { continue }
            isInSpace = isSpace
            hash = (hash ^ UInt64(isSpace ? 0x20 : byte)) &* 0x100_0000_01B3
        }
        return String(hash, radix: 16)
    }
}
