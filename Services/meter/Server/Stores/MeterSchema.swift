package import Storage

/// The meter's tables.
///
/// Everything that grows has an end: `ledger`, `rollup`, `usage_hour`, `usage_day`, `saving_hour`, `trial`, `budget_state` and `alert`
/// keep `usage.retention_days`,
/// `router_instance` a week; `api_key`, `plan`, `project`, `price` and `label` have caps (see ``MeterCaps``).
package enum MeterSchema {
    package static let migrations: [Migration] = [
        Migration(version: 1, name: "terms", sql: terms),
        Migration(version: 2, name: "ledger", sql: ledger),
        Migration(version: 3, name: "summaries", sql: summaries),
        Migration(version: 4, name: "faults", sql: faults),
        Migration(version: 5, name: "strict_keys", sql: strictKeys),
        Migration(version: 6, name: "savings", sql: savings),
        Migration(version: 7, name: "days", sql: days),
    ]

    private static let terms = """
        CREATE TABLE tenant (
          id TEXT PRIMARY KEY, name TEXT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE project (
          id TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE plan (
          name TEXT PRIMARY KEY, tenant TEXT NOT NULL, limit_nano_usd BIGINT NOT NULL, limit_tokens BIGINT NOT NULL,
          rpm BIGINT, tpm BIGINT, concurrency BIGINT, period TEXT NOT NULL, timezone TEXT NOT NULL,
          allowed_models TEXT NOT NULL, alert_at TEXT NOT NULL, hard_cutoff SMALLINT NOT NULL, cache TEXT NOT NULL,
          strict_lossless SMALLINT NOT NULL, declared SMALLINT NOT NULL, version BIGINT NOT NULL
        );

        CREATE TABLE api_key (
          id TEXT PRIMARY KEY, ordinal BIGINT NOT NULL UNIQUE, tenant TEXT NOT NULL, project TEXT, plan TEXT,
          name TEXT NOT NULL, digest TEXT NOT NULL UNIQUE, display TEXT NOT NULL, allowed_models TEXT NOT NULL,
          created_us BIGINT NOT NULL, expires_us BIGINT, revoked_us BIGINT, declared SMALLINT NOT NULL,
          version BIGINT NOT NULL
        );

        CREATE TABLE price (
          id TEXT PRIMARY KEY, input BIGINT NOT NULL, output BIGINT NOT NULL, cache_read BIGINT, cache_write BIGINT,
          cache_write_1h BIGINT, reasoning BIGINT
        );

        CREATE TABLE router_instance (
          name TEXT PRIMARY KEY, seen_us BIGINT NOT NULL
        );

        CREATE TABLE life (
          id BIGINT PRIMARY KEY, is_clean SMALLINT NOT NULL, open_leases BIGINT NOT NULL
        );
        """

    private static let ledger = """
        CREATE TABLE label (
          id BIGINT PRIMARY KEY, text TEXT NOT NULL UNIQUE
        );

        CREATE TABLE ledger (
          request_id TEXT PRIMARY KEY, key_ref BIGINT NOT NULL, started_us BIGINT NOT NULL, outcome SMALLINT NOT NULL,
          cache SMALLINT NOT NULL, provider BIGINT NOT NULL, model BIGINT NOT NULL, requested BIGINT NOT NULL,
          dialect BIGINT NOT NULL, chain BIGINT, account BIGINT, conversation TEXT, status BIGINT, reason BIGINT,
          attempts BIGINT NOT NULL, estimated SMALLINT NOT NULL, first_token_ms BIGINT, total_ms BIGINT NOT NULL,
          input BIGINT NOT NULL, cache_read BIGINT NOT NULL, cache_write_5m BIGINT NOT NULL,
          cache_write_1h BIGINT NOT NULL, output BIGINT NOT NULL, reasoning BIGINT NOT NULL, audio_in BIGINT NOT NULL,
          audio_out BIGINT NOT NULL, units BIGINT NOT NULL, saved_tokens BIGINT NOT NULL, guard_action BIGINT,
          cost_nano_usd BIGINT NOT NULL, unpriced SMALLINT NOT NULL
        );

        CREATE INDEX ledger_started ON ledger (started_us);

        CREATE INDEX ledger_key ON ledger (key_ref, started_us);

        CREATE INDEX ledger_outcome ON ledger (outcome, started_us);

        CREATE TABLE rollup (
          day BIGINT NOT NULL, key_ref BIGINT NOT NULL, provider BIGINT NOT NULL, model BIGINT NOT NULL,
          requests BIGINT NOT NULL, errors BIGINT NOT NULL, input BIGINT NOT NULL, cache_read BIGINT NOT NULL,
          cache_write_5m BIGINT NOT NULL, cache_write_1h BIGINT NOT NULL, output BIGINT NOT NULL,
          reasoning BIGINT NOT NULL, audio_in BIGINT NOT NULL, audio_out BIGINT NOT NULL, units BIGINT NOT NULL,
          cost_nano_usd BIGINT NOT NULL, unpriced BIGINT NOT NULL,
          PRIMARY KEY (day, key_ref, provider, model)
        );

        CREATE INDEX rollup_key ON rollup (key_ref, day, provider, model);

        CREATE TABLE budget_state (
          key_ref BIGINT NOT NULL, span TEXT NOT NULL, period_start_us BIGINT NOT NULL, spent_nano_usd BIGINT NOT NULL,
          tokens BIGINT NOT NULL, requests BIGINT NOT NULL, unpriced BIGINT NOT NULL,
          PRIMARY KEY (key_ref, span, period_start_us)
        );

        CREATE INDEX budget_state_start ON budget_state (period_start_us);

        CREATE TABLE key_total (
          key_ref BIGINT PRIMARY KEY, spent_nano_usd BIGINT NOT NULL, tokens BIGINT NOT NULL, requests BIGINT NOT NULL,
          unpriced BIGINT NOT NULL, last_used_us BIGINT NOT NULL
        );

        CREATE TABLE alert (
          id TEXT PRIMARY KEY, key_ref BIGINT NOT NULL, period_start_us BIGINT NOT NULL, measure TEXT NOT NULL,
          threshold BIGINT NOT NULL, at_us BIGINT NOT NULL, message TEXT NOT NULL
        );

        CREATE INDEX alert_at ON alert (at_us);

        CREATE INDEX alert_key ON alert (key_ref, period_start_us);
        """
}

extension MeterSchema {
    /// Nearly every row is a success, and whoever looks for those finds them by their time: only the others are listed.
    fileprivate static let faults = """
        DROP INDEX ledger_outcome;

        CREATE INDEX ledger_fault ON ledger (outcome, started_us) WHERE outcome <> 1;
        """

    /// A key may demand that nothing is lost, whatever its plan says.
    fileprivate static let strictKeys = """
        ALTER TABLE api_key ADD COLUMN strict_lossless SMALLINT NOT NULL DEFAULT 0;
        """

    /// What charts of months need: the hours' sums by the day (UTC).
    fileprivate static let days = """
        CREATE TABLE usage_day (
          day BIGINT NOT NULL, key_ref BIGINT NOT NULL, provider BIGINT NOT NULL, model BIGINT NOT NULL,
          requests BIGINT NOT NULL, errors BIGINT NOT NULL, blocked BIGINT NOT NULL, unpriced BIGINT NOT NULL,
          cost_nano_usd BIGINT NOT NULL, list_nano_usd BIGINT NOT NULL, input BIGINT NOT NULL, cached BIGINT NOT NULL,
          output BIGINT NOT NULL, saved BIGINT NOT NULL,
          PRIMARY KEY (day, key_ref, provider, model)
        );

        INSERT INTO usage_day (day, key_ref, provider, model, requests, errors, blocked, unpriced, cost_nano_usd,
          list_nano_usd, input, cached, output, saved)
        SELECT hour / 24, key_ref, provider, model, SUM(requests), SUM(errors), SUM(blocked), SUM(unpriced),
          SUM(cost_nano_usd), SUM(list_nano_usd), SUM(input), SUM(cached), SUM(output), SUM(saved)
        FROM usage_hour GROUP BY 1, 2, 3, 4;
        """

    /// What savers saved by the hour, and how long the answers of each conversation with or without instructions were.
    fileprivate static let savings = """
        CREATE TABLE saving_hour (
          hour BIGINT NOT NULL, key_ref BIGINT NOT NULL, saver BIGINT NOT NULL, rule BIGINT NOT NULL,
          price_class BIGINT NOT NULL, requests BIGINT NOT NULL, tokens_before BIGINT NOT NULL,
          tokens_after BIGINT NOT NULL, nano_usd BIGINT NOT NULL,
          PRIMARY KEY (hour, key_ref, saver, rule, price_class)
        );

        CREATE TABLE trial (
          name BIGINT NOT NULL, conversation TEXT NOT NULL, held_out SMALLINT NOT NULL, answers BIGINT NOT NULL,
          output BIGINT NOT NULL, output_nano_usd BIGINT NOT NULL, overhead BIGINT NOT NULL,
          overhead_nano_usd BIGINT NOT NULL, last_us BIGINT NOT NULL,
          PRIMARY KEY (name, conversation, held_out)
        );

        CREATE INDEX trial_last ON trial (last_us);
        """

    /// What charts and the page of one request need: sums by the hour, and what the ledger's columns do not hold.
    fileprivate static let summaries = """
        ALTER TABLE ledger ADD COLUMN detail TEXT;

        ALTER TABLE ledger ADD COLUMN list_nano_usd BIGINT;

        CREATE TABLE usage_hour (
          hour BIGINT NOT NULL, key_ref BIGINT NOT NULL, provider BIGINT NOT NULL, model BIGINT NOT NULL,
          requests BIGINT NOT NULL, errors BIGINT NOT NULL, blocked BIGINT NOT NULL, unpriced BIGINT NOT NULL,
          cost_nano_usd BIGINT NOT NULL, list_nano_usd BIGINT NOT NULL, input BIGINT NOT NULL, cached BIGINT NOT NULL,
          output BIGINT NOT NULL, saved BIGINT NOT NULL,
          PRIMARY KEY (hour, key_ref, provider, model)
        );

        INSERT INTO usage_hour (hour, key_ref, provider, model, requests, errors, blocked, unpriced, cost_nano_usd,
          list_nano_usd, input, cached, output, saved)
        SELECT started_us / 3600000000, key_ref, provider, model, COUNT(*),
          SUM(CASE WHEN outcome IN (2, 3, 6) THEN 1 ELSE 0 END), SUM(CASE WHEN outcome = 4 THEN 1 ELSE 0 END),
          SUM(unpriced), SUM(cost_nano_usd), SUM(cost_nano_usd),
          SUM(input + cache_read + cache_write_5m + cache_write_1h), SUM(cache_read), SUM(output), SUM(saved_tokens)
        FROM ledger GROUP BY 1, 2, 3, 4;
        """
}

/// How many rows the tables that no retention empties may hold.
package enum MeterCaps {
    package static let keys = 100_000
    package static let plans = 1000
    package static let projects = 10_000
    package static let prices = 20_000
    /// Names of models, providers and the like; later ones are filed as `_other`.
    package static let labels = 20_000
    package static let routers = 1000
}
