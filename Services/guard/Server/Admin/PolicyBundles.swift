import Contracts
import GuardCore
import PeerRPC
import Storage

/// Policies as a whole: what holds for a request, and what moves to another installation.
struct PolicyBundles: Sendable {
    let context: AdminContext

    func effective(_ scope: RequestScope) throws(ServiceError) -> EffectivePolicyReply {
        for name in [scope.key, scope.chain, scope.provider, scope.model] {
            if let name { try AdminContext.check(name, field: "scope") }
        }
        let (policy, provenance) = context.policies.book.effective(for: scope)
        return EffectivePolicyReply(policy: policy.item, provenance: provenance)
    }

    func export() async throws(ServiceError) -> PolicyBundle {
        let rows = try await context.database.reading { connection throws(StoreError) in
            try PolicyStore.page(after: "", limit: GuardCaps.policies, connection)
        }
        return PolicyBundle(policies: rows.map { Self.plain($0.item) })
    }

    /// Takes in a bundle in one transaction; one policy that cannot be stored keeps all of them out.
    func take(_ request: ImportRequest) async throws(ServiceError) -> ImportReply {
        guard request.bundle.format == PolicyBundle.format else {
            throw .invalid("bundle.format", "this build reads format \(PolicyBundle.format)")
        }
        let items = try checked(request.bundle.policies)
        let isTrial = request.dryRun
        let deletes = request.replace
        let reply = try await context.database.writing { connection throws(StoreError) -> Verdict<ImportReply> in
            let rows = try PolicyStore.page(after: "", limit: GuardCaps.policies, connection)
            let plan = Plan(items, rows, deletes: deletes)
            if let scope = plan.declared { return .refused(.declaredItem("policy", scope)) }
            guard rows.count + plan.reply.created.count - plan.reply.deleted.count <= GuardCaps.policies else {
                return .refused(.full("policies", GuardCaps.policies))
            }
            guard !isTrial else { return .done(plan.reply) }
            for row in plan.puts { try PolicyStore.put(row, connection) }
            for scope in plan.reply.deleted { try PolicyStore.delete(scope, connection) }
            return .done(plan.reply)
        }
        guard !isTrial else { return reply }
        do throws(StoreError) {
            try await context.policies.refresh()
        } catch {
            throw ServiceError(error)
        }
        for scope in reply.created + reply.changed { context.publish(PolicyAdmin.resource, scope) }
        for scope in reply.deleted { context.publish(PolicyAdmin.resource, scope, deleted: true) }
        return reply
    }

    private func checked(_ policies: [PolicyItem]) throws(ServiceError) -> [PolicyItem] {
        guard policies.count <= GuardCaps.policies else {
            throw .invalid("bundle.policies", "more than \(GuardCaps.policies)")
        }
        var items: [PolicyItem] = []
        var scopes: Set<String> = []
        for policy in policies {
            guard scopes.insert(policy.scope).inserted else {
                throw .invalid("bundle.policies", "\(policy.scope) is there twice")
            }
            items.append(try PolicyAdmin(context: context).checked(Self.plain(policy)))
        }
        return items
    }

    /// Without what belongs to the installation that it is from.
    private static func plain(_ item: PolicyItem) -> PolicyItem {
        var plain = item
        plain.id = ""
        plain.etag = ""
        plain.declared = false
        return plain
    }

    /// What a bundle comes to beside what is there.
    private struct Plan {
        var reply = ImportReply()
        var puts: [PolicyRow] = []
        /// A scope that only the configuration file may change.
        var declared: String?

        init(_ items: [PolicyItem], _ rows: [PolicyRow], deletes: Bool) {
            let known = Dictionary(rows.map { ($0.item.scope, $0) }, uniquingKeysWith: { one, _ in one })
            for item in items {
                guard let old = known[item.scope] else {
                    reply.created.append(item.scope)
                    puts.append(PolicyRow(item: item, version: 1))
                    continue
                }
                guard PolicyBundles.plain(old.item) != item else { continue }
                if old.item.declared { declared = item.scope }
                reply.changed.append(item.scope)
                puts.append(PolicyRow(item: item, version: old.version + 1))
            }
            guard deletes else { return }
            let scopes = Set(items.map(\.scope))
            reply.deleted = rows.filter { !$0.item.declared && !scopes.contains($0.item.scope) }.map(\.item.scope)
        }
    }
}
