import ArgumentParser
package import Bootstrap
package import Contracts

/// The terms of a plan, each left as it is when not given.
package struct PlanOptions: ParsableArguments {
    @Option(name: .customLong("limit-usd"), help: ArgumentHelp("Dollars in a period; 0: no limit.", valueName: "usd"))
    var limitUSD: String?

    @Option(help: ArgumentHelp("Tokens in a period; 0: no limit.", valueName: "number"))
    var limitTokens: Int?

    @Option(help: ArgumentHelp("Requests in a minute; 0: no limit, default: the configured one.", valueName: "number"))
    var rpm: String?

    @Option(help: ArgumentHelp("Tokens in a minute; 0: no limit, default: the configured one.", valueName: "number"))
    var tpm: String?

    @Option(help: ArgumentHelp("Requests at once; 0: no limit, default: the configured one.", valueName: "number"))
    var concurrency: String?

    @Option(help: ArgumentHelp("daily, weekly, monthly or total.", valueName: "period"))
    var period: String?

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A model it allows, with * as wildcard; again for more; * alone: all.", valueName: "model")
    )
    var allow: [String] = []

    @Option(
        name: .long,
        parsing: .singleValue,
        help: ArgumentHelp("A percentage of the budget that raises an alert; again for more.", valueName: "percent")
    )
    var alertAt: [Int] = []

    @Flag(inversion: .prefixedNo, help: "Whether an exhausted budget denies, or only alerts.")
    var hardCutoff: Bool?

    @Flag(
        inversion: .prefixedNo,
        help: "Whether requests that a translation between dialects would take something from are refused."
    )
    var strictLossless: Bool?

    @Option(help: ArgumentHelp("off, exact or semantic.", valueName: "kind"))
    var cache: String?

    @Option(help: ArgumentHelp("Where its days begin: UTC or an offset such as +07:00.", valueName: "zone"))
    var timezone: String?

    package init() {}

    package func applied(to plan: PlanItem) throws(ProgramFailure) -> PlanItem {
        var plan = plan
        if let limitUSD {
            guard let nano = Money.nanoUSD(limitUSD) else {
                throw ProgramFailure(.usage, "--limit-usd: expected dollars such as 25 or 0.5")
            }
            plan.limitNanoUSD = nano
        }
        if let limitTokens { plan.limitTokens = limitTokens }
        if let rpm { plan.rpm = try Self.rate(rpm, "--rpm") }
        if let tpm { plan.tpm = try Self.rate(tpm, "--tpm") }
        if let concurrency { plan.concurrency = try Self.rate(concurrency, "--concurrency") }
        if let period { plan.period = period }
        if !allow.isEmpty { plan.allowedModels = allow == ["*"] ? [] : allow }
        if !alertAt.isEmpty { plan.alertAt = alertAt }
        if let hardCutoff { plan.hardCutoff = hardCutoff }
        if let strictLossless { plan.strictLossless = strictLossless }
        if let cache { plan.cache = cache }
        if let timezone { plan.timezone = timezone }
        return plan
    }

    private static func rate(_ text: String, _ option: String) throws(ProgramFailure) -> Int? {
        if text == "default" { return nil }
        guard let number = Int(text), number >= 0 else {
            throw ProgramFailure(.usage, "\(option): expected a whole number, or default")
        }
        return number
    }
}
