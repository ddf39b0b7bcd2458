package import Storage

/// The portal's tables; each has a cap or a retention, so nothing grows without end.
package enum PortalSchema {
    package static let migrations: [Migration] = [
        Migration(version: 1, name: "access", sql: access)
    ]

    /// What may be kept.
    package enum Caps {
        /// Days that the audit is kept.
        package static let auditDays = 400
        /// Rows of the audit; the oldest go first.
        package static let auditRows = 100_000
        /// Preferences.
        package static let preferences = 100
    }

    private static let access = """
        CREATE TABLE operator (
          id TEXT PRIMARY KEY, password TEXT NOT NULL, changed_us BIGINT NOT NULL
        );

        CREATE TABLE claim (
          id TEXT PRIMARY KEY, code TEXT NOT NULL, created_us BIGINT NOT NULL, ticket TEXT, ticket_us BIGINT
        );

        CREATE TABLE session (
          id TEXT PRIMARY KEY, token TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, key_id TEXT, created_us BIGINT NOT NULL,
          last_seen_us BIGINT NOT NULL, expires_us BIGINT NOT NULL, peer TEXT NOT NULL, agent TEXT NOT NULL
        );

        CREATE INDEX session_key ON session (key_id);

        CREATE TABLE audit (
          id TEXT PRIMARY KEY, at_us BIGINT NOT NULL, who TEXT NOT NULL, peer TEXT NOT NULL, act TEXT NOT NULL,
          resource TEXT NOT NULL, item TEXT NOT NULL, outcome TEXT NOT NULL, request TEXT NOT NULL
        );

        CREATE INDEX audit_at ON audit (at_us, id);

        CREATE TABLE preference (
          name TEXT PRIMARY KEY, value TEXT NOT NULL, changed_us BIGINT NOT NULL
        );
        """
}
