import Contracts
import PortalCore

/// One request as a journey: what was asked, every stop, and why it moved on.
struct JourneyModel {
    struct Stop {
        let title: String
        let text: String
        var colour = "ka"
        var isDone = true
        var isHop = false
        var verbatim: String?
        var figure = ""
    }

    struct Fact {
        let name: String
        let value: String
    }

    struct Saved {
        let name: String
        let rule: String
        let before: String
        let after: String
    }

    let id: String
    let sentence: String
    let stops: [Stop]
    let timing: String
    let timingText: String
    let facts: [Fact]
    let hasSavings: Bool
    let savings: [Saved]

    /// - Parameters:
    ///   - item: The request, with its detail.
    ///   - key: The key's name.
    ///   - providers: Names by id.
    ///   - accounts: Names of accounts by id.
    init(_ item: UsageItem, key: String, providers: [String: String] = [:], accounts: [String: String] = [:]) {
        let state = OutcomeWords(item)
        id = item.requestID
        let place = item.provider.isEmpty ? "" : " by \(providers[item.provider] ?? item.provider)"
        sentence =
            item.outcome == .ok
            ? "Answered\(place) in \(Moments.duration(ms: item.totalMS))"
                + (item.costNanoUSD == nil ? "; no price is known." : " for \(Dollars.price(item.costNanoUSD)).")
            : "\(state.text)\(place) after \(Moments.duration(ms: item.totalMS))."
        stops = Self.stops(item, key: key, state, providers, accounts)
        timing = Plot.timing(firstMS: item.firstTokenMS, totalMS: item.totalMS, longestMS: item.totalMS)
        timingText =
            item.firstTokenMS.map {
                "\(Moments.duration(ms: $0)) to the first token, \(Moments.duration(ms: item.totalMS)) in all."
            } ?? "\(Moments.duration(ms: item.totalMS)) in all; it was not streamed."
        facts = Self.facts(item, providers)
        savings = (item.detail?.savings ?? []).map {
            Saved(
                name: Words.saver($0.saver),
                rule: Words.reason($0.rule),
                before: Counts.grouped($0.tokensBefore),
                after: Counts.grouped($0.tokensAfter)
            )
        }
        hasSavings = !savings.isEmpty
    }

    private static func stops(
        _ item: UsageItem,
        key: String,
        _ state: OutcomeWords,
        _ providers: [String: String],
        _ accounts: [String: String]
    ) -> [Stop] {
        let detail = item.detail
        var stops = [
            Stop(
                title: "Asked for \(detail?.requestedModel ?? item.model)",
                text: "Key \(key), \(Moments.full(item.startedUS))"
                    + (detail.map { ", on the \(Words.wire($0.dialect)) wire" } ?? "") + (detail?.chain.map { ", chain \($0)" } ?? "")
            )
        ]
        if let verdict = detail?.guardVerdict {
            let isBlock = verdict.action == .block
            stops.append(
                Stop(
                    title: "Guardrail: \(Words.action(verdict.action).text.lowercased())",
                    text: isBlock ? "The text went no further." : "It looked at the text and let it pass.",
                    colour: isBlock ? "kb" : "ka"
                )
            )
        }
        let saved = detail?.savings.reduce(0) { $0 + $1.tokensBefore - $1.tokensAfter } ?? item.savedTokens
        if saved > 0 {
            stops.append(
                Stop(
                    title: "Made smaller",
                    text: "\(Counts.grouped(saved)) tokens fewer before it was sent on.",
                    colour: "kc"
                )
            )
        }
        if let cache = detail?.cache, cache != "none", !cache.isEmpty {
            stops.append(Stop(title: "Answered from the \(cache) cache", text: "No provider was asked.", colour: "kc"))
        }
        let attempts = detail?.attempts ?? []
        stops += attempts.enumerated().map { index, attempt in
            Self.stop(attempt, isLast: index == attempts.count - 1, providers, accounts)
        }
        stops.append(
            Stop(
                title: state.text,
                text: "\(Counts.grouped(item.usage.wholeInput)) tokens in, \(Counts.grouped(item.usage.output)) out.",
                colour: item.outcome == .ok ? "ka" : "kb",
                figure: item.costNanoUSD.map { Dollars.price($0) } ?? "no price"
            )
        )
        return stops
    }

    private static func stop(
        _ attempt: Attempt,
        isLast: Bool,
        _ providers: [String: String],
        _ accounts: [String: String]
    ) -> Stop {
        let failed = attempt.reason != nil || attempt.status >= 400
        var text = attempt.account.isEmpty ? "" : "Account \(accounts[attempt.account] ?? attempt.account). "
        if failed {
            text += attempt.status > 0 ? "Status \(attempt.status). " : ""
            let reason = Words.reason(attempt.reason ?? "refused")
            text += isLast ? "It ended here: \(reason)." : "Moved on: \(reason)."
        } else {
            text += attempt.usageSource == .estimated ? "It answered; its tokens are estimated (est.)." : "It answered."
        }
        return Stop(
            title: "\(providers[attempt.provider] ?? attempt.provider), \(attempt.model)",
            text: text,
            colour: failed ? "kb" : RouteColour.name(of: attempt.provider),
            isHop: failed,
            figure: Moments.duration(ms: attempt.durationMS)
        )
    }

    private static func facts(_ item: UsageItem, _ providers: [String: String]) -> [Fact] {
        let usage = item.usage
        let numbers: [(String, Int)] = [
            ("New input", usage.input), ("Read from the provider's cache", usage.cacheRead),
            ("Written to its cache", usage.cacheWrite5m + usage.cacheWrite1h), ("Output", usage.output),
            ("Of it reasoning", usage.reasoning), ("Audio in", usage.audioIn), ("Audio out", usage.audioOut),
            ("Units", usage.units), ("Saved", item.savedTokens),
        ]
        var facts = [
            Fact(name: "Asked for", value: item.detail?.requestedModel ?? item.requestedModel),
            Fact(name: "Answered by", value: item.model.isEmpty ? "–" : item.model),
            Fact(name: "Provider", value: item.provider.isEmpty ? "–" : providers[item.provider] ?? item.provider),
            Fact(name: "Attempts", value: "\(item.attempts)"),
        ]
        facts += numbers.filter { $0.1 > 0 || $0.0 == "Output" || $0.0 == "New input" }
            .map { Fact(name: $0.0, value: Counts.grouped($0.1)) }
        facts.append(
            Fact(name: "Price, exact", value: item.costNanoUSD.map { Dollars.exact($0) } ?? "no price is known")
        )
        return facts
    }
}
