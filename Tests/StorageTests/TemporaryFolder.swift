import Foundation
import Storage

/// A private folder that goes away with its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "keirouter-storage-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    func mode(of name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: file(name))[.posixPermissions] as? Int
    }

    func open(
        _ name: String = "test.db",
        service: String = "test",
        _ configure: (inout DatabaseOptions) -> Void = { _ in }
    ) async throws -> any Database {
        var options = DatabaseOptions()
        options.durability = .process
        configure(&options)
        return try await DatabaseFactory.open(.sqlite(path: file(name)), service: service, options: options)
    }
}

/// A table of accounts, for tests that need some data.
let accountMigrations = [
    Migration(
        1,
        "accounts",
        """
        CREATE TABLE account (id TEXT PRIMARY KEY, balance BIGINT NOT NULL, CHECK (balance >= 0));
        CREATE TABLE entry (
          id TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES account (id), note TEXT UNIQUE
        )
        """
    )
]

extension Database {
    /// Creates the accounts, 100 on each.
    func fill(_ count: Int) async throws {
        try await migrate(accountMigrations)
        try await write { connection throws(StoreError) in
            for index in 0..<count {
                try connection.execute("INSERT INTO account (id, balance) VALUES ($1, $2)", ["a\(index)", 100])
            }
        }
    }

    func number(_ sql: String) async throws -> Int? {
        try await read { connection throws(StoreError) in
            try connection.first(sql) { row throws(StoreError) in try row.get(0) }
        }
    }
}
