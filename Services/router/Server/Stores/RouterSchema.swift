package import Storage

/// The router's tables.
///
/// Nothing in them grows by itself: operators edit them, and each has a cap (see ``RouterCaps``) instead of a retention.
/// `saver_epoch` has a row for each API key in use, at most ``EpochBook/limit`` after a start.
/// `account.api_key` and `proxy.url` are sealed; `chain.steps` and `provider.headers` hold a line for each entry.
package enum RouterSchema {
    package static let migrations: [Migration] = [
        Migration(version: 1, name: "book", sql: book),
        Migration(version: 2, name: "saver epochs", sql: epochs),
        Migration(version: 3, name: "weights of steps", sql: weights),
        Migration(version: 4, name: "connectors", sql: connectors),
        Migration(version: 5, name: "hedging", sql: hedging),
        Migration(version: 6, name: "forms of answers", sql: forms),
        Migration(version: 7, name: "proxy pools", sql: pools),
    ]

    private static let book = """
        CREATE TABLE provider (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, dialect TEXT NOT NULL, base_url TEXT NOT NULL, headers TEXT NOT NULL,
          allow_private SMALLINT NOT NULL, declared SMALLINT NOT NULL, from_file SMALLINT NOT NULL,
          created_us BIGINT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE account (
          id TEXT PRIMARY KEY, provider TEXT NOT NULL, label TEXT NOT NULL, priority BIGINT NOT NULL,
          weight BIGINT NOT NULL, enabled SMALLINT NOT NULL, api_key BYTEA, display TEXT NOT NULL, proxy TEXT,
          declared SMALLINT NOT NULL, from_file SMALLINT NOT NULL, created_us BIGINT NOT NULL, version BIGINT NOT NULL,
          UNIQUE (provider, label)
        );

        CREATE TABLE alias (
          name TEXT PRIMARY KEY, target TEXT NOT NULL, declared SMALLINT NOT NULL, from_file SMALLINT NOT NULL,
          created_us BIGINT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE chain (
          name TEXT PRIMARY KEY, strategy TEXT NOT NULL, steps TEXT NOT NULL, declared SMALLINT NOT NULL,
          from_file SMALLINT NOT NULL, created_us BIGINT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE proxy (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, url BYTEA NOT NULL, display TEXT NOT NULL, enabled SMALLINT NOT NULL,
          declared SMALLINT NOT NULL, from_file SMALLINT NOT NULL, created_us BIGINT NOT NULL, version BIGINT NOT NULL
        );
        """

    /// The share of each step of a chain, a line for each; empty for equal ones.
    private static let weights = "ALTER TABLE chain ADD COLUMN weights TEXT NOT NULL DEFAULT '';"

    /// How a provider is addressed, and what its accounts set for it: a line `name: value` each.
    private static let connectors = """
        ALTER TABLE provider ADD COLUMN connector TEXT NOT NULL DEFAULT '';

        ALTER TABLE account ADD COLUMN settings TEXT NOT NULL DEFAULT '';
        """

    /// Whether a chain asks a second target when the first one is slow.
    private static let hedging = "ALTER TABLE chain ADD COLUMN hedge SMALLINT NOT NULL DEFAULT 0;"

    /// In which form a provider answers, and whether it writes `<think>` tags: `on`, `off`, or empty where the model tells.
    private static let forms = """
        ALTER TABLE provider ADD COLUMN streams TEXT NOT NULL DEFAULT 'both';

        ALTER TABLE provider ADD COLUMN think_tags TEXT NOT NULL DEFAULT '';
        """

    /// Whether requests may go around a proxy that is down, and the proxy that a provider's accounts go through.
    private static let pools = """
        ALTER TABLE proxy ADD COLUMN is_strict SMALLINT NOT NULL DEFAULT 1;

        ALTER TABLE provider ADD COLUMN proxy TEXT;
        """

    /// Under which version of the savers' settings a key's conversations were last sent: see ``EpochStore``.
    private static let epochs = """
        CREATE TABLE saver_epoch (key_id TEXT PRIMARY KEY, epoch TEXT NOT NULL, updated_us BIGINT NOT NULL);

        CREATE INDEX saver_epoch_updated ON saver_epoch (updated_us);
        """
}

/// How many of each there may be, declared ones included.
package enum RouterCaps {
    package static let providers = 500
    package static let accounts = 1000
    package static let aliases = 1000
    package static let chains = 500
    package static let steps = 64
    /// The largest share of a step.
    package static let weight = 1000
    package static let proxies = 200
    /// Addresses of one pool.
    package static let addresses = 16
    package static let headers = 32
}
