import Contracts
import GuardCore
import PeerRPC
import Synchronization

/// The parts of a guard that has loaded.
struct GuardParts: Sendable {
    let inspection: Inspection
    let context: AdminContext
}

/// Holds the parts once they are there; until then every call hears UNAVAILABLE.
final class GuardFront: Sendable {
    private let parts = Mutex<GuardParts?>(nil)

    func open(_ parts: GuardParts) {
        self.parts.withLock { $0 = parts }
    }

    func current() throws(ServiceError) -> GuardParts {
        guard let parts = parts.withLock({ $0 }) else {
            throw ServiceError(
                .unavailable,
                reason: "loading",
                message: "the guard is still loading",
                retry: .same(afterMilliseconds: 100)
            )
        }
        return parts
    }

    // MARK: Methods

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
        registry.register(admin.policies.list) { [self] request, _ throws(ServiceError) in
            try await PolicyAdmin(context: current().context).list(request)
        }
        registry.register(admin.policies.get) { [self] request, _ throws(ServiceError) in
            try await PolicyAdmin(context: current().context).get(request)
        }
        registry.register(admin.policies.put) { [self] request, _ throws(ServiceError) in
            try await PolicyAdmin(context: current().context).put(request)
        }
        registry.register(admin.policies.delete) { [self] request, _ throws(ServiceError) in
            try await PolicyAdmin(context: current().context).delete(request)
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
        registry.register(admin.watch) { [self] request, _, items throws(ServiceError) in
            let wanted = Set(request.resources)
            for await edit in try current().context.edits.subscribe()
            where wanted.isEmpty || wanted.contains(edit.resource) {
                try await items.send(edit)
            }
            return Empty()
        }
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
