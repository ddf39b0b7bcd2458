import Contracts

/// The names that policies and settings know a request's scope by.
enum ScopeNames {
    /// From the widest to the narrowest.
    static func all(_ scope: RequestScope) -> [String] {
        var names = ["global"]
        if let provider = scope.provider { names.append("provider:" + provider) }
        if let model = scope.model {
            names.append("model:" + model)
            if let provider = scope.provider { names.append("model:" + provider + "/" + model) }
        }
        if let chain = scope.chain { names.append("chain:" + chain) }
        if let key = scope.key { names.append("key:" + key) }
        return names
    }
}
