import CPostgreSQL
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How long a call may go on: until its task is cancelled, or its time is over.
///
/// The thread that waits for the server reads it.
final class PostgresCall: Sendable {
    /// For what is our own and takes a moment: settings of a session, the end of a transaction that failed.
    static let housekeeping = Duration.seconds(10)

    private let cancelled = Atomic(false)
    private let end: ContinuousClock.Instant

    /// - Parameter limit: After this the server is asked to stop, and soon after that it is given up.
    init(_ limit: Duration = PostgresCall.housekeeping) {
        end = .now + limit
    }

    var isCancelled: Bool { cancelled.load(ordering: .acquiring) }

    /// Whether nobody waits for it any more.
    var isOver: Bool { isCancelled || ContinuousClock.now > end }

    func cancel() {
        cancelled.store(true, ordering: .releasing)
    }
}

/// One connection to the server; one thread uses it at a time, and may block.
final class PostgresLink: Sendable {
    /// A statement that the server has prepared.
    private struct Prepared {
        let name: String
        let types: [UInt32]
    }

    private struct Memory {
        var prepared: [String: [Prepared]] = [:]
        var count = 0
    }

    /// How long a cancelled statement may take to end before the connection is given up.
    private static let grace = Duration.seconds(3)
    /// How often the waiting thread looks whether its call is over, in milliseconds.
    private static let tick: Int32 = 50
    /// Threads that carry requests to stop, for libpq's own way to do so waits for ever where a server accepts and is silent.
    private static let messengers = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()
    /// Requests to stop that wait or run; beyond this many a statement is given up without one.
    private static let mostStops = 16
    private static let stops = Atomic(0)

    let target: PostgresTarget
    /// libpq's connection; as a number, for it crosses threads, never two at a time.
    private let address: Int
    private let memory = Mutex(Memory())
    private let broken = Atomic(false)

    private var handle: OpaquePointer? { OpaquePointer(bitPattern: address) }

    /// Whether the connection is of no more use.
    var isBroken: Bool { broken.load(ordering: .acquiring) || PQstatus(handle) != CONNECTION_OK }

    /// The connection's socket, to wait on.
    var socket: Int32 { PQsocket(handle) }

    /// Connects, for ``PostgresTarget/connectTimeout`` seconds at most for each address of the host.
    init(_ target: PostgresTarget) throws(StoreError) {
        self.target = target
        let handle = Self.withStrings(target.keywords.map(\.name)) { names in
            Self.withStrings(target.keywords.map(\.value)) { values in PQconnectdbParams(names, values, 0) }
        }
        address = handle.map { Int(bitPattern: $0) } ?? 0
        // What the server only remarks would go to standard error.
        _ = PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            let message = PQerrorMessage(handle).map { String(cString: $0) } ?? "out of memory"
            throw StoreError(.unavailable, "\(target.place) cannot be reached: \(target.shown(message))")
        }
        // Otherwise sending, and saying good-bye, would wait for a server that reads nothing.
        guard PQsetnonblocking(handle, 1) == 0 else {
            throw StoreError(.unavailable, "\(target.place) cannot be used without blocking")
        }
    }

    deinit {
        PQfinish(handle)
    }

    /// Gives the connection up; it is closed when nobody holds it any more.
    func abandon() {
        broken.store(true, ordering: .releasing)
    }

    /// Forgets what was prepared: the tables have changed.
    func forget() {
        memory.withLock { $0.prepared = [:] }
    }

    // MARK: Statements

    /// Runs a script of our own without parameters; the last statement's result is freed.
    func run(_ sql: String, _ call: PostgresCall, isReading: Bool = false) throws(StoreError) {
        guard PQsendQuery(handle, sql) == 1 else { throw lost() }
        let result = try wait(call, sql: sql, isReading: isReading)
        PQclear(result)
    }

    /// Runs one statement and hands out its result, which is freed afterwards.
    func run<R>(
        _ sql: String,
        _ arguments: [any SQLConvertible],
        isKept: Bool,
        _ call: PostgresCall,
        isReading: Bool,
        _ body: (OpaquePointer) throws(StoreError) -> R
    ) throws(StoreError) -> R {
        let bound = try PostgresArguments(arguments)
        let name = isKept ? try prepared(sql, bound.types, call, isReading) : nil
        let sent = bound.withPointers { count, values, lengths, formats in
            if let name { return PQsendQueryPrepared(handle, name, count, values, lengths, formats, 0) }
            return PQsendQueryParams(handle, sql, count, bound.types, values, lengths, formats, 0)
        }
        guard sent == 1 else { throw lost() }
        let result = try wait(call, sql: sql, isReading: isReading)
        defer { PQclear(result) }
        return try body(result)
    }

    /// The name of a prepared statement that takes arguments of these types; NULL fits every type.
    private func prepared(
        _ sql: String,
        _ types: [UInt32],
        _ call: PostgresCall,
        _ isReading: Bool
    ) throws(StoreError) -> String {
        let (known, wanted, name) = memory.withLock { memory -> (String?, [UInt32], String) in
            let forms = memory.prepared[sql] ?? []
            for form in forms where zip(form.types, types).allSatisfy({ $1 == PostgresType.unknown || $0 == $1 }) {
                return (form.name, [], "")
            }
            // What was NULL at first gets its type when it first has one, and keeps it.
            var wanted = types
            for form in forms {
                for index in wanted.indices where wanted[index] == 0 { wanted[index] = form.types[index] }
            }
            memory.count += 1
            return (nil, wanted, "s\(memory.count)")
        }
        if let known { return known }
        guard PQsendPrepare(handle, name, sql, Int32(wanted.count), wanted) == 1 else { throw lost() }
        PQclear(try wait(call, sql: sql, isReading: isReading))
        memory.withLock { $0.prepared[sql, default: []].append(Prepared(name: name, types: wanted)) }
        return name
    }

    // MARK: Waiting

    /// The result of what was sent: the last of several, the first error.
    private func wait(_ call: PostgresCall, sql: String, isReading: Bool) throws(StoreError) -> OpaquePointer {
        var last: OpaquePointer?
        var failure: StoreError?
        var asked: ContinuousClock.Instant?
        while true {
            do throws(StoreError) {
                try exchange(call, &asked)
            } catch {
                PQclear(last)
                throw error
            }
            guard let result = PQgetResult(handle) else { break }
            switch PQresultStatus(result) {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                PQclear(last)
                last = result
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                PQclear(last)
                abandon()
                throw StoreError(.other, "COPY is not for a connection to run")
            default:
                failure = failure ?? error(result, sql: sql, isReading: isReading, call)
                PQclear(result)
            }
        }
        if let failure {
            PQclear(last)
            throw failure
        }
        guard let last else { throw lost() }
        return last
    }

    /// Sends what is not sent yet and reads until a result is there, or the end of them: then libpq does not block.
    private func exchange(_ call: PostgresCall, _ asked: inout ContinuousClock.Instant?) throws(StoreError) {
        while true {
            let unsent = PQflush(handle)
            let isBusy = PQisBusy(handle) == 1
            if unsent == 0, !isBusy { return }
            guard unsent >= 0 else {
                // What the server said before it went is told as its result.
                if isBusy { throw lost() }
                return
            }
            if call.isOver { try stop(call, &asked) }
            guard socket >= 0 else { throw lost() }
            var descriptor = pollfd(fd: socket, events: Int16(unsent > 0 ? POLLIN | POLLOUT : POLLIN), revents: 0)
            guard poll(&descriptor, 1, Self.tick) > 0, descriptor.revents & ~Int16(POLLOUT) != 0 else { continue }
            guard PQconsumeInput(handle) == 0 else { continue }
            if PQisBusy(handle) == 1 { throw lost() }
            return
        }
    }

    /// Asks the server to stop what it does for us, and gives up when it does not.
    private func stop(_ call: PostgresCall, _ since: inout ContinuousClock.Instant?) throws(StoreError) {
        guard let asked = since else {
            since = .now
            askToStop()
            return
        }
        guard ContinuousClock.now - asked > Self.grace else { return }
        abandon()
        guard call.isCancelled else { throw StoreError(.unavailable, "\(target.place) does not answer") }
        throw StoreError(.cancelled, "the call was cancelled, and \(target.place) did not stop")
    }

    private func askToStop() {
        guard let cancel = PQgetCancel(handle) else { return }
        let request = Int(bitPattern: cancel)
        guard Self.stops.wrappingAdd(1, ordering: .relaxed).newValue <= Self.mostStops else {
            Self.stops.wrappingSubtract(1, ordering: .relaxed)
            PQfreeCancel(cancel)
            return
        }
        Self.messengers.submit { _ in
            let cancel = OpaquePointer(bitPattern: request)
            var words = [CChar](repeating: 0, count: 256)
            _ = PQcancel(cancel, &words, Int32(words.count))
            PQfreeCancel(cancel)
            Self.stops.wrappingSubtract(1, ordering: .relaxed)
        }
    }

    private func error(
        _ result: OpaquePointer,
        sql: String,
        isReading: Bool,
        _ call: PostgresCall
    ) -> StoreError {
        // 'C' is the state, 'M' the primary message (PG_DIAG_…, which Swift does not import).
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let message = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        // A plan that no longer fits its tables is gone with its connection.
        if state == "0A000" { abandon() }
        let severity = PQresultErrorField(result, Int32(UInt8(ascii: "V"))).map { String(cString: $0) }
        if severity == "FATAL" || severity == "PANIC" || PQstatus(handle) != CONNECTION_OK { abandon() }
        return StoreError(
            postgres: state,
            message: message ?? PQresultErrorMessage(result).map { String(cString: $0) } ?? "the connection was lost",
            target: target,
            isReading: isReading,
            isCancelled: call.isCancelled
        )
    }

    private func lost() -> StoreError {
        abandon()
        let message = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
        return StoreError(.unavailable, "\(target.place) is away: \(target.shown(message))")
    }

    // MARK: Notifications

    /// Reads what has come in.
    ///
    /// - Returns: The channels that were notified by others than the given sender.
    func notifications(except sender: String) throws(StoreError) -> Set<String> {
        guard PQconsumeInput(handle) == 1, !isBroken else { throw lost() }
        var channels: Set<String> = []
        while let notification = PQnotifies(handle) {
            if String(cString: notification.pointee.extra) != sender {
                channels.insert(String(cString: notification.pointee.relname))
            }
            PQfreemem(notification)
        }
        return channels
    }

    private static func withStrings<R>(
        _ texts: [String],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R
    ) -> R {
        var bytes: [CChar] = []
        let starts = texts.map { text in
            defer { bytes.append(contentsOf: text.utf8CString) }
            return bytes.count
        }
        return bytes.withUnsafeBufferPointer { buffer in
            let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } } + [nil]
            return body(pointers)
        }
    }
}
