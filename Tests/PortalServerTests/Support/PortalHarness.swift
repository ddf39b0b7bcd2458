import Foundation
import Hummingbird
import Logging
import PeerRPC
import PortalCore
import PortalServer
import Secrets
import Storage
import Synchronization
import TestSupport

extension DatabaseLocation {
    /// The portal's data for a folder, on the engine that the test runs on.
    static func portal(_ folder: TemporaryFolder) -> DatabaseLocation {
        switch TestStore.current {
        case .sqlite: .sqlite(path: folder.file("portal.db"))
        case .postgres(let url): .postgres(url: url, schema: TestStore.schema("portal", folder))
        }
    }
}

/// A portal in this process, on a real socket with a real database, and the services it asks.
struct PortalUnderTest: Sendable {
    let folder: TemporaryFolder
    let peers: FakePeers
    let clock: TestClock
    let log: LogCapture
    let parts: PortalParts

    var socket: String { folder.file("portal.sock") }

    /// One request on a connection of its own.
    func send(_ request: RawRequest) async throws -> RawResponse {
        let exchange = try await RawExchange.connect(path: socket)
        exchange.send(request)
        return try await exchange.end()
    }

    /// The claim code that the log shows.
    var claimCode: String? {
        log.lines.last { $0.contains("claim code: ") }
            .flatMap { $0.components(after: "claim code: ")?.prefix(14) }.map(String.init)
    }
}

extension String {
    /// What comes after a piece of text.
    func components(after piece: String) -> Substring? {
        guard let range = firstRange(of: piece) else { return nil }
        return self[range.upperBound...]
    }

    private func firstRange(of piece: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(piece) { return start..<index(start, offsetBy: piece.count) }
            start = index(after: start)
        }
        return nil
    }
}

/// A clock that the test moves.
final class TestClock: Sendable {
    static let startUS = 1_795_492_800_000_000

    private let us = Mutex(TestClock.startUS)

    var nowUS: Int { us.withLock { $0 } }

    var clock: PortalClock { PortalClock { self.nowUS } }

    func advance(seconds: Int) { us.withLock { $0 += seconds * 1_000_000 } }
}

/// Pages that say no more than which they are, and the token.
struct PlainPages: EntryPages {
    func entry(_ page: EntryPage, status: HTTPResponse.Status, context: PortalContext) throws -> Response {
        let notice = context.notice?.rawValue ?? "none"
        return Reply.html(
            "page=\(page) csrf=\(context.csrf) notice=\(notice) insecure=\(context.isInsecure)",
            status: status
        )
    }

    func problem(_ problem: Problem, context: PortalContext) throws -> Response {
        Reply.html("problem=\(problem.reason)", status: .init(code: problem.status))
    }
}

/// One page of the operator, one of the member.
struct PlainGroup: PageGroup {
    func add(to routes: PortalRoutes) {
        routes.admin.get("/") { _, context in Reply.html("overview csrf=\(context.csrf)") }
        routes.admin.get("/sessions") { _, context in Reply.html("sessions csrf=\(context.csrf)") }
        routes.admin.get("/welcome/connect") { _, context in Reply.html("connect csrf=\(context.csrf)") }
        routes.admin.post("/things") { _, context in Reply.html("posted \(context.form["name"] ?? "")") }
        routes.member.get("/portal") { _, context in
            Reply.html("own page of \(context.memberSession?.keyID ?? "nobody") csrf=\(context.csrf)")
        }
    }
}

/// The same function at a thousandth of the cost.
@Sendable
private func cheapHash(_ password: String) -> String? {
    let salt = randomBytes(16)
    let cost = PasswordHash.Cost(logarithm: 5, blockSize: 8, parallelism: 1)
    guard let hash = try? PasswordHash.derive(password, salt: salt, cost: cost, count: 32) else { return nil }
    func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString().filter { $0 != "=" } }
    return "$scrypt$ln=5,r=8,p=1$\(text(salt))$\(text(hash))"
}

/// The parts of the portal that runs.
private final class PartsBox: Sendable {
    private let state = Mutex<PortalParts?>(nil)

    var parts: PortalParts? { state.withLock { $0 } }

    func set(_ parts: PortalParts) { state.withLock { $0 = parts } }
}

/// Runs a portal for as long as the body takes.
func withPortal(
    in folder: TemporaryFolder? = nil,
    events: EventFeed.Limits? = nil,
    hasRealPasswords: Bool = false,
    pages: PortalService.Pages? = nil,
    _ body: @escaping @Sendable (PortalUnderTest) async throws -> Void
) async throws {
    let folder = try folder ?? TemporaryFolder()
    let peers = FakePeers(folder)
    try await peers.start()
    let clock = TestClock()
    let log = LogCapture()
    var configuration = PortalConfiguration(
        listen: .unix(folder.file("portal.sock")),
        location: .portal(folder),
        endpoints: try peers.endpoints,
        csrfKey: .random()
    )
    configuration.database.durability = .process
    configuration.peers.connectTimeout = .seconds(20)
    configuration.peers.healthTimeout = .seconds(20)
    // A debug build takes a second for a real hash; one test does, the others need a hash that can be checked.
    if !hasRealPasswords { configuration.hashPassword = cheapHash }
    if let events { configuration.events = events }
    let made = PartsBox()
    let service = PortalService(configuration: configuration, group: loops, logger: log.logger, clock: clock.clock) {
        parts in
        made.set(parts)
        if let pages { return try pages(parts) }
        return PortalPageSet(groups: [PlainGroup()], entry: PlainPages())
    }
    let stop = Gate()
    let result: Result<Void, any Error> = await withTaskGroup(of: Result<Void, any Error>.self) { group in
        group.addTask {
            do {
                try await service.run { await stop.wait() }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        group.addTask {
            defer { stop.open() }
            do {
                try await service.waitUntilServing()
                guard let parts = made.parts else { throw TestSupportError("no parts") }
                try await body(PortalUnderTest(folder: folder, peers: peers, clock: clock, log: log, parts: parts))
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        var result = Result<Void, any Error>.success(())
        for await one in group {
            if case .failure = one { result = one }
            stop.open()
        }
        return result
    }
    await peers.stop()
    try result.get()
}
