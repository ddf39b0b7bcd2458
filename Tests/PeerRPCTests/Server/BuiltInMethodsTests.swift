import JSON
import PeerRPC
import Testing

@Suite("What every server answers")
struct BuiltInMethodsTests {
    private func check(_ service: String?, id: Int = 1) -> String {
        let parameters = service.map { #"{"service":"\#($0)"}"# } ?? "{}"
        return #"{"jsonrpc":"2.0","id":\#(id),"method":"health.v1.Health/Check","params":\#(parameters)}"#
    }

    @Test("a health check tells whether the server serves", arguments: [nil, "", "test.v1.Test"])
    func health(service: String?) async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(check(service))
            #expect(try await peer.answer().cursor["result"]?["status"]?.string == "SERVING")
            server.setServing(false)
            peer.send(check(service))
            #expect(try await peer.answer().cursor["result"]?["status"]?.string == "NOT_SERVING")
            await peer.close()
        }
    }

    @Test("a service that is not there is told apart from one that does not serve")
    func unknownService() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(check("other.v1.Other"))
            #expect(try await peer.answer().status == "NOT_FOUND")
            await peer.close()
        }
    }

    @Test("a watch hears each change, and the last when the server stops")
    func watch() async throws {
        try await withService { server, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(#"{"jsonrpc":"2.0","id":1,"method":"health.v1.Health/Watch","params":{}}"#)
            func status() async throws -> String? {
                try await peer.answer().cursor["params"]?["value"]?["status"]?.string
            }
            #expect(try await status() == "SERVING")
            server.setServing(false)
            #expect(try await status() == "NOT_SERVING")
            server.setServing(true)
            #expect(try await status() == "SERVING")
            await server.stop(drain: .seconds(5))
            #expect(try await status() == "NOT_SERVING")
            #expect(try await peer.answer().id == 1)
            #expect(try await peer.next() == nil)
        }
    }

    @Test("what a process has counted is told where it counts, and otherwise no method is known")
    func metrics() async throws {
        let folder = try TemporaryFolder()
        for counts in [true, false] {
            var configuration = RPCServerConfiguration(listen: .unix(folder.socket()))
            if counts { configuration.metrics = { Array("answers 42\n".utf8) } }
            let server = RPCServer(configuration, registry: RPCRegistry(), group: loops, logger: silent)
            _ = try await server.start()
            let peer = try await RawPeer.connect(folder.socket())
            peer.send(#"{"jsonrpc":"2.0","id":1,"method":"health.v1.Health/Metrics","params":{}}"#)
            let answer = try await peer.answer()
            #expect(answer.cursor["result"]?["text"]?.string == (counts ? "answers 42\n" : nil))
            #expect((answer.cursor["error"] == nil) == counts)
            await peer.close()
            await server.stop(drain: .zero)
        }
    }

    @Test("rpc.discover answers with an OpenRPC document")
    func discover() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            peer.send(#"{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}"#)
            let document = try #require(try await peer.answer().cursor["result"])
            #expect(document["openrpc"]?.string?.isEmpty == false)
            let names = try #require(document["methods"]).elements.compactMap { $0["name"]?.string }
            #expect(names.contains("health.v1.Health/Check"))
            await peer.close()
        }
    }
}
