package import Storage

/// The saver's tables; each has a cap, so nothing grows without end.
package enum SaverSchema {
    package static let migrations: [Migration] = [
        Migration(version: 1, name: "settings", sql: settings)
    ]

    private static let settings = """
        CREATE TABLE setting (
          scope TEXT PRIMARY KEY, tenant TEXT NOT NULL, body TEXT NOT NULL, declared SMALLINT NOT NULL,
          version BIGINT NOT NULL
        );

        CREATE TABLE epoch (
          id TEXT PRIMARY KEY, ordinal BIGINT NOT NULL UNIQUE, settings TEXT NOT NULL
        );
        """
}
