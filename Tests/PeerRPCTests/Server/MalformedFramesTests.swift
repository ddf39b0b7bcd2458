import Contracts
import JSON
import PeerRPC
import Testing

@Suite("Malformed frames")
struct MalformedFramesTests {
    private static let seeds = [
        ServerWireTests.echo,
        "[\(ServerWireTests.echo),\(ServerWireTests.echo)]",
        #"{"jsonrpc":"2.0","id":8,"method":"test.v1.Test/Count","params":{"text":"x","number":2}}"#,
        #"{"jsonrpc":"2.0","id":9,"method":"test.v1.Test/Mirror","params":{"text":"x","number":2}}"#,
        #"{"jsonrpc":"2.0","method":"$/send","params":{"id":9,"value":{"text":"\u0041","number":2}}}"#,
        #"{"jsonrpc":"2.0","method":"$/credit","params":{"id":9,"items":99999999999999999999,"bytes":-1}}"#,
        #"{"jsonrpc":"2.0","method":"$/cancel","params":{"id":9}}"#,
        #"{"jsonrpc":"2.0","id":10,"method":"health.v1.Health/Watch","params":{"service":null}}"#,
    ]

    private static let special: [UInt8] = [0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x00, 0xFF, 0x0D]

    /// A frame with a few bytes changed, added, doubled or cut off, in its header or its body.
    private static func mutant(_ generator: inout SeededGenerator) -> [UInt8] {
        let body = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
        var bytes = Array("Content-Length: \(body.utf8.count)\r\nDeadline: 50\r\n\r\n\(body)".utf8)
        // Half of the mutants keep their header, so that the body is reached.
        let headerLength = bytes.count - body.utf8.count
        let first = Bool.random(using: &generator) ? headerLength : 0
        for _ in 0..<Int.random(in: 1...6, using: &generator) where bytes.count > first + 1 {
            let place = Int.random(in: first..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            case 3: bytes.removeLast(min(bytes.count - first - 1, Int.random(in: 0..<20, using: &generator)))
            case 4: bytes.append(contentsOf: bytes[place...].prefix(40))
            default: bytes[place] = special[Int.random(in: 0..<special.count, using: &generator)]
            }
        }
        return bytes
    }

    @Test("1,000 malformed frames crash nothing, hang nothing and leave nothing behind", arguments: UInt64(0)..<10)
    func mutants(seed: UInt64) async throws {
        try await withService {
            $0.frameTimeout = .milliseconds(100)
        } _: { server, client, path in
            var generator = SeededGenerator(seed &* 7_919)
            for _ in 0..<100 {
                let peer = try await RawPeer.connect(path)
                peer.sendBytes(Self.mutant(&generator))
                // Whatever that was, it ends: the connection is closed, or it answers this once it is in step again.
                peer.send(#"{"jsonrpc":"2.0","id":"last","method":"test.v1.Test/Nope"}"#)
                var isSettled = false
                while !isSettled {
                    guard let answer = try await peer.next() else { break }
                    isSettled = answer.contains(#""id":"last""#) || answer.contains("-32700")
                }
                await peer.close()
            }
            #expect(try await client.call(TestMethods.echo, Note("alive"), deadline: soon()).text == "alive")
            try await eventually("nothing is left") { server.activeCalls == 0 && server.openConnections <= 1 }
        }
    }

    @Test("a server that answers nonsense fails the call and nothing else", arguments: UInt64(0)..<100)
    func nonsenseAnswers(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        var generator = SeededGenerator(seed &+ 99)
        let answers = [
            #"{"jsonrpc":"2.0","id":1,"result":{"text":"x","number":1}}"#, #"{"jsonrpc":"2.0","id":1,"error":{}}"#,
            #"{"jsonrpc":"2.0","id":1}"#, #"[{"jsonrpc":"2.0","method":"$/item","params":{"id":1,"value":7}}]"#,
        ]
        var body = Array(answers[Int.random(in: 0..<answers.count, using: &generator)].utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            body[Int.random(in: 0..<body.count, using: &generator)] = UInt8.random(in: .min ... .max, using: &generator)
        }
        let cut = Int.random(in: 0..<3, using: &generator)
        let head = Array("Content-Length: \(body.count + cut - 1)\r\n\r\n".utf8)
        let impostor = try await Impostor.start(folder.socket(), answering: head + body)
        let client = try makeClient("unix://\(folder.socket())")
        do {
            let note = try await client.call(TestMethods.once, Note("x"), deadline: soon(.milliseconds(200)))
            #expect(note.number >= 0)
        } catch {
            #expect(!error.reason.isEmpty)
        }
        #expect(await client.activeCalls() == 0)
        await client.shutdown()
        await impostor.stop()
    }
}
