import Contracts

/// What a policy is for: `global`, or one provider, model, chain or key.
package struct PolicyScopeName: Hashable, Sendable {
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

    /// `nil` for what is none of the five.
    package init?(_ text: String) {
        if text == "global" {
            kind = .global
            name = ""
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let kind = Kind(rawValue: String(parts[0])), kind != .global else {
            return nil
        }
        self.kind = kind
        name = String(parts[1])
    }

    private init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    package var text: String { kind == .global ? "global" : "\(kind.rawValue):\(name)" }

    var breadth: Int { Kind.allCases.firstIndex(of: kind) ?? 0 }

    /// The names under which a request may have a policy, widest first.
    ///
    /// A model is known by its own name and by `provider/model`, the longer one being the more specific.
    ///
    /// Names of kinds that are not wanted, for there is no policy of them at all, are not put together.
    static func all(of scope: RequestScope, where isWanted: (Kind) -> Bool) -> [PolicyScopeName] {
        var names: [PolicyScopeName] = []
        func add(_ kind: Kind, _ name: String?) {
            guard let name, !name.isEmpty, isWanted(kind) else { return }
            names.append(PolicyScopeName(kind, name))
        }
        if isWanted(.global) { names.append(PolicyScopeName(.global, "")) }
        add(.provider, scope.provider)
        add(.model, scope.model)
        if let provider = scope.provider, let model = scope.model, isWanted(.model) {
            add(.model, "\(provider)/\(model)")
        }
        add(.chain, scope.chain)
        add(.key, scope.key)
        return names
    }
}
