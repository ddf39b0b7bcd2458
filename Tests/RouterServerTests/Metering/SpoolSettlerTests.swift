import Contracts
import Foundation
import Logging
import NIOPosix
import PeerRPC
import RouterServer
import TestSupport
import Testing

@Suite("Settling the spool")
struct SpoolSettlerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test("while full batches wait there is no pause between them")
    func backlog() async throws {
        let root = NSTemporaryDirectory() + "settler-" + UUID().uuidString
        let socket = "/tmp/kr-\(UUID().uuidString.prefix(8)).sock"
        let meter = ScriptedMeter(socket: socket)
        try await meter.start()
        let spool = try Spool(root: root, instance: "a")
        for number in 0..<1_600 { try spool.close(SpoolTests.record("r\(number)", .ok)) }
        let client = RPCClient(
            endpoint: try RPCEndpoint.parse("unix://\(socket)"),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Self.logger
        )
        let settler = SpoolSettler(
            spool: spool,
            root: root,
            instance: "a",
            client: client,
            gathering: .seconds(600),
            logger: Self.logger
        )
        let running = Task { await settler.run() }
        settler.wake()
        // Three full batches and a rest; behind that it gathers for longer than this test waits.
        try await Poll.until("all of them") { meter.settled.count == 1_600 }
        try await Poll.until("the spool is empty") { spool.count == 0 }
        running.cancel()
        await running.value
        await client.shutdown()
        await meter.stop()
    }
}
