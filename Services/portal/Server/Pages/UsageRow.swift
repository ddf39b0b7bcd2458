import Contracts
import PortalCore

/// A request as a row of a list.
struct UsageRow {
    let id: String
    let href: String?
    let iso: String
    let clock: String
    let hasKeys: Bool
    let key: String
    /// What was asked for.
    let model: String
    /// Attempts that moved on, in words.
    let hop: String?
    let colour: String
    let answered: String
    /// The model that answered, where it is called otherwise than the one that was asked for.
    let answeredModel: String?
    let kind: String
    let icon: String
    let outcome: String
    let input: String
    let output: String
    let saved: String
    let cost: String
    let total: String
    let timing: String

    /// - Parameters:
    ///   - items: The requests.
    ///   - nowUS: Now.
    ///   - base: The address of one request without its id; empty: it has no page.
    ///   - keys: Names by id; nil where every row is of one key.
    ///   - providers: Names by id.
    /// - Returns: One row for each.
    static func rows(
        _ items: [UsageItem],
        nowUS: Int,
        base: String,
        keys: [String: String]?,
        providers: [String: String]
    ) -> [UsageRow] {
        let longest = items.map(\.totalMS).max() ?? 1
        return items.map {
            UsageRow($0, nowUS: nowUS, base: base, keys: keys, providers: providers, longestMS: longest)
        }
    }

    init(
        _ item: UsageItem,
        nowUS: Int,
        base: String,
        keys: [String: String]?,
        providers: [String: String],
        longestMS: Int
    ) {
        let state = OutcomeWords(item)
        id = item.requestID
        href = base.isEmpty ? nil : base + PathText.segment(item.requestID)
        iso = Moments.iso(item.startedUS)
        clock = Moments.short(item.startedUS, nowUS: nowUS)
        hasKeys = keys != nil
        key = keys?[item.keyID] ?? item.keyID
        let asked = item.requestedModel.isEmpty ? item.model : item.requestedModel
        model = asked.isEmpty ? "–" : asked
        hop = item.attempts > 1 ? "\(item.attempts - 1) moved on" : nil
        let isSame = item.model.isEmpty || asked == item.model || asked == "\(item.provider)/\(item.model)"
        answeredModel = isSame ? nil : item.model
        let isCached = item.provider.isEmpty && item.outcome == .ok
        colour = item.outcome == .blocked ? "kb" : RouteColour.name(of: isCached ? "cache" : item.provider)
        answered =
            item.outcome == .blocked ? "Guardrail" : isCached ? "Cache" : item.provider.isEmpty ? "–"
            : providers[item.provider] ?? item.provider
        kind = state.kind
        icon = state.icon
        outcome = state.text
        input = Counts.grouped(item.usage.wholeInput)
        output = Counts.grouped(item.usage.output)
        saved = item.savedTokens > 0 ? Counts.grouped(item.savedTokens) : "–"
        cost = item.priced || item.costNanoUSD != nil ? Dollars.price(item.costNanoUSD) : "no price"
        total = Moments.duration(ms: item.totalMS)
        timing = Plot.timing(firstMS: item.firstTokenMS, totalMS: item.totalMS, longestMS: longestMS)
    }
}

/// How a request ended, in an icon and a word.
struct OutcomeWords {
    let kind: String
    let icon: String
    let text: String

    init(_ item: UsageItem) {
        switch item.outcome {
        case .ok where item.attempts > 1: (kind, icon, text) = ("warn", "warn", "Rerouted")
        case .ok where item.provider.isEmpty: (kind, icon, text) = ("info", "bolt", "From cache")
        case .ok: (kind, icon, text) = ("good", "ok", "Answered")
        case .blocked: (kind, icon, text) = ("bad", "bad", "Blocked")
        case .clientError: (kind, icon, text) = ("warn", "warn", "Not acceptable")
        case .providerError: (kind, icon, text) = ("bad", "bad", "Failed")
        case .cancelled: (kind, icon, text) = ("info", "info", "Cancelled")
        case .interrupted: (kind, icon, text) = ("warn", "warn", "Cut off")
        default: (kind, icon, text) = ("info", "info", item.outcome.rawValue)
        }
    }
}

extension TokenUsage {
    /// All that was read, from a cache or not.
    var wholeInput: Int { input + cacheRead + cacheWrite5m + cacheWrite1h }
}

/// What a page says when a service behind it does not answer.
struct Down {
    let what: String
    let next: String

    init(_ service: String, _ error: ServiceError) {
        what = "The \(service) does not answer, so this page is not whole."
        next = "Requests may still be served. Reload in a moment; if it stays, look at its log. (\(error.reason))"
    }
}

/// A chart with the words around it.
struct ChartView {
    let svg: String
    let ticks: [String]
    let labels: [String]
    let sentence: String
    let caption: String
    let size: String?
    let wideY: Bool
    let table: Bool
    let heads: [String]
    let lines: [[String]]
}

/// A link of the control that chooses a span of time.
struct RangeLink {
    let href: String
    let title: String
    let isCurrent: Bool

    static func all(_ path: String, _ query: PageQuery, _ current: TimeRange, _ ranges: [TimeRange]) -> [RangeLink] {
        ranges.map {
            RangeLink(href: path + query.with("range", $0.rawValue).text, title: $0.title, isCurrent: $0 == current)
        }
    }
}
