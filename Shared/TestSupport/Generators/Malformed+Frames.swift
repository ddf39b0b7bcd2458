extension Malformed {
    /// Frames of the internal wire that end in an error or a closed connection.
    package static func frames(_ generator: inout SeededGenerator) -> [UInt8] {
        let methods = ["meter.v1.Meter/Admit", "health.v1.Health/Check", "router.v1.Admin/ListAccounts", "x"]
        let call = #"{"jsonrpc":"2.0","id":1,"method":"\#(generator.pick(methods))","params":{"request_id":5}}"#
        switch generator.number(0...2) {
        case 0: return headers(call, &generator)
        case 1: return frame(message(call, &generator))
        default: return mutated(frame(call), &generator)
        }
    }

    /// Headers that do not say how long the body is.
    private static func headers(_ call: String, _ generator: inout SeededGenerator) -> [UInt8] {
        let number = generator.pick(["-1", "x", "99999999999999999999", "1e3", "", "\(200 << 20)"])
        let field = "X-Header: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"
        switch generator.number(0...4) {
        case 0: return bytes("Content-Length: \(number)\r\n\r\n{}")
        case 1: return bytes("\r\n\r\n\(call)")
        case 2: return bytes("Content-Length: 10\r\nContent-Length: 20\r\n\r\n0123456789")
        case 3: return bytes(String(repeating: field, count: generator.number(400...900)) + "\r\n")
        default: return noise(&generator, upTo: 400)
        }
    }

    /// An intact frame around what is no request, or one that nobody answers.
    private static func message(_ call: String, _ generator: inout SeededGenerator) -> String {
        let start = #"{"jsonrpc":"2.0","id":1,"method":"#
        let parameters = generator.pick(["7", "[]", "null", "{}", "{\"request_id\":{}}"])
        let other = generator.pick([
            "7", "[]", "null", "{}", "\"x\"", "[1,2]", #"{"jsonrpc":"1.0","id":1,"method":"x"}"#,
        ])
        switch generator.number(0...4) {
        case 0: return String(call.prefix(generator.number(1...(call.utf8.count - 1))))
        case 1: return other
        case 2: return start + #""no.such/Method","params":{}}"#
        case 3: return start + #""meter.v1.Meter/Admit","params":\#(parameters)}"#
        default: return String(repeating: "[", count: generator.number(600...4000))
        }
    }

    private static func frame(_ body: String) -> [UInt8] {
        bytes("Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}
