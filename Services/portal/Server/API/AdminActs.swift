package import Contracts

/// What an operator does through pages and API alike: a call of a service, and a row in the audit however it ends.
package struct AdminActs: Sendable {
    private let peers: PeerClients
    private let audit: AuditLog
    private let members: MemberAccess

    package init(peers: PeerClients, audit: AuditLog, members: MemberAccess) {
        self.peers = peers
        self.audit = audit
        self.members = members
    }

    /// Makes or replaces an item.
    package func put<Item>(
        _ resource: AdminResource<Item>,
        _ item: Item,
        etag: String? = nil,
        _ context: PortalContext
    ) async throws(ServiceError) -> Item {
        let stored = try await audited("put", resource.name, item.id, context) { () throws(ServiceError) in
            try await peers.call(resource.put, PutRequest(item: item, etag: etag))
        } item: {
            $0.id
        }
        if resource.name == AdminMethods.meterV1.keys.name { members.forget(stored.id) }
        return stored
    }

    /// Deletes an item.
    package func delete<Item>(
        _ resource: AdminResource<Item>,
        _ id: String,
        etag: String? = nil,
        _ context: PortalContext
    ) async throws(ServiceError) {
        _ = try await audited("delete", resource.name, id, context) { () throws(ServiceError) in
            try await peers.call(resource.delete, DeleteRequest(id: id, etag: etag))
        } item: { _ in
            id
        }
        if resource.name == AdminMethods.meterV1.keys.name { members.forget(id) }
    }

    /// Tries an account's credential without spending.
    package func testAccount(_ id: String, _ context: PortalContext) async throws(ServiceError) -> AccountTest {
        let method = AdminMethods.routerV1.testAccount
        return try await audited("test", "Accounts", id, context) { () throws(ServiceError) in
            try await peers.call(method, GetRequest(id: id), deadline: .now + .seconds(25))
        } item: { _ in
            id
        }
    }

    /// Tries a credential that is not saved, without spending; of it only the provider is written down.
    package func testCredential(
        _ request: TestCredentialRequest,
        _ context: PortalContext
    ) async throws(ServiceError) -> AccountTest {
        let method = AdminMethods.routerV1.testCredential
        let name = request.provider ?? request.dialect
        return try await audited("test", "credentials", name, context) { () throws(ServiceError) in
            try await peers.call(method, request, deadline: .now + .seconds(25))
        } item: { _ in
            name
        }
    }

    /// What the guardrails find in a text; the text is not kept.
    package func tryGuard(
        _ request: InspectRequest,
        _ context: PortalContext
    ) async throws(ServiceError) -> InspectReply {
        try await audited("try", "guard", "", context) { () throws(ServiceError) in
            try await peers.call(GuardMethods.inspect, request)
        } item: { _ in
            ""
        }
    }

    /// Takes in policies that were exported, all of them or none.
    package func importPolicies(
        _ request: ImportRequest,
        _ context: PortalContext
    ) async throws(ServiceError) -> ImportReply {
        try await audited(request.dryRun ? "try" : "import", "policies", "", context) { () throws(ServiceError) in
            try await peers.call(AdminMethods.guardV1.importPolicies, request)
        } item: { _ in
            ""
        }
    }

    /// What the savers would do to a text; the text is not kept.
    package func trySaver(
        _ request: CompressRequest,
        _ context: PortalContext
    ) async throws(ServiceError) -> CompressReply {
        try await audited("try", "saver", "", context) { () throws(ServiceError) in
            try await peers.call(SaverMethods.compress, request)
        } item: { _ in
            ""
        }
    }

    private func audited<Output>(
        _ act: String,
        _ resource: String,
        _ id: String,
        _ context: PortalContext,
        _ body: () async throws(ServiceError) -> Output,
        item: (Output) -> String
    ) async throws(ServiceError) -> Output {
        do throws(ServiceError) {
            let output = try await body()
            let id = item(output)
            await audit.record(act, resource.lowercased(), id, context)
            return output
        } catch {
            await audit.record(act, resource.lowercased(), id, outcome: error.reason, context)
            throw error
        }
    }
}
