import Bootstrap

/// Lets the replicas of one data folder set up the database one after the other.
enum StartLock {
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(50)

    /// Runs the body while no other replica does.
    static func hold<Value>(_ folder: DataFolder, _ body: () async throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                let lock = try DataFolderLock.take(folder, service: "guard")
                defer { withExtendedLifetime(lock) {} }
                return try await body()
            } catch let error as DataFolderError {
                // Another replica is at it, which is a matter of moments.
                guard ContinuousClock.now < deadline else { throw error }
                try await Task.sleep(for: pause)
            }
        }
    }
}
