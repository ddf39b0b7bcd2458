/// The methods of `guard.v1.Guard`.
///
/// An external guard needs ``inspect`` alone: without ``scan`` the router inspects answers window by window, and
/// without ``policies`` it asks every time.
public enum GuardMethods {
    /// Judges texts and says what must change in them.
    public static let inspect = RPCMethod<InspectRequest, InspectReply>("guard.v1.Guard/Inspect", isIdempotent: true)
    /// Judges an answer while it streams.
    public static let scan = RPCDuplexStream<ScanRequest, ScanChunk, ScanRelease, ScanReply>("guard.v1.Guard/Scan")
    /// Which scopes have policies, now and whenever it changes.
    public static let policies = RPCServerStream<Empty, PolicyList, Empty>("guard.v1.Guard/Policies")
}

/// The methods of `guard.v1.Admin`.
public struct GuardAdmin: Sendable {
    /// The guardrails by scope.
    public let policies = AdminResource<PolicyItem>(package: "guard.v1", singular: "Policy", plural: "Policies")
    /// Policies to start from; read-only.
    public let templates = AdminResource<TemplateItem>(package: "guard.v1", singular: "Template", plural: "Templates")
    /// The audit; read-only.
    public let decisions = AdminResource<DecisionItem>(package: "guard.v1", singular: "Decision", plural: "Decisions")
    /// The lists of patterns; read-only.
    public let catalogues = AdminResource<CatalogueItem>(
        package: "guard.v1",
        singular: "Catalogue",
        plural: "Catalogues"
    )
    /// What holds for a request, with the scope that says so.
    public let effectivePolicy = RPCMethod<RequestScope, EffectivePolicyReply>("guard.v1.Admin/GetEffectivePolicy")
    /// All policies, to take elsewhere.
    public let exportPolicies = RPCMethod<Empty, PolicyBundle>("guard.v1.Admin/ExportPolicies")
    /// Takes in what was exported.
    public let importPolicies = RPCMethod<ImportRequest, ImportReply>("guard.v1.Admin/ImportPolicies")
    /// What was put and deleted.
    public let watch = AdminWatch("guard.v1.Admin/Watch")

    var descriptions: [MethodDescription] {
        var methods = policies.descriptions(.edit, "policies")
        methods += templates.descriptions(.read, "templates")
        methods += decisions.descriptions(.read, "decisions")
        methods += catalogues.descriptions(.read, "catalogues")
        methods.append(MethodDescription(effectivePolicy, "Answers what holds for a request, and which scope says so."))
        methods.append(MethodDescription(exportPolicies, "Answers all policies, to take elsewhere."))
        methods.append(MethodDescription(importPolicies, "Takes in what was exported, all of it or nothing."))
        return methods + [.watch(watch)]
    }
}

extension ServiceDescription {
    /// The guard; any program that answers `guard.v1.Guard/Inspect` can stand in for it.
    public static let guardService = ServiceDescription(
        name: "guard",
        summary:
            "Judges what goes to providers and what comes back. An external guard needs guard.v1.Guard/Inspect alone.",
        methods: [
            MethodDescription(GuardMethods.inspect, "Judges texts and says what must change in them."),
            MethodDescription(GuardMethods.scan, "Judges an answer while it streams, holding back at most its window."),
            MethodDescription(GuardMethods.policies, "Streams which scopes have policies, now and at every change."),
        ] + AdminMethods.guardV1.descriptions
    )
}
