import Contracts
import PeerRPC
import RouterCore

/// Lists, puts and deletes aliases; an alias's name is its id.
struct AliasAdmin: ResourceAdmin {
    private static let noun = "alias"

    let keeper: BookKeeper

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<AliasItem> {
        try AdminPage.check(request.filter, allowed: [])
        return AdminPage.make(keeper.shelf.aliases, request, key: \.name, item: Self.item)
    }

    func get(_ request: GetRequest) throws(ServiceError) -> AliasItem {
        try Self.item(request.id, keeper.shelf)
    }

    func put(_ request: PutRequest<AliasItem>) async throws(ServiceError) -> AliasItem {
        let (name, target, etag) = (request.item.id, request.item.target, request.etag)
        try checked("id") { () throws(RuleError) in try BookRules.modelName(name) }
        try checked("target") { () throws(RuleError) in try BookRules.target(target) }
        let edited = try await keeper.edit(refusing: .field("target")) { rows throws(ServiceError) -> Bool in
            let old = rows.aliases[name]
            try EditRules.check(old, Self.noun, name, etag: etag)
            guard rows.chains[name] == nil else {
                throw .exists("alias", "a chain is called \(name), and it would win")
            }
            if old == nil, rows.aliases.count >= RouterCaps.aliases { throw .full("aliases", RouterCaps.aliases) }
            let life = old?.life ?? RowLife(createdUS: BookTime.nowUS)
            rows.aliases[name] = AliasRow(name: name, target: target, life: life)
            return true
        }
        return try Self.item(name, edited.shelf)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        _ = try await keeper.edit(refusing: .need("alias \(request.id)")) { rows throws(ServiceError) -> Bool in
            _ = try EditRules.existing(rows.aliases, Self.noun, request)
            rows.aliases[request.id] = nil
            return true
        }
        return Empty()
    }

    private static func item(_ name: String, _ shelf: BookShelf) throws(ServiceError) -> AliasItem {
        guard let row = shelf.rows.aliases[name] else { throw .noSuch(noun, name) }
        return item(row)
    }

    private static func item(_ row: AliasRow) -> AliasItem {
        AliasItem(id: row.name, target: row.target, declared: row.life.isDeclared, etag: row.etag)
    }
}

/// Lists, puts and deletes chains; a chain's name is its id.
struct ChainAdmin: ResourceAdmin {
    private static let noun = "chain"

    let keeper: BookKeeper

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<ChainItem> {
        try AdminPage.check(request.filter, allowed: [])
        return AdminPage.make(keeper.shelf.chains, request, key: \.name, item: Self.item)
    }

    func get(_ request: GetRequest) throws(ServiceError) -> ChainItem {
        try Self.item(request.id, keeper.shelf)
    }

    func put(_ request: PutRequest<ChainItem>) async throws(ServiceError) -> ChainItem {
        let (name, steps, etag) = (request.item.id, request.item.steps, request.etag)
        try checked("id") { () throws(RuleError) in try BookRules.modelName(name) }
        try checked("steps") { () throws(RuleError) in try BookRules.steps(steps) }
        let strategy = try checked("strategy") { () throws(RuleError) in
            try BookRules.strategy(request.item.strategy)
        }
        let (weights, hedges) = (request.item.weights, request.item.hedge)
        try checked("weights") { () throws(RuleError) in
            try BookRules.weights(weights, steps: steps, strategy: strategy)
        }
        let edited = try await keeper.edit(refusing: .field("steps")) { rows throws(ServiceError) -> Bool in
            let old = rows.chains[name]
            try EditRules.check(old, Self.noun, name, etag: etag)
            guard rows.aliases[name] == nil else { throw .exists("chain", "an alias is called \(name)") }
            if old == nil, rows.chains.count >= RouterCaps.chains { throw .full("chains", RouterCaps.chains) }
            let life = old?.life ?? RowLife(createdUS: BookTime.nowUS)
            rows.chains[name] = ChainRow(
                name: name,
                strategy: strategy,
                steps: steps,
                weights: weights,
                hedges: hedges,
                life: life
            )
            return true
        }
        return try Self.item(name, edited.shelf)
    }

    func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
        _ = try await keeper.edit(refusing: .need("chain \(request.id)")) { rows throws(ServiceError) -> Bool in
            _ = try EditRules.existing(rows.chains, Self.noun, request)
            rows.chains[request.id] = nil
            return true
        }
        return Empty()
    }

    private static func item(_ name: String, _ shelf: BookShelf) throws(ServiceError) -> ChainItem {
        guard let row = shelf.rows.chains[name] else { throw .noSuch(noun, name) }
        return item(row)
    }

    private static func item(_ row: ChainRow) -> ChainItem {
        ChainItem(
            id: row.name,
            strategy: row.strategy.rawValue,
            steps: row.steps,
            weights: row.weights,
            hedge: row.hedges,
            declared: row.life.isDeclared,
            etag: row.etag
        )
    }
}
