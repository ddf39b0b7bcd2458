package import Storage

/// The guard's tables.
package enum GuardSchema {
    package static let migrations = [Migration(version: 1, name: "policies", sql: policies)]

    private static let policies = """
        CREATE TABLE policy (
          scope TEXT PRIMARY KEY, tenant TEXT NOT NULL, document TEXT NOT NULL, declared SMALLINT NOT NULL,
          version BIGINT NOT NULL
        );

        CREATE TABLE revision (
          id BIGINT PRIMARY KEY, value BIGINT NOT NULL
        );

        CREATE TABLE decision (
          id TEXT PRIMARY KEY, at_us BIGINT NOT NULL, request_id TEXT NOT NULL, direction TEXT NOT NULL,
          tenant TEXT NOT NULL, key_id TEXT, chain TEXT, provider TEXT, model TEXT, action TEXT NOT NULL,
          detectors TEXT NOT NULL, reason TEXT NOT NULL, policy_version TEXT NOT NULL, findings TEXT NOT NULL,
          duration_us BIGINT NOT NULL
        );

        CREATE INDEX decision_at ON decision (at_us, id);

        CREATE INDEX decision_key ON decision (key_id, at_us, id);

        CREATE INDEX decision_request ON decision (request_id);
        """
}

/// How many rows the tables that no retention empties may hold.
package enum GuardCaps {
    package static let policies = 10_000
}
