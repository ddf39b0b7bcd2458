import Contracts
import Foundation
import PeerRPC
import Testing

@Suite("A service behind its front")
struct ServiceFrontTests {
    /// Projects that are named after the parts that answer.
    private struct Projects: ResourceAdmin {
        let name: String

        func list(_ request: ListRequest) throws(ServiceError) -> ListReply<ProjectItem> {
            ListReply(items: [ProjectItem(id: "p", name: name)])
        }

        func get(_ request: GetRequest) throws(ServiceError) -> ProjectItem {
            ProjectItem(id: request.id, name: name)
        }

        func put(_ request: PutRequest<ProjectItem>) async throws(ServiceError) -> ProjectItem { request.item }

        func delete(_ request: DeleteRequest) async throws(ServiceError) -> Empty {
            throw .noSuch("project", request.id)
        }
    }

    private let folder: TemporaryFolder
    private let front = ServiceFront<String>("shelf")
    private let server: RPCServer

    init() throws {
        folder = try TemporaryFolder()
        var registry = RPCRegistry(service: nil)
        registry.register(AdminMethods.meterV1.projects) { [front] () throws(ServiceError) in
            Projects(name: try front.current())
        }
        server = RPCServer(
            RPCServerConfiguration(listen: .unix(folder.socket())),
            registry: registry,
            group: loops,
            logger: silentLogger
        )
    }

    private func code(_ body: () async throws(ServiceError) -> Void) async -> ServiceError.Code? {
        do throws(ServiceError) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("tells that it loads, then answers the four methods of a resource")
    func loading() async throws {
        let projects = AdminMethods.meterV1.projects
        let client = try makeClient("unix://\(folder.socket())")
        try await server.run { _ in
            #expect(throws: ServiceError.self) { try front.current() }
            let early = await code { () throws(ServiceError) in
                _ = try await client.call(projects.list, ListRequest(), deadline: soon(.seconds(1)))
            }
            #expect(early == .unavailable)
            front.open("one", server)
            try await front.waitUntilOpen()
            #expect(await client.waitUntilReady(deadline: soon()))
            #expect(try await client.call(projects.list, ListRequest(), deadline: soon()).items.map(\.name) == ["one"])
            #expect(try await client.call(projects.get, GetRequest(id: "x"), deadline: soon()).id == "x")
            let item = ProjectItem(id: "y", name: "two")
            #expect(try await client.call(projects.put, PutRequest(item: item), deadline: soon()) == item)
            let gone = await code { () throws(ServiceError) in
                _ = try await client.call(projects.delete, DeleteRequest(id: "z"), deadline: soon())
            }
            #expect(gone == .notFound)
            await server.stop(drain: .zero)
        }
        await client.shutdown()
    }

    @Test("is gone from its socket when what it runs for fails")
    func failing() async throws {
        await #expect(throws: TestFailure.self) {
            try await server.run { _ in
                #expect(FileManager.default.fileExists(atPath: folder.socket()))
                throw TestFailure("no database")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.socket()))
    }
}
