package import Contracts
package import Logging
import PortalCore
package import Storage

/// Writes down what an operator did, and lists it.
package struct AuditLog: Sendable {
    private let database: any Database
    private let clock: PortalClock
    private let logger: Logger

    package init(database: any Database, clock: PortalClock, logger: Logger) {
        self.database = database
        self.clock = clock
        self.logger = logger
    }

    /// Adds a row; a database that cannot take it is told to the log, and the act stands.
    ///
    /// - Parameters:
    ///   - act: `put`, `delete`, `sign-in` and so on.
    ///   - resource: What it was about, as the API's path names it.
    ///   - item: Which one; never a credential.
    ///   - outcome: `ok`, or the reason of the refusal.
    ///   - context: Who, from where, with which request.
    package func record(
        _ act: String,
        _ resource: String,
        _ item: String,
        outcome: String = "ok",
        _ context: PortalContext
    ) async {
        let row = AuditRow(
            id: Tokens.name(),
            atUS: clock.nowUS,
            who: context.operatorSession?.id ?? context.memberSession?.id ?? "nobody",
            peer: SafeText.line(context.peer, longest: 64),
            act: act,
            resource: resource,
            item: SafeText.line(item, longest: 200),
            outcome: SafeText.line(outcome, longest: 64),
            requestID: context.requestID
        )
        do throws(ServiceError) {
            try await database.writing { connection throws(StoreError) -> Verdict<Void> in
                .done(try AuditStore.insert(row, connection))
            }
        } catch {
            logger.error(
                "act not in the audit",
                metadata: ["act": "\(act)", "resource": "\(resource)", "error": "\(error.reason)"]
            )
        }
    }

    /// A page of rows, newest first.
    ///
    /// - Parameters:
    ///   - token: The `next` of the page before.
    ///   - size: 1 to 500.
    ///   - resource: Only about this one.
    /// - Returns: The rows, and what the next page starts with.
    /// - Throws: ``ServiceError`` for a token of another list, and when the store fails.
    package func page(
        token: String? = nil,
        size: Int = 100,
        resource: String? = nil
    ) async throws(ServiceError) -> (rows: [AuditRow], next: String?) {
        let size = min(max(1, size), ListRequest.largestPage)
        let place = try Self.place(token)
        var rows = try await database.reading { connection throws(StoreError) in
            try AuditStore.page(before: place, resource: resource ?? "", limit: size + 1, connection)
        }
        guard rows.count > size else { return (rows, nil) }
        rows.removeLast()
        return (rows, rows.last.map { "\($0.atUS)-\($0.id)" })
    }

    private static func place(_ token: String?) throws(ServiceError) -> (atUS: Int, id: String) {
        guard let token else { return (Int.max, "") }
        let parts = token.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let atUS = Int(parts[0]) else {
            throw .invalid("page_token", "is not one of this list")
        }
        return (atUS, String(parts[1]))
    }
}
