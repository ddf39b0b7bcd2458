package import Contracts

extension Gateway {
    /// All rows of the ledger that match.
    package func ledger(_ filter: [String: String] = [:]) async throws -> [UsageItem] {
        try await all(AdminMethods.meterV1.usage, filter)
    }

    /// Waits until a request has its row.
    package func row(_ requestID: String, deadline: Duration = Poll.patience) async throws -> UsageItem {
        try await Poll.value("the ledger's row of \(requestID)", deadline: deadline, every: .milliseconds(20)) {
            try await ledger().first { $0.requestID == requestID }
        }
    }

    /// The keys as the meter has them.
    package func keys() async throws -> [KeyItem] {
        try await all(AdminMethods.meterV1.keys)
    }

    package func key(_ name: String) async throws -> KeyItem {
        guard let key = try await keys().first(where: { $0.name == name }) else {
            throw TestSupportError("there is no key \(name)")
        }
        return key
    }

    /// The live state of the limits of a key.
    package func budget(ofKey name: String) async throws -> BudgetItem {
        let id = try await key(name).id
        return try await meter(AdminMethods.meterV1.budgets.get, GetRequest(id: id))
    }

    /// Waits until nothing is reserved for a key and no request of it runs.
    package func waitUntilIdle(key name: String, deadline: Duration = Poll.patience) async throws {
        try await Poll.until("no reservation of \(name)", deadline: deadline, every: .milliseconds(50)) {
            let budget = try await budget(ofKey: name)
            return budget.concurrency == 0 && budget.reservedNanoUSD == 0 && budget.reservedTokens == 0
        }
    }

    /// Makes a key with a secret of the test's choosing.
    @discardableResult
    package func makeKey(_ name: String, _ secret: String, plan: String? = nil) async throws -> KeyItem {
        let item = KeyItem(name: name, plan: plan, secret: secret)
        return try await meter(AdminMethods.meterV1.keys.put, PutRequest(item: item))
    }

    /// The guard's decisions.
    package func decisions() async throws -> [DecisionItem] {
        try await all(of: .guard, AdminMethods.guardV1.decisions.list)
    }

    /// Every item of a resource of the meter's, page by page.
    package func all<Item>(_ resource: AdminResource<Item>, _ filter: [String: String] = [:]) async throws -> [Item] {
        try await all(of: .meter, resource.list, filter)
    }

    /// Every item of a list of a service's, page by page.
    package func all<Item>(
        of program: Program,
        _ list: RPCMethod<ListRequest, ListReply<Item>>,
        _ filter: [String: String] = [:]
    ) async throws -> [Item] {
        var items: [Item] = []
        var token: String?
        repeat {
            let page = try await call(
                program,
                list,
                ListRequest(pageToken: token, pageSize: ListRequest.largestPage, filter: filter)
            )
            items += page.items
            token = page.next
        } while token != nil
        return items
    }
}
