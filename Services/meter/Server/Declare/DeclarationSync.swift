import MeterCore
package import Storage

/// Brings stored plans and keys in line with the configuration file; applying it twice changes nothing more.
///
/// A plan that is no longer declared stays as an ordinary one, since keys may be on it. A key that is no longer declared is
/// revoked: a secret taken out of the file must stop working. Declared prices are never stored, so theirs end by
/// themselves.
package struct DeclarationSync: Sendable {
    private let declaration: MeterDeclaration
    private let nowUS: Int

    package init(_ declaration: MeterDeclaration, nowUS: Int) {
        self.declaration = declaration
        self.nowUS = nowUS
    }

    /// - Returns: Why it could not be applied, or `nil`; a refusal has changed nothing.
    package func apply(_ connection: any SQLConnection) throws(StoreError) -> DeclarationError? {
        let declaredPlans = Set(declaration.plans.map(\.name))
        for key in declaration.keys {
            if let plan = key.plan, !declaredPlans.contains(plan), try PlanStore.plan(plan, connection) == nil {
                return DeclarationError(problem: "declare.keys: \(key.name): there is no plan \(plan)")
            }
        }
        if let problem = duplicate() { return DeclarationError(problem: problem) }
        for plan in declaration.plans { try put(plan, connection) }
        try release(plansBut: declaredPlans, connection)
        try putKeys(connection)
        return nil
    }

    private func duplicate() -> String? {
        var seen: Set<String> = []
        for plan in declaration.plans where !seen.insert("plan " + plan.name).inserted {
            return "declare.plans: \(plan.name) is declared twice"
        }
        for key in declaration.keys {
            guard seen.insert("key " + key.name).inserted else { return "declare.keys: \(key.name) is declared twice" }
            guard seen.insert("digest " + key.digest).inserted else {
                return "declare.keys: \(key.name) has the same secret as another key"
            }
        }
        return nil
    }

    // MARK: Plans

    private func put(_ terms: PlanTerms, _ connection: any SQLConnection) throws(StoreError) {
        let old = try PlanStore.plan(terms.name, connection)
        if let old, old.isDeclared, old.terms == terms { return }
        let row = PlanRow(terms: terms, isDeclared: true, version: (old?.version ?? 0) + 1)
        try PlanStore.put(row, connection)
        guard let old, old.terms.span != terms.span else { return }
        // Counters left from when the plan last had this calendar would be taken for present ones.
        try connection.execute(
            "DELETE FROM budget_state WHERE key_ref IN (SELECT ordinal FROM api_key WHERE plan = $1) AND span = $2",
            [terms.name, terms.span]
        )
    }

    private func release(plansBut declared: Set<String>, _ connection: any SQLConnection) throws(StoreError) {
        for var row in try PlanStore.page(after: "", limit: MeterCaps.plans, connection)
        where row.isDeclared && !declared.contains(row.terms.name) {
            row.isDeclared = false
            row.version += 1
            try PlanStore.put(row, connection)
        }
    }

    // MARK: Keys

    private func putKeys(_ connection: any SQLConnection) throws(StoreError) {
        let old = try KeyStore.declared(connection)
        let digests = Set(declaration.keys.map(\.digest))
        var kept: Set<String> = []
        for key in declaration.keys {
            // A secret that is there keeps its row, whatever its name is now; only then a name gets a new secret.
            let byDigest = try KeyStore.key(digest: key.digest, connection)
            let byName = old.first {
                $0.name == key.name && !digests.contains($0.terms.digest) && !kept.contains($0.terms.id)
            }
            if let row = byDigest ?? byName {
                kept.insert(row.terms.id)
                try update(row, to: key, connection)
            } else {
                try insert(key, connection)
            }
        }
        for var row in old where !kept.contains(row.terms.id) && row.terms.revokedUS == nil {
            row.terms.revokedUS = nowUS
            row.version += 1
            try KeyStore.update(row, connection)
        }
    }

    private func update(
        _ old: KeyRow,
        to key: MeterDeclaration.DeclaredKey,
        _ connection: any SQLConnection
    ) throws(StoreError) {
        var row = old
        row.name = key.name
        row.display = key.display
        row.isDeclared = true
        row.terms.digest = key.digest
        row.terms.plan = key.plan
        row.terms.project = key.project
        row.terms.allowedModels = key.allowedModels
        row.terms.strictLossless = key.strictLossless
        row.terms.revokedUS = nil
        row.terms.expiresUS = nil
        guard row != old else { return }
        row.version += 1
        try KeyStore.update(row, connection)
        guard row.terms.plan != old.terms.plan else { return }
        try connection.execute("DELETE FROM budget_state WHERE key_ref = $1", [row.terms.ordinal])
    }

    private func insert(_ key: MeterDeclaration.DeclaredKey, _ connection: any SQLConnection) throws(StoreError) {
        guard let ordinal = try KeyStore.nextOrdinal(connection) else {
            throw StoreError(.full, "there may be \(MeterCaps.keys) keys")
        }
        try KeyStore.insert(
            KeyRow(
                terms: KeyTerms(
                    id: KeyName.make(),
                    name: key.name,
                    ordinal: ordinal,
                    digest: key.digest,
                    plan: key.plan,
                    project: key.project,
                    allowedModels: key.allowedModels,
                    strictLossless: key.strictLossless
                ),
                display: key.display,
                createdUS: nowUS,
                isDeclared: true,
                version: 1
            ),
            connection
        )
    }
}
