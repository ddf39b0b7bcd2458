import Contracts
import PortalCore

/// How a provider does, in the plain words of a service board.
struct ProviderWords {
    let kind: String
    let icon: String
    let service: String
    let why: String?

    init(accounts: [AccountItem], health: [HealthItem], nowUS: Int) {
        let enabled = accounts.filter(\.enabled)
        let away = enabled.filter { ($0.cooldownUntilUS ?? 0) > nowUS || $0.health == "failing" }
        let open = health.filter { $0.state == "open" || ($0.cooldownUntilUS ?? 0) > nowUS }
        let failing = health.filter { $0.failures > 0 }
        let reason = (open.first ?? failing.first)?.reason.map { $0.replacingUnderscores }
        if accounts.isEmpty {
            (kind, icon, service, why) = ("info", "info", "No account", nil)
        } else if enabled.isEmpty {
            (kind, icon, service, why) = ("info", "info", "Switched off", nil)
        } else if away.count == enabled.count || open.contains(where: { $0.account == nil && $0.model == nil }) {
            let until = away.compactMap(\.cooldownUntilUS).min().map { "until \(Moments.clock($0)) UTC" }
            (kind, icon, service) = ("bad", "bad", "Suspended")
            why = [reason, until].compactMap(\.self).joined(separator: ", ")
        } else if !away.isEmpty || !open.isEmpty || !failing.isEmpty {
            (kind, icon, service, why) = ("warn", "warn", "Minor delays", reason)
        } else {
            (kind, icon, service, why) = ("good", "ok", "Good service", nil)
        }
    }
}
