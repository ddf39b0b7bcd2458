import HTTP
import NIOCore
import NIOHTTP1
import Testing

@Suite("A thousand malformed requests", .timeLimit(.minutes(5)))
struct MalformedRequestTests {
    /// A request broken in one certain way: no reading of it may be served.
    static func broken(_ generator: inout SeededGenerator) -> [UInt8] {
        let valid =
            "POST /v1/chat?x=1 HTTP/1.1\r\nHost: localhost\r\nX-Name: some value\r\nContent-Length: 4\r\n\r\nbody"
        let controls: [UInt8] = Array(1...8) + [11, 12] + Array(14...31) + [0, 127]
        var bytes = Array(valid.utf8)
        let headEnd = bytes.count - 8
        let lineEnds = bytes.indices.dropLast(4).filter { bytes[$0] == 13 && bytes[$0 + 1] == 10 && $0 < headEnd - 2 }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            bytes.insert(
                controls.randomElement(using: &generator) ?? 0,
                at: Int.random(in: 1..<headEnd, using: &generator)
            )
        case 1: bytes.remove(at: lineEnds.randomElement(using: &generator) ?? 0)
        case 2: bytes.remove(at: (lineEnds.randomElement(using: &generator) ?? 0) + 1)
        case 3: bytes.insert(contentsOf: [13, 10, 32], at: Int.random(in: 35..<43, using: &generator))
        case 4:
            let extra = ["Content-Length: 5", "Transfer-Encoding: chunked", "Host: other", "No colon", "A b: c", ": d"]
            let line = Array("\(extra.randomElement(using: &generator) ?? "")\r\n".utf8)
            bytes.insert(contentsOf: line, at: (lineEnds.randomElement(using: &generator) ?? 0) + 2)
        case 5:
            bytes[Int.random(in: 0..<4, using: &generator)] =
                "()<>@,;:\\\"/[]?={}".utf8.randomElement(using: &generator) ?? 0
        case 6:
            bytes.replaceSubrange(18..<26, with: (0..<8).map { _ in UInt8.random(in: 0x3A...0x7E, using: &generator) })
        default: bytes = (0..<200).map { _ in UInt8.random(in: 0...255, using: &generator) } + [13, 10, 13, 10]
        }
        return bytes
    }

    @Test("each is told 4xx or 5xx, or cut off; none is served, crashes or hangs the server", arguments: 0..<20)
    func malformed(seed: UInt64) async throws {
        let served = Tally()
        try await withServer { configuration in
            configuration.lingerTimeout = .milliseconds(100)
            configuration.headTimeout = .seconds(2)
        } handler: { exchange in
            served.add()
            exchange.respond(.ok)
        } _: { server, address in
            var generator = SeededGenerator(seed: seed)
            for number in 0..<50 {
                let bytes = Self.broken(&generator)
                let client = try await RawConnection.connect(to: address)
                // Sometimes in two pieces, which a parser must not mind.
                let cut = number % 2 == 0 ? bytes.count : Int.random(in: 0...bytes.count, using: &generator)
                client.send(Array(bytes[..<cut]))
                if cut < bytes.count { client.send(Array(bytes[cut...])) }
                let answer = try await client.receiveToEnd()
                let isRefusal = answer.isEmpty || answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5")
                #expect(isRefusal, "\(String(decoding: bytes, as: UTF8.self).debugDescription) was answered \(answer)")
            }
            #expect(await eventually { server.openConnections == 0 })
            #expect(server.activeRequests == 0)
        }
        #expect(served.count == 0)
    }
}
