import Contracts
import JSON
import PeerRPC
import Testing

@Suite("The short way of plain messages")
struct ShortWayTests {
    private static func request(_ id: Int, _ params: String, method: String = "Direct") -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"method":"test.v1.Test/\#(method)","params":\#(params)}"#
    }

    @Test("a method answers the same on its first call, on later ones, and to messages that are not plain")
    func sameAnswers() async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            for (id, params) in [
                (1, #"{"text":"x","number":1}"#), (2, #"{"text":"x","number":1}"#), (3, #"{"number":1, "text":"x"}"#),
                (4, #"{"text":"x","number":1,"more":2}"#), (5, #"{"text":"\u0078","number":1}"#),
                (6, #"{"text":"x","number":1}"#),
            ] {
                peer.send(Self.request(id, params))
                let answer = try await peer.next()
                #expect(answer == #"{"jsonrpc":"2.0","id":\#(id),"result":{"text":"x","number":2}}"#)
            }
            await peer.close()
        }
    }

    @Test("what is wrong with a message is said on every call", arguments: ["Direct", "Echo"])
    func faults(method: String) async throws {
        try await withService { _, _, path in
            let peer = try await RawPeer.connect(path)
            for id in 1...3 {
                peer.send(Self.request(id, #"{"text":"x"}"#, method: method))
                let missing = try #require(try await peer.next())
                #expect(missing.contains("-32602") && missing.contains("\"id\":\(id)"))
                peer.send(Self.request(id, #"{"text":"x","number":1"#, method: method))
                let broken = try #require(try await peer.next())
                #expect(broken.contains("-32700") && broken.contains("\"id\":null"))
                peer.send(Self.request(id, #"{"text":"x","number":1}"#, method: method))
                let fine = try #require(try await peer.next())
                #expect(fine.contains("\"result\""))
            }
            await peer.close()
        }
    }

    @Test("a client hears results and errors alike, however often it calls")
    func client() async throws {
        try await withService { _, client, _ in
            for number in 0..<5 {
                let note = try await client.call(
                    TestMethods.direct,
                    Note("n\(number)", number),
                    deadline: .now + .seconds(10)
                )
                #expect(note == Note("n\(number)", number + 1))
                let error = await #expect(throws: ServiceError.self) {
                    try await client.call(TestMethods.direct, Note("no", -1), deadline: .now + .seconds(10))
                }
                #expect(error?.reason == "negative")
                let unusual = try await client.call(
                    TestMethods.direct,
                    Note("é\n", number),
                    deadline: .now + .seconds(10)
                )
                #expect(unusual == Note("é\n", number + 1))
            }
        }
    }
}
