import Bootstrap

/// Lets the replicas of one data folder set up the database one after the other.
enum StartLock {
    /// The turns of the replicas before take this long, beyond what the first may wait for its database server.
    private static let patience = Duration.seconds(30)
    private static let pause = Duration.milliseconds(50)

    /// Runs the body while no other replica does.
    ///
    /// - Parameters:
    ///   - folder: The data folder.
    ///   - further: What the body may wait for besides.
    ///   - body: What one at a time may do.
    /// - Returns: What the body returns.
    /// - Throws: ``DataFolderError`` when another replica did not come to an end, and what the body throws.
    static func hold<Value>(
        _ folder: DataFolder,
        waiting further: Duration,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + patience + further
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
