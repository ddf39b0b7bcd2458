import Contracts
import Foundation
import JSON
import Logging
import NIOCore
import NIOPosix
import PeerRPC
import Synchronization
import Testing

/// The event loops of all tests.
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

/// A message with something of each kind in it.
struct Note: WireCodable, Hashable {
    var text: String
    var number: Int

    init(_ text: String, _ number: Int = 0) {
        self.text = text
        self.number = number
    }

    init(from cursor: JSONCursor) throws(WireError) {
        text = try cursor.string("text")
        number = try cursor.integer("number")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("text", text)
            fields.integer("number", number)
        }
    }

    /// Two calls of a method in a row go the short way.
    static func plain(_ reader: inout PlainReader) -> Note? {
        reader.open()
        let note = Note(reader.string("text"), reader.integer("number"))
        reader.close()
        return note
    }
}

enum TestMethods {
    static let echo = RPCMethod<Note, Note>("test.v1.Test/Echo", isIdempotent: true)
    /// Answers at once; a negative number fails.
    static let direct = RPCMethod<Note, Note>("test.v1.Test/Direct", isIdempotent: true)
    static let once = RPCMethod<Note, Note>("test.v1.Test/Once")
    static let hang = RPCMethod<Note, Note>("test.v1.Test/Hang")
    static let hangIdempotent = RPCMethod<Note, Note>("test.v1.Test/Hang", isIdempotent: true)
    static let fail = RPCMethod<Note, Note>("test.v1.Test/Fail")
    /// Fails as a server does that cannot work.
    static let broken = RPCMethod<Note, Note>("test.v1.Test/Broken")
    static let unknown = RPCMethod<Note, Note>("test.v1.Test/Unknown")
    /// Sends as many items as its parameter's number says, then how many it sent.
    static let count = RPCServerStream<Note, Note, Note>("test.v1.Test/Count")
    /// Sends back every item; answers with their number.
    static let mirror = RPCDuplexStream<Note, Note, Note, Note>("test.v1.Test/Mirror")
    /// Takes no item and waits for its cancellation.
    static let stall = RPCDuplexStream<Note, Note, Note, Note>("test.v1.Test/Stall")
}

/// What the handlers of a server under test did.
final class Journal: Sendable {
    struct Entries {
        var started = 0
        var cancelled = 0
        var traceparents: [String] = []
    }

    private let entries = Mutex(Entries())

    var started: Int { entries.withLock { $0.started } }
    var cancelled: Int { entries.withLock { $0.cancelled } }
    var traceparents: [String] { entries.withLock { $0.traceparents } }

    func begin(_ context: RPCContext) {
        entries.withLock { entries in
            entries.started += 1
            if let traceparent = context.traceparent { entries.traceparents.append(traceparent) }
        }
    }

    func cancel() {
        entries.withLock { $0.cancelled += 1 }
    }
}

/// The service under test.
func makeRegistry(name: String = "", journal: Journal = Journal()) -> RPCRegistry {
    var registry = RPCRegistry(service: nil)
    let hang = { @Sendable (context: RPCContext) async throws(ServiceError) in
        journal.begin(context)
        try? await Task.sleep(for: .seconds(60))
        journal.cancel()
        throw ServiceError(.aborted, reason: "woken", message: "the handler's own answer")
    }
    registry.register(TestMethods.echo) { (note, context) async throws(ServiceError) -> Note in
        journal.begin(context)
        return Note(name + note.text, note.number)
    }
    registry.registerDirect(TestMethods.direct) { (note) throws(ServiceError) -> Note in
        guard note.number >= 0 else { throw ServiceError(.outOfRange, reason: "negative", message: note.text) }
        return Note(name + note.text, note.number + 1)
    }
    registry.register(TestMethods.once) { (note, context) async throws(ServiceError) -> Note in
        journal.begin(context)
        return note
    }
    registry.register(TestMethods.hang) { (_, context) async throws(ServiceError) -> Note in
        try await hang(context)
        return Note("")
    }
    registry.register(TestMethods.fail) { (note, _) async throws(ServiceError) -> Note in
        throw ServiceError(
            .resourceExhausted,
            reason: "no_money",
            message: note.text,
            origin: .gateway,
            retry: .same(afterMilliseconds: 1_200),
            details: ["plan": "small"]
        )
    }
    registry.register(TestMethods.broken) { (_, context) async throws(ServiceError) -> Note in
        journal.begin(context)
        throw ServiceError(.unavailable, reason: "broken", message: "not today")
    }
    registry.register(TestMethods.count) { (note, context, items) async throws(ServiceError) -> Note in
        journal.begin(context)
        for number in 0..<note.number { try await items.send(Note(note.text, number)) }
        return Note("sent", note.number)
    }
    registry.register(TestMethods.mirror) { (_, context, incoming, items) async throws(ServiceError) -> Note in
        journal.begin(context)
        var count = 0
        while let note = try await incoming.next() {
            try await items.send(note)
            count += 1
        }
        return Note("mirrored", count)
    }
    registry.register(TestMethods.stall) { (_, context, _, _) async throws(ServiceError) -> Note in
        try await hang(context)
        return Note("")
    }
    return registry
}

/// A folder that goes with its owner; its path is short, because socket paths must be.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/kr-rpc-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("no temporary folder") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func socket(_ name: String = "a.sock") -> String { "\(path)/\(name)" }
}

struct TestFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

var silentLogger: Logger { Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }) }

func makeServer(
    at path: String,
    _ registry: RPCRegistry,
    _ adjust: (inout RPCServerConfiguration) -> Void = { _ in }
) async throws -> RPCServer {
    var configuration = RPCServerConfiguration(listen: .unix(path))
    adjust(&configuration)
    let server = RPCServer(configuration, registry: registry, group: loops, logger: silentLogger)
    _ = try await server.start()
    return server
}

func makeClient(
    _ endpoint: String,
    group: any EventLoopGroup = loops,
    _ adjust: (inout RPCClientConfiguration) -> Void = { _ in }
) throws -> RPCClient {
    var configuration = RPCClientConfiguration()
    configuration.listingInterval = .milliseconds(20)
    configuration.idleListingInterval = .milliseconds(100)
    // The machine that runs the tests may be busy; what must be fast says so itself.
    configuration.connectTimeout = .seconds(10)
    configuration.healthTimeout = .seconds(10)
    adjust(&configuration)
    return RPCClient(
        endpoint: try RPCEndpoint.parse(endpoint),
        group: group,
        configuration: configuration,
        logger: silentLogger
    )
}

/// A server at a socket of its own, with a client; both stop at the end.
func withService(
    journal: Journal = Journal(),
    _ adjust: (inout RPCServerConfiguration) -> Void = { _ in },
    _ body: (RPCServer, RPCClient, String) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let server = try await makeServer(at: folder.socket(), makeRegistry(journal: journal), adjust)
    let client = try makeClient("unix://\(folder.socket())")
    do {
        try await body(server, client, folder.socket())
    } catch {
        await client.shutdown()
        await server.stop(drain: .zero)
        throw error
    }
    await client.shutdown()
    await server.stop(drain: .zero)
    try await eventually("no connection is left") { server.openConnections == 0 }
}

func soon(_ duration: Duration = .seconds(10)) -> ContinuousClock.Instant { .now + duration }

/// Waits until something holds; fails after ten seconds.
func eventually(
    _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ holds: () async throws -> Bool
) async throws {
    let deadline = soon()
    while ContinuousClock.now < deadline {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("never happened: \(what)", sourceLocation: sourceLocation)
    throw TestFailure(what)
}

/// Gives something ten seconds.
func bounded<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: .seconds(10))
            throw TestFailure("took longer than ten seconds")
        }
        guard let first = try await group.next() else { throw TestFailure("no result") }
        group.cancelAll()
        return first
    }
}

/// A generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed &+ 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
