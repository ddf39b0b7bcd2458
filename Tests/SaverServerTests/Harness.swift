import Contracts
import Logging
import NIOPosix
import PeerRPC
import SaverCore
import SaverServer
import Storage
import TestSupport

/// The event loops of all tests.
let loops = MultiThreadedEventLoopGroup(numberOfThreads: 2)

let silent = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

extension DatabaseLocation {
    /// The saver's data for a folder, on the engine that the test runs on.
    static func saver(_ folder: TemporaryFolder) -> DatabaseLocation {
        switch TestStore.current {
        case .sqlite: .sqlite(path: folder.file("saver.db"))
        case .postgres(let url): .postgres(url: url, schema: TestStore.schema("saver", folder))
        }
    }
}

/// Runs a saver in this process, with the real socket and the real database, for as long as the body takes.
///
/// - Parameters:
///   - folder: Where its socket is, and its data.
///   - other: Whose data it has instead.
///   - settings: What is declared.
///   - body: The test.
/// - Throws: What the test throws, or why no saver serves.
func withSaver(
    in folder: TemporaryFolder,
    sharing other: TemporaryFolder? = nil,
    declaring settings: [ScopeSetting] = [],
    _ body: (SaverUnderTest) async throws -> Void
) async throws {
    var configuration = SaverConfiguration(
        server: RPCServerConfiguration(listen: .unix(folder.file("s.sock")), drain: .seconds(1)),
        location: .saver(other ?? folder),
        declaration: SaverDeclaration(settings: settings)
    )
    // What is on the disk is the same; only the waiting for it is left out.
    configuration.database.durability = .process
    let service = SaverService(configuration: configuration, group: loops, logger: silent)
    let stop = Gate()
    var patient = RPCClientConfiguration()
    patient.connectTimeout = .seconds(30)
    patient.healthTimeout = .seconds(30)
    let client = RPCClient(
        endpoint: try RPCEndpoint.parse("unix://\(folder.file("s.sock"))"),
        group: loops,
        configuration: patient,
        logger: silent
    )
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service.run { await stop.wait() } }
        do {
            guard await client.waitUntilReady(deadline: .now + .seconds(20)) else {
                throw TestSupportError("the saver does not serve")
            }
            try await body(SaverUnderTest(client: client))
        } catch {
            await client.shutdown()
            stop.open()
            throw error
        }
        await client.shutdown()
        stop.open()
        try await group.waitForAll()
    }
}

/// The same in a folder of its own.
func withSaver(declaring settings: [ScopeSetting] = [], _ body: (SaverUnderTest) async throws -> Void) async throws {
    try await withSaver(in: try TemporaryFolder(), declaring: settings, body)
}

/// A running saver as its callers see it.
struct SaverUnderTest: Sendable {
    static let admin = AdminMethods.saverV1

    let client: RPCClient

    func call<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws(ServiceError) -> Output {
        try await client.call(method, parameters, deadline: .now + .seconds(60))
    }

    /// The error that a call is refused with; `nil` when it is not.
    func refusal<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws -> ServiceError? {
        do throws(ServiceError) {
            _ = try await call(method, parameters)
            return nil
        } catch {
            return error
        }
    }

    /// The code of that error.
    func code<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ parameters: Parameters
    ) async throws -> ServiceError.Code? {
        try await refusal(method, parameters)?.code
    }

    @discardableResult
    func put(_ item: SettingItem, etag: String? = nil) async throws(ServiceError) -> SettingItem {
        try await call(Self.admin.settings.put, PutRequest(item: item, etag: etag))
    }

    /// Asks about texts; unless it says otherwise, one result of `git diff`.
    func compress(
        _ segments: [CompressSegment] = [.diff()],
        key: String? = nil,
        structured: Bool = false,
        holdout: Bool = false,
        epoch: String? = nil,
        conversation: Conversation? = nil,
        trial: Bool = false
    ) async throws(ServiceError) -> CompressReply {
        let request = CompressRequest(
            requestID: "req_1",
            scope: RequestScope(tenant: "default", key: key, provider: "acme", model: "small"),
            dialect: "openai",
            facts: RequestFacts(hasTools: true, structuredOutput: structured, coding: true, holdout: holdout),
            segments: segments,
            conversation: conversation,
            epoch: epoch,
            trial: trial
        )
        return try await call(SaverMethods.compress, request)
    }
}

extension CompressSegment {
    /// A diff of that many hunks of seven lines, of which one is changed.
    static func diff(id: Int = 1, hunks: Int = 12, tool: String? = "bash", isError: Bool = false) -> CompressSegment {
        var lines = [
            "diff --git a/src/list.py b/src/list.py", "index 313ffc5..c99750e 100644", "--- a/src/list.py",
            "+++ b/src/list.py",
        ]
        for hunk in 0..<hunks {
            let start = hunk * 20 + 10
            lines.append("@@ -\(start),6 +\(start),7 @@ def step_\(hunk)(rows):")
            for line in 1...3 { lines.append("     total = total + rows[\(line)].quantity * rows[\(line)].price") }
            lines.append("+    log.info(\"step %d of %d\", \(hunk), len(rows))")
            for line in 4...6 { lines.append("     total = total - rows[\(line)].discount * rows[\(line)].price") }
        }
        return CompressSegment(
            id: id,
            role: "tool",
            kind: .toolResult,
            toolName: tool,
            command: "git diff",
            isError: isError,
            text: lines.joined(separator: "\n") + "\n"
        )
    }
}
