package import Contracts

/// What a setting is for: `global`, or one provider, model, chain or key.
package struct SettingScope: Hashable, Sendable, Comparable {
    /// From the widest to the most specific, which wins.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case global
        case provider
        case model
        case chain
        case key
    }

    package var kind: Kind
    /// Empty for global.
    package var name: String

    package static let global = SettingScope(kind: .global, name: "")

    private init(kind: Kind, name: String) {
        self.kind = kind
        self.name = name
    }

    /// `nil` for what is none of the five.
    package init?(_ text: String) {
        if text == "global" {
            self = .global
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let kind = Kind(rawValue: String(parts[0])), kind != .global else {
            return nil
        }
        self.init(kind: kind, name: String(parts[1]))
    }

    package var text: String { kind == .global ? "global" : "\(kind.rawValue):\(name)" }

    private var breadth: Int { Kind.allCases.firstIndex(of: kind) ?? 0 }

    package static func < (left: SettingScope, right: SettingScope) -> Bool {
        left.breadth != right.breadth ? left.breadth < right.breadth : left.name < right.name
    }

    /// The scopes that a request is in, widest first.
    ///
    /// A model is known by its own name and by `provider/model`, the longer one being the more specific.
    package static func all(of scope: RequestScope) -> [SettingScope] {
        var scopes = [global]
        if let provider = scope.provider { scopes.append(SettingScope(kind: .provider, name: provider)) }
        if let model = scope.model {
            scopes.append(SettingScope(kind: .model, name: model))
            if let provider = scope.provider { scopes.append(SettingScope(kind: .model, name: "\(provider)/\(model)")) }
        }
        if let chain = scope.chain { scopes.append(SettingScope(kind: .chain, name: chain)) }
        if let key = scope.key { scopes.append(SettingScope(kind: .key, name: key)) }
        return scopes
    }
}
