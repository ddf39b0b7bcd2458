import Contracts
import PeerRPC
import SaverCore

/// The parts of a saver that has loaded.
struct SaverParts: Sendable {
    let context: AdminContext
    let compressor: Compressor
}

/// What the saver answers.
typealias SaverFront = ServiceFront<SaverParts>

extension SaverFront {
    func registry() -> RPCRegistry {
        var registry = RPCRegistry(service: ServiceDescription.saver)
        registerSaver(&registry)
        registerAdmin(&registry)
        return registry
    }

    private func registerSaver(_ registry: inout RPCRegistry) {
        registry.register(SaverMethods.compress) { [self] request, context throws(ServiceError) in
            try await current().compressor.compress(request, until: context.deadline)
        }
        registry.register(SaverMethods.settings) { [self] _, _, items throws(ServiceError) in
            try await current().context.state.follow { settings throws(ServiceError) in try await items.send(settings) }
            return Empty()
        }
    }

    private func registerAdmin(_ registry: inout RPCRegistry) {
        let admin = AdminMethods.saverV1
        registry.register(admin.settings) { [self] () throws(ServiceError) in
            SettingAdmin(context: try current().context)
        }
        registry.register(admin.probes.list) { [self] request, _ throws(ServiceError) in
            let parts = try current()
            try AdminContext.check(request, allowed: [])
            let addresses = parts.context.state.book.headroomAddresses
            return ListReply(items: await parts.compressor.headroom.probes(addresses), next: nil)
        }
        registry.register(admin.watch) { [self] () throws(ServiceError) in try current().context.edits }
    }
}
