extension Malformed {
    private static let host = "Host: localhost\r\n"
    private static let content = #"{"model":"x","messages":[]}"#
    private static var length: String { "Content-Length: \(content.utf8.count)\r\n" }

    /// A request that no server may serve: whatever it gets is a 4xx or a closed connection.
    package static func http(_ generator: inout SeededGenerator) -> [UInt8] {
        let line = generator.pick(["POST /v1/chat/completions HTTP/1.1", "POST /v1/messages HTTP/1.1"])
        switch generator.number(0...3) {
        case 0: return bytes("\(line)\r\n\(host)\(framing(&generator))")
        case 1: return bytes("\(line)\r\n\(host)\(field(&generator))\r\n\r\n")
        case 2: return start(&generator)
        default:
            let good = "\(line)\r\n\(host)Authorization: Bearer kr_nobody\r\n\(length)\r\n\(content)"
            return mutated(bytes(good), &generator)
        }
    }

    /// Headers that do not say where the body ends, with a body.
    private static func framing(_ generator: inout SeededGenerator) -> String {
        let number = generator.pick(["-1", "1e3", "0x10", "+5", "99999999999999999999"])
        let coding = generator.pick(["gzip", "chunked, gzip", "identity, chunked", "chunked\u{0B}"])
        let size = generator.pick(["zz", "-1", "fffffffffffffffff", ""])
        switch generator.number(0...4) {
        case 0: return "\(length)Content-Length: 5\r\n\r\n\(content)"
        case 1: return "\(length)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        case 2: return "Content-Length: \(number)\r\n\r\n"
        case 3: return "Transfer-Encoding: chunked\r\n\r\n\(size)\r\n\(content)\r\n"
        default: return "Transfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
        }
    }

    /// A header that is none, or too much of one.
    private static func field(_ generator: inout SeededGenerator) -> String {
        switch generator.number(0...6) {
        case 0: return "X-A: a\rb"
        case 1: return " folded: yes"
        case 2: return "No colon here"
        case 3: return "Bad Name: x"
        case 4: return "Bad\nHeader: x"
        case 5: return "X: " + String(repeating: "a", count: generator.number(70_000...120_000))
        default: return (0..<generator.number(400...2000)).map { "X-\($0): 1" }.joined(separator: "\r\n")
        }
    }

    /// A first line that is none.
    private static func start(_ generator: inout SeededGenerator) -> [UInt8] {
        let lines = ["GET / HTTP/9.9", "GET /", "G\u{0}T / HTTP/1.1", " / HTTP/1.1", "\r\n\r\n\r\n x"]
        switch generator.number(0...3) {
        case 0: return noise(&generator, upTo: 600) + bytes("\r\n\r\n")
        case 1:
            let path = String(repeating: "a", count: generator.number(70_000...120_000))
            return bytes("POST /\(path) HTTP/1.1\r\n\(host)\r\n")
        case 2:
            let line = "POST /v1/messages HTTP/1.1\r\n\(host)Authorization: Bearer "
            return bytes(line) + noise(&generator) + bytes("\r\n\r\n")
        default: return bytes(generator.pick(lines) + "\r\n\(host)\r\n")
        }
    }
}
