import Contracts
import MeterCore

/// What the texts and numbers of items may be, for edits and declarations alike.
enum ItemRules {
    static let maximumNameLength = 100
    /// The longest text that anything is looked for by.
    static let maximumTextLength = 1024
    static let maximumRules = 256
    static let maximumAlerts = 16
    /// A billion dollars, and as many tokens: larger is a mistake.
    static let maximumLimit = 1_000_000_000_000_000_000

    static func name(_ text: String, field: String) throws(ServiceError) -> String {
        guard (1...maximumNameLength).contains(text.utf8.count), isPlain(text) else {
            throw .invalid(field, "1 to \(maximumNameLength) bytes without control characters")
        }
        return text
    }

    static func models(_ rules: [String], field: String) throws(ServiceError) -> [String] {
        guard rules.count <= maximumRules else { throw .invalid(field, "at most \(maximumRules) entries") }
        for rule in rules where rule.isEmpty || rule.utf8.count > ModelRule.maximumLength || !isPlain(rule) {
            throw .invalid(field, "each entry has 1 to \(ModelRule.maximumLength) bytes without control characters")
        }
        return rules
    }

    static func limit(_ number: Int, field: String) throws(ServiceError) -> Int {
        guard (0...maximumLimit).contains(number) else { throw .invalid(field, "0 to \(maximumLimit)") }
        return number
    }

    static func rate(_ number: Int?, field: String) throws(ServiceError) -> Int? {
        guard let number else { return nil }
        return try limit(number, field: field)
    }

    static func period(_ text: String, field: String) throws(ServiceError) -> BudgetPeriod {
        guard let period = BudgetPeriod(rawValue: text) else {
            throw .invalid(field, "expected daily, weekly, monthly or total")
        }
        return period
    }

    static func zone(_ text: String, field: String) throws(ServiceError) -> PeriodZone {
        guard let zone = PeriodZone(text) else { throw .invalid(field, "expected UTC or an offset such as +07:00") }
        return zone
    }

    static func cache(_ text: String, field: String) throws(ServiceError) -> String {
        guard ["", "off", "exact", "semantic"].contains(text) else {
            throw .invalid(field, "expected off, exact or semantic")
        }
        return text
    }

    static func alerts(_ thresholds: [Int], field: String) throws(ServiceError) -> [Int] {
        guard thresholds.count <= maximumAlerts, thresholds.allSatisfy({ (1...1000).contains($0) }) else {
            throw .invalid(field, "at most \(maximumAlerts) percentages from 1 to 1000")
        }
        return Array(Set(thresholds)).sorted()
    }

    static func plan(_ item: PlanItem) throws(ServiceError) -> PlanTerms {
        PlanTerms(
            name: try name(item.name, field: "name"),
            limitNanoUSD: try limit(item.limitNanoUSD, field: "limit_nano_usd"),
            limitTokens: try limit(item.limitTokens, field: "limit_tokens"),
            rpm: try rate(item.rpm, field: "rpm"),
            tpm: try rate(item.tpm, field: "tpm"),
            concurrency: try rate(item.concurrency, field: "concurrency"),
            period: try period(item.period, field: "period"),
            zone: try zone(item.timezone, field: "timezone"),
            allowedModels: try models(item.allowedModels, field: "allowed_models"),
            alertAt: try alerts(item.alertAt, field: "alert_at"),
            hardCutoff: item.hardCutoff,
            cache: try cache(item.cache, field: "cache"),
            strictLossless: item.strictLossless
        )
    }

    /// A price's id, `provider/model` in lower case; the model may be `*`.
    static func priceID(_ text: String, field: String) throws(ServiceError) -> String {
        let id = text.lowercased()
        let parts = id.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), id.utf8.count <= 256, isPlain(id) else {
            throw .invalid(field, "expected provider/model")
        }
        return id
    }

    static func price(_ nano: Int?, field: String) throws(ServiceError) -> Int? {
        guard let nano else { return nil }
        guard (0...Rates.maximum).contains(nano) else { throw .invalid(field, "0 to \(Rates.maximum)") }
        return nano
    }

    /// Whether something can be looked for by this text.
    static func isStorable(_ text: String) -> Bool {
        text.utf8.count <= maximumTextLength && !text.utf8.contains(0)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
