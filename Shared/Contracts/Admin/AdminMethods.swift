/// The administration of the services.
public enum AdminMethods {
    /// Keys, plans, prices and the ledger.
    public static let meterV1 = MeterAdmin()
    /// Providers, accounts and names of models.
    public static let routerV1 = RouterAdmin()
    /// Policies and the audit.
    public static let guardV1 = GuardAdmin()
    /// What savers do, and what they are worth.
    public static let saverV1 = SaverAdmin()
}
