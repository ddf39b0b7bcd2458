import SaverCore
import Storage

/// Applies the declarations and reads the settings, at start.
struct SaverLoader: Sendable {
    let database: any Database
    let declaration: SaverDeclaration

    func load() async throws -> StoredBook {
        try await database.migrate(SaverSchema.migrations)
        let sync = DeclarationSync(declaration)
        return try await database.write { connection throws(StoreError) in
            try sync.apply(connection)
            return try EpochStore.record(SettingsBook(try SettingStore.all(connection).map(\.setting)), connection)
        }
    }
}
