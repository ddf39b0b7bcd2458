import Contracts

/// What a plan grants.
package struct PlanTerms: Hashable, Sendable {
    package var name: String
    /// Nano-USD in a period; 0 for no limit.
    package var limitNanoUSD: Int
    /// Tokens in a period; 0 for no limit.
    package var limitTokens: Int
    /// Requests in a window: `nil` for the configured default, 0 for no limit; likewise the next two.
    package var rpm: Int?
    package var tpm: Int?
    package var concurrency: Int?
    package var period: BudgetPeriod
    package var zone: PeriodZone
    package var allowedModels: [String]
    /// Percentages of a limit at which an alert is raised, once in a period.
    package var alertAt: [Int]
    /// Whether a spent budget refuses requests; otherwise it only alerts.
    package var hardCutoff: Bool
    /// `off`, `exact` or `semantic`; empty for the configured default.
    package var cache: String
    package var strictLossless: Bool

    package init(
        name: String,
        limitNanoUSD: Int = 0,
        limitTokens: Int = 0,
        rpm: Int? = nil,
        tpm: Int? = nil,
        concurrency: Int? = nil,
        period: BudgetPeriod = .monthly,
        zone: PeriodZone = .utc,
        allowedModels: [String] = [],
        alertAt: [Int] = [],
        hardCutoff: Bool = true,
        cache: String = "",
        strictLossless: Bool = false
    ) {
        self.name = name
        self.limitNanoUSD = limitNanoUSD
        self.limitTokens = limitTokens
        self.rpm = rpm
        self.tpm = tpm
        self.concurrency = concurrency
        self.period = period
        self.zone = zone
        self.allowedModels = allowedModels
        self.alertAt = alertAt
        self.hardCutoff = hardCutoff
        self.cache = cache
        self.strictLossless = strictLossless
    }

    /// Names the calendar that the plan's periods follow: counters of one span never mix with those of another.
    package var span: String { period.rawValue + "/" + zone.name }
}

/// What is known of a key; never the key itself.
package struct KeyTerms: Hashable, Sendable {
    package var id: String
    /// What people and policies call it; not unique.
    package var name: String
    /// A small number that stands for the key in the ledger.
    package var ordinal: Int
    /// SHA-256 of the key, in lower-case hexadecimal.
    package var digest: String
    package var plan: String?
    package var project: String?
    package var expiresUS: Int?
    package var revokedUS: Int?
    package var allowedModels: [String]
    /// Whether a translation that loses something is refused, whatever the plan says.
    package var strictLossless: Bool

    package init(
        id: String,
        name: String = "",
        ordinal: Int,
        digest: String,
        plan: String? = nil,
        project: String? = nil,
        expiresUS: Int? = nil,
        revokedUS: Int? = nil,
        allowedModels: [String] = [],
        strictLossless: Bool = false
    ) {
        self.id = id
        self.name = name
        self.ordinal = ordinal
        self.digest = digest
        self.plan = plan
        self.project = project
        self.expiresUS = expiresUS
        self.revokedUS = revokedUS
        self.allowedModels = allowedModels
        self.strictLossless = strictLossless
    }
}

extension KeyTerms {
    /// Whose the gateway's own requests are: it is in no list, has no secret, and nothing is admitted on it.
    package static let system = KeyTerms(
        id: UsageRecord.systemKey,
        name: UsageRecord.systemKey,
        ordinal: 0,
        digest: UsageRecord.systemKey,
        revokedUS: 0
    )
}

/// The configured limits, for keys whose plan does not set its own.
package struct LimitPolicy: Hashable, Sendable {
    /// Whether rates and concurrency are limited at all; budgets always are.
    package var isEnabled: Bool
    package var rpm: Int
    package var tpm: Int
    package var concurrency: Int
    package var windowUS: Int
    /// The most output tokens that an admission reserves.
    package var outputReserve: Int
    /// The cache mode of plans that name none.
    package var cache: String
    /// Records older than this are refused: what could have been their first copy is no longer in the ledger.
    package var retentionUS: Int

    package init(
        isEnabled: Bool = true,
        rpm: Int = 600,
        tpm: Int = 200_000,
        concurrency: Int = 50,
        windowUS: Int = 60_000_000,
        outputReserve: Int = 4096,
        cache: String = "off",
        retentionUS: Int = 400 * 86_400_000_000
    ) {
        self.isEnabled = isEnabled
        self.rpm = rpm
        self.tpm = tpm
        self.concurrency = concurrency
        self.windowUS = windowUS
        self.outputReserve = outputReserve
        self.cache = cache
        self.retentionUS = retentionUS
    }
}

/// What was used, by money, tokens and requests.
package struct Totals: Hashable, Sendable {
    package var nanoUSD = 0
    package var tokens = 0
    package var requests = 0
    package var unpriced = 0

    package init(nanoUSD: Int = 0, tokens: Int = 0, requests: Int = 0, unpriced: Int = 0) {
        self.nanoUSD = nanoUSD
        self.tokens = tokens
        self.requests = requests
        self.unpriced = unpriced
    }

    package mutating func add(_ other: Totals) {
        nanoUSD.addClamped(other.nanoUSD)
        tokens.addClamped(other.tokens)
        requests.addClamped(other.requests)
        unpriced.addClamped(other.unpriced)
    }
}
