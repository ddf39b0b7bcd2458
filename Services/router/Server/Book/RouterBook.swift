import Contracts
package import HTTP
package import Logging
package import PeerRPC
package import RouterCore
import Secrets
import Storage

/// The router's own data: what is stored, what is declared, and the state in memory that routing reads.
package final class RouterBook: Sendable {
    /// Sentences about faults that a start writes into the log at most.
    private static let maximumWarnings = 20

    /// Host and port of every base URL and proxy that the configuration file names: the egress policy's exceptions.
    package let declaredDestinations: [HostPort]
    let keeper: BookKeeper

    private init(keeper: BookKeeper, declaredDestinations: [HostPort]) {
        self.keeper = keeper
        self.declaredDestinations = declaredDestinations
    }

    /// Opens router.db, migrates, applies the declaration, unseals the credentials, builds the state.
    ///
    /// - Throws: ``StoreError``, or ``ConfigurationError`` with the place of a declaration that cannot be applied.
    package static func open(_ configuration: RouterBookConfiguration, logger: Logger) async throws -> RouterBook {
        let database = try await DatabaseFactory.open(
            configuration.location,
            service: "router",
            options: configuration.database,
            logger: logger
        )
        do {
            try await database.migrate(RouterSchema.migrations)
            let keeper = try await load(configuration, database, logger)
            return RouterBook(keeper: keeper, declaredDestinations: configuration.declaration.destinations)
        } catch {
            await database.close()
            throw error
        }
    }

    /// What routing reads now.
    package var state: RouterState { keeper.shelf.state }

    /// Called after every change with the new state, from any thread; set once, before serving.
    package func onChange(_ body: @escaping @Sendable (RouterState) -> Void) {
        keeper.onChange(body)
    }

    /// Registers `router.v1.Admin` on the registry.
    package func register(on registry: inout RPCRegistry, health: any AccountHealthSource) {
        RouterAdminService(keeper: keeper, health: health).register(on: &registry)
    }

    /// Takes over what other routers on the same database server change, until it is cancelled or the book is closed.
    package func follow(_ logger: Logger) async {
        for await _ in keeper.database.changes(on: BookRows.channel) {
            do throws(ServiceError) {
                try await keeper.reload()
            } catch {
                logger.warning("router data not read again", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Ends the streams of watchers and closes the database; edits fail from then on, the state stays.
    package func close() async {
        await keeper.close()
    }

    // MARK: Loading

    private static func load(
        _ configuration: RouterBookConfiguration,
        _ database: any Database,
        _ logger: Logger
    ) async throws -> BookKeeper {
        let vault = BookVault(configuration.envelope)
        let catalogue = Catalogue.builtin
        let nowUS = BookTime.nowUS
        let sync = DeclarationSync(configuration.declaration, vault: vault, catalogue: catalogue, nowUS: nowUS)
        let loaded = try await database.write { connection throws(StoreError) -> Result<Loaded, any Error> in
            let before = try BookRows(connection)
            var after = before
            vault.rotate(&after)
            do {
                let notes = try sync.apply(to: &after)
                _ = after.stamp(over: before, nowUS: nowUS)
                let shelf = BookShelf(
                    after,
                    vault: vault,
                    catalogue: catalogue,
                    includesDemo: configuration.includesDemo
                )
                try sync.check(shelf)
                try after.save(over: before, connection)
                return .success(Loaded(shelf: shelf, notes: notes))
            } catch let error as StoreError {
                throw error
            } catch {
                return .failure(error)
            }
        }.get()
        report(loaded, logger)
        return BookKeeper(
            database: database,
            vault: vault,
            catalogue: catalogue,
            includesDemo: configuration.includesDemo,
            shelf: loaded.shelf
        )
    }

    private struct Loaded: Sendable {
        var shelf: BookShelf
        /// What the operator should know about the declaration.
        var notes: [String]
    }

    private static func report(_ loaded: Loaded, _ logger: Logger) {
        let shelf = loaded.shelf
        logger.info(
            "router data loaded",
            metadata: [
                "keirouter.book.providers": "\(shelf.rows.providers.count)",
                "keirouter.book.accounts": "\(shelf.accounts.count)",
                "keirouter.book.aliases": "\(shelf.aliases.count)",
                "keirouter.book.chains": "\(shelf.chains.count)",
            ]
        )
        for note in loaded.notes.prefix(maximumWarnings) {
            logger.notice("declaration applied with a remark", metadata: ["keirouter.book.remark": "\(note)"])
        }
        for problem in shelf.problems.prefix(maximumWarnings) {
            logger.warning("a name leads nowhere", metadata: ["keirouter.book.problem": "\(problem)"])
        }
        for (id, error) in shelf.unopened.sorted(by: { $0.key < $1.key }).prefix(maximumWarnings) {
            logger.warning(
                "a stored secret does not open; put it again or bring back the master key it was sealed with",
                metadata: ["keirouter.book.id": "\(id)", "error": "\(error)"]
            )
        }
    }
}
