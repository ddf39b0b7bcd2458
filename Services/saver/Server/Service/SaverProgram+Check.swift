package import Bootstrap
import Storage

extension SaverProgram {
    /// Reads the database through, for `keirouter doctor`.
    ///
    /// - Parameter options: They name the data folder.
    /// - Throws: ``ProgramFailure`` that names the first damage.
    package static func findDamage(_ options: CommonOptions) async throws {
        let configuration = try options.loadConfiguration(declares: [])
        let location = DatabaseLocation(
            setting: configuration.storage.url,
            file: DataFolder(configuration.dataFolder).file("saver.db"),
            service: "saver"
        )
        let damage = try await DatabaseFactory.findDamage(location, service: "saver")
        guard let first = damage.first else { return }
        throw ProgramFailure(.failed, "\(location.name) is damaged (\(damage.count) findings): \(first)")
    }
}
