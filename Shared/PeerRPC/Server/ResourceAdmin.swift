package import Contracts

/// What answers the four methods of a resource.
package protocol ResourceAdmin<Item>: Sendable {
    associatedtype Item: AdminItem

    func list(_ request: ListRequest) async throws(ServiceError) -> ListReply<Item>
    func get(_ request: GetRequest) async throws(ServiceError) -> Item
    func put(_ request: PutRequest<Item>) async throws(ServiceError) -> Item
    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty
}

extension RPCRegistry {
    /// Binds the four methods of a resource to what the closure makes, for each call anew.
    package mutating func register<Admin: ResourceAdmin>(
        _ resource: AdminResource<Admin.Item>,
        _ admin: @escaping @Sendable () throws(ServiceError) -> Admin
    ) {
        register(resource.list) { request, _ throws(ServiceError) in try await admin().list(request) }
        register(resource.get) { request, _ throws(ServiceError) in try await admin().get(request) }
        register(resource.put) { request, _ throws(ServiceError) in try await admin().put(request) }
        register(resource.delete) { request, _ throws(ServiceError) in try await admin().delete(request) }
    }

    /// Binds the four methods of a resource.
    package mutating func register<Admin: ResourceAdmin>(_ resource: AdminResource<Admin.Item>, _ admin: Admin) {
        register(resource) { () throws(ServiceError) in admin }
    }

    /// Binds the stream of what is put and deleted, from now on.
    package mutating func register(
        _ watch: AdminWatch,
        _ edits: @escaping @Sendable () throws(ServiceError) -> ChangeFeed<AdminChange>
    ) {
        register(watch) { request, _, items throws(ServiceError) in
            let wanted = Set(request.resources)
            for await edit in try edits().subscribe() where wanted.isEmpty || wanted.contains(edit.resource) {
                try await items.send(edit)
            }
            return Empty()
        }
    }
}
