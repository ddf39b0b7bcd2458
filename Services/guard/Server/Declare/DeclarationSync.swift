import Contracts
package import Storage

/// Brings stored policies in line with the configuration file; applying it twice changes nothing more.
///
/// A policy that is no longer declared is deleted: what is taken out of the file must stop acting.
package struct DeclarationSync: Sendable {
    private let declaration: GuardDeclaration

    package init(_ declaration: GuardDeclaration) {
        self.declaration = declaration
    }

    package func apply(_ connection: any SQLConnection) throws(StoreError) {
        let scopes = Set(declaration.policies.map(\.scope))
        for row in try PolicyStore.page(after: "", limit: GuardCaps.policies, connection)
        where row.item.declared && !scopes.contains(row.item.scope) {
            try PolicyStore.delete(row.item.scope, connection)
        }
        for item in declaration.policies {
            let old = try PolicyStore.policy(item.scope, connection)
            guard old?.item != item else { continue }
            try PolicyStore.put(PolicyRow(item: item, version: (old?.version ?? 0) + 1), connection)
        }
    }
}
