import Contracts
import Hummingbird
import PortalCore

/// Everything that the API offers, in the order of its description.
enum APICatalogue {
    static func operations(_ parts: PortalParts) -> [APIOperation] {
        meter(parts) + router(parts) + policies(parts) + own(parts)
    }

    private static func meter(_ parts: PortalParts) -> [APIOperation] {
        let admin = AdminMethods.meterV1
        let tag = "meter"
        let range = ["since_us", "until_us"]
        var operations = APIResource(
            resource: admin.keys,
            path: "keys",
            singular: "Key",
            tag: tag,
            access: .edit,
            filters: ["name", "plan", "project"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.plans,
            path: "plans",
            singular: "Plan",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.prices,
            path: "prices",
            singular: "Price",
            tag: tag,
            access: .edit,
            filters: ["provider", "source"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.projects,
            path: "projects",
            singular: "Project",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.tenants,
            path: "tenants",
            singular: "Tenant",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.budgets,
            path: "budgets",
            singular: "Budget",
            tag: tag,
            access: .read,
            filters: ["key"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.usage,
            path: "usage",
            singular: "Usage",
            tag: tag,
            access: .read,
            filters: ["key", "outcome", "provider", "model"] + range
        ).operations(parts)
        operations += APIResource(
            resource: admin.savings,
            path: "savings",
            singular: "Saving",
            tag: "saver",
            access: .list,
            filters: ["key", "saver", "by"] + range
        ).operations(parts)
        operations += APIResource(
            resource: admin.trials,
            path: "trials",
            singular: "Trial",
            tag: "saver",
            access: .list,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.rollups,
            path: "rollups",
            singular: "Rollup",
            tag: tag,
            access: .list,
            filters: ["key", "provider", "model", "since_day", "until_day"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.alerts,
            path: "alerts",
            singular: "Alert",
            tag: tag,
            access: .list,
            filters: ["key"]
        ).operations(parts)
        return operations + [summary(parts)]
    }

    private static func router(_ parts: PortalParts) -> [APIOperation] {
        let admin = AdminMethods.routerV1
        let tag = "router"
        var operations = APIResource(
            resource: admin.providers,
            path: "providers",
            singular: "Provider",
            tag: tag,
            access: .edit,
            filters: ["q"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.accounts,
            path: "accounts",
            singular: "Account",
            tag: tag,
            access: .edit,
            filters: ["provider", "label"]
        ) { account in
            // The router does not send it; an answer of the API could not hold it even if it did.
            var account = account
            account.apiKey = nil
            return account
        }.operations(parts)
        operations += [testAccount(parts), testCredential(parts)]
        operations += APIResource(
            resource: admin.aliases,
            path: "aliases",
            singular: "Alias",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.chains,
            path: "chains",
            singular: "Chain",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.proxies,
            path: "proxies",
            singular: "Proxy",
            tag: tag,
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.models,
            path: "models",
            singular: "Model",
            tag: tag,
            access: .list,
            filters: ["provider", "kind", "q"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.health,
            path: "health",
            singular: "Health",
            tag: tag,
            access: .list,
            filters: ["provider", "account", "state"]
        ).operations(parts)
        return operations
    }

    private static func policies(_ parts: PortalParts) -> [APIOperation] {
        let admin = AdminMethods.guardV1
        var operations = APIResource(
            resource: admin.policies,
            path: "policies",
            singular: "Policy",
            tag: "guard",
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.templates,
            path: "templates",
            singular: "Template",
            tag: "guard",
            access: .read,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: admin.decisions,
            path: "decisions",
            singular: "Decision",
            tag: "guard",
            access: .read,
            filters: ["key", "action", "direction", "request_id", "detector", "since_us", "until_us"]
        ).operations(parts)
        operations += APIResource(
            resource: admin.catalogues,
            path: "catalogues",
            singular: "Catalogue",
            tag: "guard",
            access: .read,
            filters: []
        ).operations(parts)
        operations.append(tryGuard(parts))
        operations += policyBundles(parts)
        operations += APIResource(
            resource: AdminMethods.saverV1.settings,
            path: "settings",
            singular: "Setting",
            tag: "saver",
            access: .edit,
            filters: []
        ).operations(parts)
        operations += APIResource(
            resource: AdminMethods.saverV1.probes,
            path: "probes",
            singular: "Probe",
            tag: "saver",
            access: .list,
            filters: []
        ).operations(parts)
        return operations + [trySaver(parts)]
    }
}
