import NIOPosix
import Synchronization

/// The connections of one database, and the threads that may block on them: some for reads, one for writes.
final class PostgresLinks: Sendable {
    private struct State {
        var readers: [PostgresLink] = []
        var writer: PostgresLink?
        /// What the last attempt to connect has met, for the many that wait to try the same.
        var failure: (error: StoreError, at: ContinuousClock.Instant)?
    }

    /// How long one failure to connect speaks for those that follow.
    private static let failureLife = Duration.milliseconds(250)

    let target: PostgresTarget
    /// The longest that one read or write may take.
    var deadline: Duration { options.deadline }
    private let options: DatabaseOptions
    private let readers: NIOThreadPool
    private let writer: NIOThreadPool
    private let state = Mutex(State())

    init(_ target: PostgresTarget, _ options: DatabaseOptions) {
        self.target = target
        self.options = options
        readers = NIOThreadPool(numberOfThreads: max(1, options.readers))
        writer = NIOThreadPool(numberOfThreads: 1)
        readers.start()
        writer.start()
    }

    /// Lets a thread for reads, or the one for writes, do this.
    func run<T: Sendable>(isReading: Bool, _ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await (isReading ? readers : writer).runIfActive(work)
    }

    /// Begins a transaction, on a new connection where the old one turns out to be dead: nothing has been done yet.
    func begin(isReading: Bool, _ call: PostgresCall) throws(StoreError) -> PostgresLink {
        let begin =
            isReading
            ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
            : "BEGIN; SELECT pg_advisory_xact_lock(\(target.lockKey("write")))"
        if let link = take(isReading) {
            do throws(StoreError) {
                try link.run(begin, call, isReading: isReading)
                return link
            } catch {
                if !link.isBroken {
                    try? link.run("ROLLBACK", PostgresCall())
                    give(link, isReading)
                    throw error
                }
                // Nobody waits for another attempt.
                if call.isOver { throw error }
            }
        }
        let link = try connect(isReading)
        do throws(StoreError) {
            try link.run(begin, call, isReading: isReading)
        } catch {
            link.abandon()
            throw error
        }
        return link
    }

    /// Takes a connection back; one that is of no use is closed.
    func give(_ link: PostgresLink, _ isReading: Bool) {
        guard !link.isBroken else { return }
        state.withLock { state in
            if isReading { state.readers.append(link) } else { state.writer = link }
        }
    }

    /// Makes every connection prepare anew: the tables have changed.
    func forget() {
        state.withLock { state in
            state.readers = []
            state.writer?.forget()
        }
    }

    func close() async {
        try? await readers.shutdownGracefully()
        try? await writer.shutdownGracefully()
        state.withLock { $0 = State() }
    }

    private func take(_ isReading: Bool) -> PostgresLink? {
        state.withLock { state in
            guard !isReading else { return state.readers.popLast() }
            defer { state.writer = nil }
            return state.writer
        }
    }

    /// A new connection with the session's settings; the writer's also holds the lock of the one owner.
    private func connect(_ isReading: Bool) throws(StoreError) -> PostgresLink {
        let recent = state.withLock { state in
            state.failure.flatMap { ContinuousClock.now - $0.at < Self.failureLife ? $0.error : nil }
        }
        if let recent { throw recent }
        do throws(StoreError) {
            let link = try PostgresLink(target)
            try setUp(link)
            if !isReading, options.isExclusive { try own(link) }
            return link
        } catch {
            state.withLock { $0.failure = (error, .now) }
            throw error
        }
    }

    /// The keepalives let the server notice within half a minute that we are gone, and give up our locks.
    private func setUp(_ link: PostgresLink) throws(StoreError) {
        let deadline = Self.milliseconds(options.deadline)
        try link.run(
            """
            SET search_path = \(target.quotedSchema); SET statement_timeout = \(deadline);
            SET lock_timeout = \(Self.milliseconds(options.busyTimeout));
            SET idle_in_transaction_session_timeout = \(deadline + 10_000);
            SET synchronous_commit = \(options.durability == .power ? "on" : "off");
            SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
            SET bytea_output = hex; SET standard_conforming_strings = on; SET extra_float_digits = 1
            """,
            PostgresCall()
        )
    }

    /// Takes the lock that one process at a time has, for as long as its connection lives.
    private func own(_ link: PostgresLink) throws(StoreError) {
        let sql = "SELECT pg_try_advisory_lock($1)"
        let key = target.lockKey("owner")
        let call = PostgresCall()
        let isOurs = try link.run(sql, [key], isKept: false, call, isReading: false) { result throws(StoreError) in
            PostgresColumns(result: result, row: 0).value(at: 0) == .integer(1)
        }
        guard isOurs else {
            throw StoreError(.unavailable, "\(target.place) \(PostgresWait.owned); one at a time may have it")
        }
    }

    static func milliseconds(_ duration: Duration) -> Int {
        max(1, Int(duration / .milliseconds(1)))
    }
}
