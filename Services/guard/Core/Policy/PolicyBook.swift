package import Contracts
import JSON
import Synchronization

/// All policies of an installation and the plans made of them; a new one is made whenever a policy changes.
package final class PolicyBook: Sendable {
    /// Combinations of scopes whose plans are kept.
    private static let keptPlans = 4096

    private struct PlanKey: Hashable {
        var scopes: [PolicyScopeName]
        var direction: Direction
    }

    /// A policy with what is to be done, ready to run.
    package struct Prepared: Sendable {
        /// What the native detectors do.
        package let plan: DetectionPlan
        package let policy: EffectivePolicy
        /// What is done with an engine outside, where the policy names one.
        package let external: ExternalPlan?
        /// How topics are told by their meaning, where the policy says so.
        package let meaning: MeaningPlan?

        package init(
            plan: DetectionPlan,
            policy: EffectivePolicy,
            external: ExternalPlan? = nil,
            meaning: MeaningPlan? = nil
        ) {
            self.plan = plan
            self.policy = policy
            self.external = external
            self.meaning = meaning
        }
    }

    package let version: String
    private let items: [PolicyScopeName: PolicyItem]
    private let kinds: Set<PolicyScopeName.Kind>
    private let builder: PlanBuilder
    private let prepared = Mutex<[PlanKey: Prepared]>([:])

    package init(_ items: [PolicyItem], builder: PlanBuilder) {
        var byScope: [PolicyScopeName: PolicyItem] = [:]
        for item in items { if let scope = PolicyScopeName(item.scope) { byScope[scope] = item } }
        self.items = byScope
        kinds = Set(byScope.keys.map(\.kind))
        self.builder = builder
        // Without a policy there is no verdict that a catalogue could change, and no need to read one.
        let catalogueVersion = byScope.isEmpty ? "" : builder.catalogue.version
        version = Self.fingerprint(byScope.values.sorted { $0.scope < $1.scope }, catalogueVersion)
    }

    package var isEmpty: Bool { items.isEmpty }

    /// Whether any policy names an engine outside.
    package var namesExternalEngine: Bool { items.values.contains { $0.pii?.engine == PlanBuilder.presidio } }

    /// Whether any policy names a model that makes vectors.
    package var namesEmbedder: Bool { items.values.contains { $0.topics?.embedder != nil } }

    /// What holds for a request.
    package func policy(for scope: RequestScope) -> EffectivePolicy {
        merged(active(scope))
    }

    /// What holds for a request, with the scope that each field comes from.
    package func effective(for scope: RequestScope) -> (policy: EffectivePolicy, provenance: [String: String]) {
        let scopes = active(scope)
        return (merged(scopes), Provenance.fields(scopes.compactMap { items[$0] }))
    }

    package func prepared(for scope: RequestScope, _ direction: Direction) -> Prepared {
        let key = PlanKey(scopes: active(scope), direction: direction)
        if let known = prepared.withLock({ $0[key] }) { return known }
        let policy = merged(key.scopes)
        let fresh = Prepared(
            plan: builder.plan(policy, direction),
            policy: policy,
            external: builder.external(policy, direction),
            meaning: builder.meaning(policy, direction)
        )
        prepared.withLock { prepared in
            if prepared.count >= Self.keptPlans { prepared.removeAll() }
            prepared[key] = fresh
        }
        return fresh
    }

    /// What holds for a request, and every other detector for the record.
    package func trial(for scope: RequestScope, _ direction: Direction) -> Prepared {
        let held = prepared(for: scope, direction)
        return Prepared(
            plan: builder.trial(held.plan, direction),
            policy: held.policy,
            external: held.external.map { $0.with(builder.trial($0.plan, direction)) },
            meaning: held.meaning
        )
    }

    private func active(_ scope: RequestScope) -> [PolicyScopeName] {
        PolicyScopeName.all(of: scope, where: kinds.contains).filter { items[$0] != nil }
    }

    private func merged(_ scopes: [PolicyScopeName]) -> EffectivePolicy {
        var policy = EffectivePolicy()
        for scope in scopes { if let item = items[scope] { policy.apply(item) } }
        return policy
    }

    // MARK: For the router

    /// Which scopes have policies and what they may do; never less than what an inspection would find to do.
    package var list: PolicyList {
        let sorted = items.sorted { ($0.key.breadth, $0.key.name) < ($1.key.breadth, $1.key.name) }
        return PolicyList(version: version, scopes: sorted.map { scope($0.key, $0.value) })
    }

    private func scope(_ name: PolicyScopeName, _ item: PolicyItem) -> PolicyScope {
        let wider = items.filter { $0.key.breadth < name.breadth }.map(\.value)
        var reach = PolicyReach(
            wider: wider,
            all: Array(items.values),
            global: items.first { $0.key.kind == .global }?.value
        )
        reach.add(item)
        return PolicyScope(
            scope: name.text,
            directions: Direction.known.filter(reach.directions.contains),
            actions: GuardAction.known.filter(reach.actions.contains),
            onFailure: item.onFailure
        )
    }

    private static func fingerprint(_ items: [PolicyItem], _ catalogueVersion: String) -> String {
        var hash = FingerprintHash()
        hash.add(catalogueVersion)
        for item in items {
            var plain = item
            // What says nothing about verdicts.
            plain.id = ""
            plain.etag = ""
            plain.declared = false
            var writer = JSONWriter()
            plain.write(to: &writer)
            for byte in writer.bytes { hash.add(byte) }
        }
        return hash.hexadecimal
    }
}
