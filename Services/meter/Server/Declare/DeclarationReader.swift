package import Bootstrap
import Contracts
import MeterCore
import Secrets

extension MeterDeclaration {
    /// The parts of `declare:` that are the meter's.
    package static let parts = ["prices", "plans", "keys"]

    /// Reads the meter's part of `declare:`.
    ///
    /// ## Configuration keys:
    /// - `declare.prices[]`: `model` (provider/model, the model may be `*`), `input`, `output`, `cache_read`, `cache_write`,
    ///   `cache_write_1h`, `reasoning` (USD per million tokens; the last four fall back as ``Price`` says).
    /// - `declare.plans[]`: `name`, `limit_usd`, `limit_tokens` (0: none), `rpm`, `tpm`, `concurrency` (missing: configured
    ///   default, 0: none), `period` (monthly), `allowed_models`, `alert_at`, `hard_cutoff` (on), `cache`, `timezone` (UTC),
    ///   `strict_lossless` (off).
    /// - `declare.keys[]`: `name`, `key`, `plan`, `strict_lossless` (off: what the plan says).
    package init(reading declare: ConfigurationNode) throws(ConfigurationError) {
        self.init()
        for node in try declare["prices"]?.list() ?? [] { prices.append(try Self.price(node)) }
        for node in try declare["plans"]?.list() ?? [] { plans.append(try Self.plan(node)) }
        for node in try declare["keys"]?.list() ?? [] { keys.append(try Self.key(node)) }
    }

    private static func price(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredPrice {
        try node.allowing(["model", "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"])
        let model = try node.string("model")
        let id = try checked(node) { () throws(ServiceError) in try ItemRules.priceID(model, field: "model") }
        return DeclaredPrice(
            id: id,
            price: Price(
                input: try money(node.required("input")),
                output: try money(node.required("output")),
                cacheRead: try money(node["cache_read"]),
                cacheWrite: try money(node["cache_write"]),
                cacheWrite1h: try money(node["cache_write_1h"]),
                reasoning: try money(node["reasoning"]),
                source: .declared
            )
        )
    }

    private static func plan(_ node: ConfigurationNode) throws(ConfigurationError) -> PlanTerms {
        try node.allowing([
            "name", "limit_usd", "limit_tokens", "rpm", "tpm", "concurrency", "period", "allowed_models", "alert_at",
            "hard_cutoff", "cache", "timezone", "strict_lossless",
        ])
        var thresholds: [Int] = []
        for threshold in try node["alert_at"]?.list() ?? [] { thresholds.append(try threshold.integer(in: 1...1000)) }
        let item = PlanItem(
            name: try node.string("name"),
            limitNanoUSD: try money(node["limit_usd"]) ?? 0,
            limitTokens: try node.integer("limit_tokens", default: 0),
            rpm: try node.optionalInteger("rpm"),
            tpm: try node.optionalInteger("tpm"),
            concurrency: try node.optionalInteger("concurrency"),
            period: try node.string("period", default: "monthly"),
            allowedModels: try node["allowed_models"]?.strings() ?? [],
            alertAt: thresholds,
            hardCutoff: try node.boolean("hard_cutoff", default: true),
            cache: try cache(node["cache"]),
            timezone: try node.string("timezone", default: "UTC"),
            strictLossless: try node.boolean("strict_lossless", default: false)
        )
        return try checked(node) { () throws(ServiceError) in try ItemRules.plan(item) }
    }

    private static func key(_ node: ConfigurationNode) throws(ConfigurationError) -> DeclaredKey {
        try node.allowing(["name", "key", "plan", "strict_lossless"])
        let name = try node.string("name")
        _ = try checked(node) { () throws(ServiceError) in try ItemRules.name(name, field: "name") }
        let secret = try node.required("key")
        let text = try secret.string()
        guard APIKey.isChosenKeyAcceptable(text) else {
            throw secret.error("a key of your choosing starts with kr_ and has 32 to 256 visible characters")
        }
        _ = Redactor.shared.add(secret: text)
        return DeclaredKey(
            name: name,
            secret: text,
            plan: try node.optionalString("plan"),
            strictLossless: try node.boolean("strict_lossless", default: false)
        )
    }

    // MARK: Values

    /// A mode of the cache; what reads as "off" is off.
    private static func cache(_ node: ConfigurationNode?) throws(ConfigurationError) -> String {
        guard let node else { return "" }
        let text = try node.string().lowercased()
        return ["no", "false"].contains(text) ? "off" : text
    }

    private static func money(_ node: ConfigurationNode) throws(ConfigurationError) -> Int {
        guard let nano = NanoUSD.parse(try node.string()) else {
            throw node.error("expected an amount in USD such as 0.5, with at most nine decimals")
        }
        return nano
    }

    private static func money(_ node: ConfigurationNode?) throws(ConfigurationError) -> Int? {
        guard let node else { return nil }
        return try money(node)
    }

    /// Checks by the rules of the pages, with this place in the error.
    private static func checked<Value>(
        _ node: ConfigurationNode,
        _ check: () throws(ServiceError) -> Value
    ) throws(ConfigurationError) -> Value {
        do throws(ServiceError) {
            return try check()
        } catch {
            throw node.error(error.message)
        }
    }
}

/// Amounts as people write them, exactly.
enum NanoUSD {
    /// The largest amount read: a billion dollars.
    private static let maximumDollars = 1_000_000_000

    /// `25`, `0.5` or `.075` in nano-USD; no sign, no exponent, at most nine decimals.
    static func parse(_ text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else {
            return nil
        }
        let fraction = parts.count == 2 ? parts[1] : ""
        guard whole.count + fraction.count > 0, whole.count <= 12, fraction.count <= 9 else { return nil }
        let padded = fraction + String(repeating: "0", count: 9 - fraction.count)
        guard let dollars = Int(whole.isEmpty ? "0" : whole), dollars <= maximumDollars, let nano = Int(padded) else {
            return nil
        }
        return dollars * 1_000_000_000 + nano
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
