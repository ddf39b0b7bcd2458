package import Contracts

/// Every known price, and which one applies to a target.
///
/// Declared prices cover edited ones, those the catalogue. A target's price is the one filed under its
/// `provider/model`; else the provider's flat price (`provider/*`); else the price of the bare model, if a provider that
/// makes it lists it and every provider that lists it charges the same. Otherwise the target is unpriced, which is not
/// the same as free.
package struct PriceBook: Sendable {
    /// Resolved targets remembered; a flood of invented names only empties the memory.
    private static let memory = 4096
    /// No price is filed under a longer name.
    private static let longestName = 512

    private var layers: [String: [Price.Source: Price]] = [:]
    private var listings: [String: [String: Price]] = [:]
    private var resolved: [Target: Price?] = [:]

    package init() {}

    /// Files a price under `provider/model`; the model may be `*`.
    package mutating func set(_ price: Price, id: String) {
        let id = id.lowercased()
        layers[id, default: [:]][price.source] = price
        if price.source == .catalogue, let (provider, model) = Self.parts(id) {
            listings[ModelName.bare(model), default: [:]][provider] = price
        }
        resolved.removeAll(keepingCapacity: true)
    }

    /// Removes a price; what it covered applies again.
    package mutating func remove(id: String, source: Price.Source) {
        let id = id.lowercased()
        layers[id]?[source] = nil
        if layers[id]?.isEmpty == true { layers[id] = nil }
        resolved.removeAll(keepingCapacity: true)
    }

    package var ids: [String] { layers.keys.sorted() }

    /// The price filed under an id itself, without any fallback.
    package func listed(_ id: String) -> Price? {
        guard let layer = layers[id.lowercased()] else { return nil }
        return layer[.declared] ?? layer[.edited] ?? layer[.catalogue]
    }

    /// Whether a price is filed under the target's own name, so that the name is none that a caller made up.
    package func lists(_ target: Target) -> Bool {
        listed(target.provider + "/" + target.model) != nil
    }

    /// The price that applies to a target, or `nil` when it is unpriced.
    package mutating func price(for target: Target) -> Price? {
        guard target.provider.utf8.count + target.model.utf8.count <= Self.longestName else { return nil }
        if let known = resolved[target] { return known }
        let price = resolve(target)
        if resolved.count >= Self.memory { resolved.removeAll(keepingCapacity: true) }
        resolved[target] = .some(price)
        return price
    }

    private func resolve(_ target: Target) -> Price? {
        let names = ModelName.candidates(target.model)
        let provider = target.provider.lowercased()
        let home = ModelName.home(of: provider)
        for owner in provider == home ? [provider] : [provider, home] {
            for name in names {
                if let price = listed(owner + "/" + name) { return price }
            }
            if let flat = listed(owner + "/*") { return flat }
        }
        for name in names {
            if let listing = listings[name], let price = Self.agreed(listing) { return price }
        }
        return nil
    }

    private static func agreed(_ listing: [String: Price]) -> Price? {
        guard let home = listing.first(where: { ModelName.makers.contains($0.key) })?.value else { return nil }
        return listing.values.allSatisfy { $0.agrees(with: home) } ? home : nil
    }

    private static func parts(_ id: String) -> (provider: String, model: String)? {
        guard let slash = id.firstIndex(of: "/") else { return nil }
        return (String(id[..<slash]), String(id[id.index(after: slash)...]))
    }
}
