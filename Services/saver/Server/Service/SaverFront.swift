import Contracts
import PeerRPC
import SaverCore
import Synchronization

/// The parts of a saver that has loaded.
struct SaverParts: Sendable {
    let context: AdminContext
    let compressor: Compressor
}

/// Holds the parts once they are there; until then every call hears UNAVAILABLE.
final class SaverFront: Sendable {
    private let parts = Mutex<SaverParts?>(nil)

    func open(_ parts: SaverParts) {
        self.parts.withLock { $0 = parts }
    }

    func current() throws(ServiceError) -> SaverParts {
        guard let parts = parts.withLock({ $0 }) else {
            throw ServiceError(
                .unavailable,
                reason: "loading",
                message: "the saver is still loading",
                retry: .same(afterMilliseconds: 100)
            )
        }
        return parts
    }

    // MARK: Methods

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
        registry.register(admin.settings.list) { [self] request, _ throws(ServiceError) in
            try await SettingAdmin(context: current().context).list(request)
        }
        registry.register(admin.settings.get) { [self] request, _ throws(ServiceError) in
            try await SettingAdmin(context: current().context).get(request)
        }
        registry.register(admin.settings.put) { [self] request, _ throws(ServiceError) in
            try await SettingAdmin(context: current().context).put(request)
        }
        registry.register(admin.settings.delete) { [self] request, _ throws(ServiceError) in
            try await SettingAdmin(context: current().context).delete(request)
        }
        registry.register(admin.probes.list) { [self] request, _ throws(ServiceError) in
            let parts = try current()
            try AdminContext.check(request, allowed: [])
            let addresses = parts.context.state.book.headroomAddresses
            return ListReply(items: await parts.compressor.headroom.probes(addresses), next: nil)
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
}
