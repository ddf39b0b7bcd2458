import Contracts
import Dialects
import JSON
import Logging
import NIOCore
import NIOPosix
import PeerRPC
import TestSupport
import Testing

/// What the providers' page shows is measured, and a credential can be tried before it is kept.
@Suite("Health and trials")
struct HealthFigureTests {
    private static let admin = AdminMethods.routerV1

    private static func withAdmin(_ body: (RunningRouter, RPCClient) async throws -> Void) async throws {
        try await RunningRouter.run { router in
            let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
            let socket = router.folder.file("data") + "/run/router.sock"
            let client = RPCClient(
                endpoint: try RPCEndpoint.parse("unix://\(socket)"),
                group: group,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            do {
                try await body(router, client)
            } catch {
                await client.shutdown()
                throw error
            }
            await client.shutdown()
            try await group.shutdownGracefully()
        }
    }

    @Test("latency is measured, failures are counted")
    func figures() async throws {
        try await Self.withAdmin { router, client in
            func records() async throws -> [HealthItem] {
                let request = ListRequest(filter: ["provider": "mock"])
                return try await client.call(Self.admin.health.list, request, deadline: .now + .seconds(10)).items
            }
            let before = try await records()
            #expect(before.count == 2 && before.allSatisfy { $0.latencyMS == nil && $0.failures == 0 })
            let body = Sample.body(.openAI, model: "mock/small", stream: true)
            #expect(try await router.send(router.chat(.openAI, body)).status == 200)
            try await Poll.until("the latency is known") {
                try await records().filter { $0.latencyMS != nil }.count == 1
            }
        }
    }

    @Test("a private address needs the tick, and nothing is kept")
    func trial() async throws {
        try await Self.withAdmin { router, client in
            func test(_ request: TestCredentialRequest) async throws -> AccountTest {
                try await client.call(Self.admin.testCredential, request, deadline: .now + .seconds(20))
            }
            var request = TestCredentialRequest(
                baseURL: router.provider.baseURL,
                apiKey: RunningRouter.firstSecret
            )
            let refused = try await test(request)
            #expect(!refused.ok && refused.status == 0 && refused.message.contains("private"))
            request.allowPrivate = true
            let allowed = try await test(request)
            #expect(allowed.status != 0, "\(allowed.message)")
            let known = try await test(TestCredentialRequest(provider: "mock", apiKey: RunningRouter.firstSecret))
            #expect(known.status == allowed.status)
            let list = try await client.call(
                Self.admin.providers.list,
                ListRequest(filter: ["q": "unsaved"]),
                deadline: .now + .seconds(10)
            )
            #expect(list.items.isEmpty)
            await #expect(throws: ServiceError.self) { try await test(TestCredentialRequest(provider: "nobody")) }
            await #expect(throws: ServiceError.self) { try await test(TestCredentialRequest(baseURL: "nowhere")) }
        }
    }
}
