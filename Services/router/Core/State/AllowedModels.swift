package import Contracts
package import Dialects

extension RouterState {
    /// What `GET /v1/models` lists to a key with these allow-lists: what the meter would admit it to.
    ///
    /// A chain or an alias is listed when one target of it is allowed.
    package func listedModels(for allowance: ModelAllowance, live: [String: [String]] = [:]) -> [ModelEntry] {
        let models = listedModels(live: live)
        return allowance.isUnlimited ? models : models.filter { isAllowed($0, by: allowance) }
    }

    /// The listed model of this name; `nil` when there is none that the key may use.
    package func listedModel(
        _ id: String,
        for allowance: ModelAllowance,
        live: [String: [String]] = [:]
    ) -> ModelEntry? {
        listedModels(live: live).first { $0.id == id && isAllowed($0, by: allowance) }
    }

    private func isAllowed(_ model: ModelEntry, by allowance: ModelAllowance) -> Bool {
        guard !allowance.isUnlimited else { return true }
        return !allowance.permitted(requested: model.id, targets: targets(of: model)).isEmpty
    }

    private func targets(of model: ModelEntry) -> [Target] {
        guard chains[model.id] == nil, aliases[model.id] == nil, let slash = model.id.firstIndex(of: "/") else {
            let resolution = try? ModelResolver.resolve(model.id, in: self)
            return resolution?.targets.map { Target(provider: $0.provider.id, model: $0.model) } ?? []
        }
        let name = model.id[model.id.index(after: slash)...]
        return [Target(provider: String(model.id[..<slash]), model: String(name))]
    }
}
