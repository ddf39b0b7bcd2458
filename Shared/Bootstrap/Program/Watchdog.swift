import Logging
import Synchronization

/// Ends a process that was asked to stop and does not.
final class Watchdog: Sendable {
    private let limit: Duration
    private let logger: Logger
    private let terminate: @Sendable (ExitStatus) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(limit: Duration, logger: Logger, terminate: @escaping @Sendable (ExitStatus) -> Void) {
        self.limit = limit
        self.logger = logger
        self.terminate = terminate
    }

    /// Starts counting; a second call changes nothing.
    func start() {
        task.withLock { task in
            guard task == nil else { return }
            // Not part of the group it watches over: a service that hangs must not hold it up.
            task = Task { [limit, logger, terminate] in
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                logger.critical("did not stop in time")
                terminate(.failed)
            }
        }
    }

    func stop() {
        task.withLock { $0?.cancel() }
    }
}
