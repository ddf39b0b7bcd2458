/// The methods of `router.v1.Embeddings`.
public enum RouterMethods {
    /// Vectors of texts, for the guard's topics: never guarded, metered to the system, within 300 ms.
    public static let embed = RPCMethod<EmbedRequest, EmbedReply>("router.v1.Embeddings/Embed", isIdempotent: true)
}

/// The methods of `router.v1.Admin`.
public struct RouterAdmin: Sendable {
    /// Where requests go.
    public let providers = AdminResource<ProviderItem>(package: "router.v1", singular: "Provider", plural: "Providers")
    /// The credentials they go with.
    public let accounts = AdminResource<AccountItem>(package: "router.v1", singular: "Account", plural: "Accounts")
    /// Other names for targets.
    public let aliases = AdminResource<AliasItem>(package: "router.v1", singular: "Alias", plural: "Aliases")
    /// Targets under one name.
    public let chains = AdminResource<ChainItem>(package: "router.v1", singular: "Chain", plural: "Chains")
    /// The ways out.
    public let proxies = AdminResource<ProxyItem>(package: "router.v1", singular: "Proxy", plural: "Proxies")
    /// The catalogue; list only.
    public let models = AdminResource<ModelItem>(package: "router.v1", singular: "Model", plural: "Models")
    /// How providers and accounts do; list only.
    public let health = AdminResource<HealthItem>(package: "router.v1", singular: "Health", plural: "Health")
    /// Tries an account's credential without spending.
    public let testAccount = RPCMethod<GetRequest, AccountTest>("router.v1.Admin/TestAccount")
    /// Tries a credential that is not saved yet, without spending.
    public let testCredential = RPCMethod<TestCredentialRequest, AccountTest>("router.v1.Admin/TestCredential")
    /// Asks a provider for its list of models.
    public let refreshModels = RPCMethod<RefreshModelsRequest, RefreshModelsReply>("router.v1.Admin/RefreshModels")
    /// Makes many accounts at once.
    public let putAccounts = RPCMethod<PutAccountsRequest, PutAccountsReply>("router.v1.Admin/PutAccounts")
    /// What was put and deleted.
    public let watch = AdminWatch("router.v1.Admin/Watch")

    var descriptions: [MethodDescription] {
        var methods = providers.descriptions(.edit, "providers")
        methods += accounts.descriptions(.edit, "accounts")
        methods.append(MethodDescription(testAccount, "Tries an account's credential without spending."))
        methods.append(MethodDescription(testCredential, "Tries a credential that is not saved yet, without spending."))
        methods.append(MethodDescription(refreshModels, "Asks a provider for its models, unless it was asked lately."))
        methods.append(MethodDescription(putAccounts, "Makes many accounts of one provider, a line for each."))
        methods += aliases.descriptions(.edit, "aliases")
        methods += chains.descriptions(.edit, "chains")
        methods += proxies.descriptions(.edit, "proxies")
        methods += models.descriptions(.list, "models of the catalogue")
        methods += health.descriptions(.list, "health records")
        return methods + [.watch(watch)]
    }
}

extension ServiceDescription {
    /// The router, as its peers see it.
    public static let router = ServiceDescription(
        name: "router",
        summary: "Routes requests to providers; its peers administer it and ask it for embeddings.",
        methods: [
            MethodDescription(
                RouterMethods.embed,
                "Answers vectors of texts, within the caller's deadline; never guarded, metered to the system."
            )
        ] + AdminMethods.routerV1.descriptions
    )
}
