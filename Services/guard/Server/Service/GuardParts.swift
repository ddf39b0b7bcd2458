import Contracts
import GuardCore
import PeerRPC

/// The parts of a guard that has loaded.
struct GuardParts: Sendable {
    let inspection: Inspection
    let context: AdminContext
}

/// What the guard answers.
typealias GuardFront = ServiceFront<GuardParts>

extension GuardFront {
    func registry() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.guardService)
        registerGuard(&registry)
        registerPolicies(&registry)
        registerReading(&registry)
        return registry
    }

    private func registerGuard(_ registry: inout RPCRegistry) {
        registry.register(GuardMethods.inspect) { [self] request, _ throws(ServiceError) in
            try await current().inspection.inspect(request)
        }
        registry.register(GuardMethods.scan) { [self] request, _, incoming, items throws(ServiceError) in
            try await current().inspection.scan(request, incoming, items)
        }
        registry.register(GuardMethods.policies) { [self] _, _, items throws(ServiceError) in
            let policies = try current().inspection.policies
            // Subscribed first, so that no change between the two is missed.
            let changes = policies.lists.subscribe()
            try await items.send(policies.book.list)
            for await list in changes { try await items.send(list) }
            return Empty()
        }
    }

    private func registerPolicies(_ registry: inout RPCRegistry) {
        let admin = AdminMethods.guardV1
        registry.register(admin.policies) { [self] () throws(ServiceError) in
            PolicyAdmin(context: try current().context)
        }
        registry.register(admin.effectivePolicy) { [self] scope, _ throws(ServiceError) in
            try PolicyBundles(context: current().context).effective(scope)
        }
        registry.register(admin.exportPolicies) { [self] _, _ throws(ServiceError) in
            try await PolicyBundles(context: current().context).export()
        }
        registry.register(admin.importPolicies) { [self] request, _ throws(ServiceError) in
            try await PolicyBundles(context: current().context).take(request)
        }
        registry.register(admin.watch) { [self] () throws(ServiceError) in try current().context.edits }
    }

    private func registerReading(_ registry: inout RPCRegistry) {
        let admin = AdminMethods.guardV1
        registry.register(admin.templates.list) { request, _ throws(ServiceError) in
            try TemplateAdmin.list(request)
        }
        registry.register(admin.templates.get) { request, _ throws(ServiceError) in
            try TemplateAdmin.get(request)
        }
        registry.register(admin.decisions.list) { [self] request, _ throws(ServiceError) in
            try await DecisionAdmin(context: current().context).list(request)
        }
        registry.register(admin.decisions.get) { [self] request, _ throws(ServiceError) in
            try await DecisionAdmin(context: current().context).get(request)
        }
        registry.register(admin.catalogues.list) { [self] request, _ throws(ServiceError) in
            try CatalogueAdmin(policies: current().context.policies).list(request)
        }
        registry.register(admin.catalogues.get) { [self] request, _ throws(ServiceError) in
            try CatalogueAdmin(policies: current().context.policies).get(request)
        }
    }
}
