import Contracts
import Logging
import PortalCore
import Storage

/// Sweeps out what is old: sessions that ended, audit rows past their days or their number.
struct Retention: Sendable {
    private static let interval = Duration.seconds(3600)
    /// A machine that starts with a wrong clock has it set by then.
    private static let first = Duration.seconds(600)
    private static let dayUS = 86_400_000_000

    let database: any Database
    let clock: PortalClock
    let limits: SessionLimits
    let logger: Logger

    /// Sweeps every hour until it is cancelled.
    func run() async {
        var pause = Self.first
        while (try? await Task.sleep(for: pause)) != nil {
            pause = Self.interval
            do throws(ServiceError) {
                let count = try await sweep()
                if count > 0 { logger.info("old rows deleted", metadata: ["rows": "\(count)"]) }
            } catch {
                logger.warning("old rows not deleted", metadata: ["error": "\(error.reason)"])
            }
        }
    }

    /// Sweeps once.
    ///
    /// - Returns: The rows that went.
    func sweep() async throws(ServiceError) -> Int {
        let now = clock.nowUS
        let limits = limits
        return try await database.writing { connection throws(StoreError) -> Verdict<Int> in
            let sessions = try SessionStore.sweep(idleBefore: now - limits.idleUS, expiredAt: now, connection)
            let audit = try AuditStore.sweep(
                before: now - PortalSchema.Caps.auditDays * Self.dayUS,
                keep: PortalSchema.Caps.auditRows,
                connection
            )
            return .done(sessions + audit)
        }
    }
}
