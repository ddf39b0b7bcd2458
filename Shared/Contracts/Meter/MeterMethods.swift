/// The methods of `meter.v1.Meter`.
public enum MeterMethods {
    /// Whether a request may run, and what is set aside for it.
    public static let admit = RPCMethod<AdmitRequest, AdmitReply>("meter.v1.Meter/Admit", isIdempotent: true)
    /// Reservations ahead of the requests that will use them; not idempotent, what a lost answer granted runs out by itself.
    public static let grant = RPCMethod<GrantRequest, GrantReply>("meter.v1.Meter/Grant")
    /// Keeps the leases of open reservations.
    public static let renew = RPCMethod<RenewRequest, RenewReply>("meter.v1.Meter/Renew", isIdempotent: true)
    /// Enters usage into the ledger.
    public static let settle = RPCMethod<SettleRequest, SettleReply>("meter.v1.Meter/Settle", isIdempotent: true)
    /// Whose key this is, and what is left to it: what a sign-in with a key asks.
    public static let identify = RPCMethod<IdentifyRequest, IdentifyReply>(
        "meter.v1.Meter/Identify",
        isIdempotent: true
    )
    /// What targets charge.
    public static let rates = RPCMethod<RatesRequest, RatesReply>("meter.v1.Meter/Rates", isIdempotent: true)
    /// What changed of the things that routers keep through an outage.
    public static let changes = RPCServerStream<Empty, MeterChange, Empty>("meter.v1.Meter/Changes")
}

/// The methods of `meter.v1.Admin`.
public struct MeterAdmin: Sendable {
    /// The owners of everything.
    public let tenants = AdminResource<TenantItem>(package: "meter.v1", singular: "Tenant", plural: "Tenants")
    /// Groups of keys.
    public let projects = AdminResource<ProjectItem>(package: "meter.v1", singular: "Project", plural: "Projects")
    /// The keys.
    public let keys = AdminResource<KeyItem>(package: "meter.v1", singular: "Key", plural: "Keys")
    /// The limits of keys.
    public let plans = AdminResource<PlanItem>(package: "meter.v1", singular: "Plan", plural: "Plans")
    /// What models cost.
    public let prices = AdminResource<PriceItem>(package: "meter.v1", singular: "Price", plural: "Prices")
    /// The live state of budgets; read-only.
    public let budgets = AdminResource<BudgetItem>(package: "meter.v1", singular: "Budget", plural: "Budgets")
    /// The ledger; read-only.
    public let usage = AdminResource<UsageItem>(package: "meter.v1", singular: "Usage", plural: "Usage")
    /// The usage by day; list only.
    public let rollups = AdminResource<RollupItem>(package: "meter.v1", singular: "Rollup", plural: "Rollups")
    /// Budgets that passed a threshold; list only.
    public let alerts = AdminResource<AlertItem>(package: "meter.v1", singular: "Alert", plural: "Alerts")
    /// What savers saved, by rule and price; list only.
    public let savings = AdminResource<SavingItem>(package: "meter.v1", singular: "Saving", plural: "Savings")
    /// What instructions are worth; list only.
    public let trials = AdminResource<TrialItem>(package: "meter.v1", singular: "Trial", plural: "Trials")
    /// Sums of a stretch of time, for charts.
    public let summarize = RPCMethod<SummarizeRequest, SummarizeReply>(
        "meter.v1.Admin/Summarize",
        isIdempotent: true
    )
    /// What was put and deleted, and which rows the ledger took in.
    public let watch = AdminWatch("meter.v1.Admin/Watch")

    var descriptions: [MethodDescription] {
        var methods = tenants.descriptions(.edit, "tenants")
        methods += projects.descriptions(.edit, "projects")
        methods += keys.descriptions(.edit, "keys")
        methods += plans.descriptions(.edit, "plans")
        methods += prices.descriptions(.edit, "prices")
        methods += budgets.descriptions(.read, "budgets")
        methods += usage.descriptions(.read, "rows of the ledger")
        methods += rollups.descriptions(.list, "daily sums")
        methods += alerts.descriptions(.list, "alerts")
        methods += savings.descriptions(.list, "savings by rule and price")
        methods += trials.descriptions(.list, "trials of instructions")
        methods.append(MethodDescription(summarize, "Sums what was used in a stretch of time, for charts."))
        return methods + [.watch(watch)]
    }
}

extension ServiceDescription {
    /// The meter: admission, the ledger and their administration.
    public static let meter = ServiceDescription(
        name: "meter",
        summary: "Admits requests, keeps keys, plans, budgets and prices, and holds the ledger.",
        methods: [
            MethodDescription(MeterMethods.admit, "Says whether a request may run and reserves what it may cost."),
            MethodDescription(
                MeterMethods.grant,
                "Reserves ahead for a busy key far from its limits, and takes back what was not used."
            ),
            MethodDescription(MeterMethods.renew, "Keeps the leases of open reservations."),
            MethodDescription(
                MeterMethods.settle,
                "Enters usage into the ledger, each record once; answers after commit."
            ),
            MethodDescription(
                MeterMethods.identify,
                "Says whose key this is and what is left to it; never its secret."
            ),
            MethodDescription(MeterMethods.rates, "Says what targets charge, for chains that go by cost."),
            MethodDescription(MeterMethods.changes, "Streams revoked keys and changed plans, from now on."),
        ] + AdminMethods.meterV1.descriptions
    )
}
