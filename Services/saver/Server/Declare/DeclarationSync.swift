import SaverCore
package import Storage

/// Brings the stored settings in line with the configuration file; applying it twice changes nothing more.
///
/// A declared scope that is no longer in the file goes: what its entry said must stop. Scopes that were edited stay.
package struct DeclarationSync: Sendable {
    private let declaration: SaverDeclaration

    package init(_ declaration: SaverDeclaration) {
        self.declaration = declaration
    }

    package func apply(_ connection: any SQLConnection) throws(StoreError) {
        let declared = Set(declaration.settings.map(\.scope))
        for row in try SettingStore.all(connection) where row.isDeclared && !declared.contains(row.setting.scope) {
            try SettingStore.delete(row.setting.scope.text, connection)
        }
        for setting in declaration.settings {
            let old = try SettingStore.setting(setting.scope.text, connection)
            if let old, old.isDeclared, old.setting == setting { continue }
            let row = SettingRow(setting: setting, isDeclared: true, version: (old?.version ?? 0) + 1)
            try SettingStore.put(row, connection)
        }
    }
}
