import Contracts
import PeerRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Looks at what providers' caches lost, at instructions that cost more than they save, and at the servers savers ask.
struct SaverDoctor {
    private static let days = 7

    let installation: Installation

    func run() async -> [Finding] {
        await money() + probes()
    }

    private func money() async -> [Finding] {
        let since = (Int(time(nil)) - Self.days * 86_400) * 1_000_000
        do {
            return try await installation.withMeter { meter in
                let admin = AdminMethods.meterV1
                let filter = ["saver": "prompt-cache", "by": "key", "since_us": String(since)]
                let losses = try await meter.call(admin.savings.list, ListRequest(pageSize: 500, filter: filter)).items
                let trials = try await meter.call(admin.trials.list, ListRequest(pageSize: 500)).items
                let keys = losses.isEmpty ? [] : try await meter.all(admin.keys)
                let names = Dictionary(keys.map { ($0.id, $0.name) }) { first, _ in first }
                return Self.losses(losses, names: names) + Self.trials(trials)
            }
        } catch {
            return [Finding(.warn, "prompt cache", "\(error)")]
        }
    }

    /// One finding for each key that lost anything.
    static func losses(_ items: [SavingItem], names: [String: String]) -> [Finding] {
        guard !items.isEmpty else {
            return [Finding(.ok, "prompt cache", "no conversation lost it in \(days) days")]
        }
        let keys = Dictionary(grouping: items, by: \.keyID).mapValues { rows in
            rows.sorted { $0.tokensAfter > $1.tokensAfter }
        }
        let ranked = keys.sorted { left, right in
            (Self.cost(left.value), left.key) > (Self.cost(right.value), right.key)
        }
        return ranked.map { key, rows in
            let causes = rows.map { "\($0.rule) \($0.requests) times (\($0.tokensAfter) tokens)" }
            let cost = Self.cost(rows)
            let each = cost / max(1, rows.reduce(0) { $0 + $1.requests })
            let message =
                "lost \(Money.text(nanoUSD: cost)) in \(days) days by " + causes.joined(separator: ", ")
                + ": \(Money.text(nanoUSD: each)) a request that lost it"
            return Finding(.warn, "prompt cache of \(names[key] ?? key)", message, advice: advice(rows[0].rule))
        }
    }

    private static func cost(_ rows: [SavingItem]) -> Int {
        rows.reduce(0) { $0 - $1.savedNanoUSD }
    }

    private static func advice(_ cause: String) -> String {
        switch cause {
        case "tools": "the list of tools changes within conversations: fix its order and its descriptions"
        case "date": "instructions tell the time: move it behind what is cached, or tell the day alone"
        case "guard": "policies changed while conversations ran"
        case "saver": "our memory of conversations was lost or too small"
        default: "the client rewrites what it sent before: keep earlier messages as they are"
        }
    }

    /// Instructions that cost more than they can save.
    static func trials(_ items: [TrialItem]) -> [Finding] {
        items.compactMap { trial in
            guard let high = trial.savedNanoHigh, high < trial.overheadNanoUSD else { return nil }
            let message =
                "cost \(Money.text(nanoUSD: trial.overheadNanoUSD)) and saved "
                + "\(Money.text(nanoUSD: high)) at most"
            return Finding(.warn, "instructions \(trial.id)", message, advice: "switch them off")
        }
    }

    private func probes() async -> [Finding] {
        do {
            let items = try await installation.with(ServiceTable.saver) { saver in
                try await saver.call(AdminMethods.saverV1.probes.list, ListRequest()).items
            }
            return items.map(Self.probe)
        } catch {
            return [Finding(.warn, "headroom", "\(error)")]
        }
    }

    static func probe(_ item: ProbeItem) -> Finding {
        let name = "headroom \(item.id)"
        switch item.state {
        case "ready": return Finding(.ok, name, "ready")
        case "degraded": return Finding(.ok, name, "ready, without \(item.detail)")
        default:
            let advice = "texts go out as they are; start it with headroom proxy, or switch it off"
            return Finding(
                .warn,
                name,
                "\(item.state)\(item.detail.isEmpty ? "" : " (\(item.detail))")",
                advice: advice
            )
        }
    }
}
