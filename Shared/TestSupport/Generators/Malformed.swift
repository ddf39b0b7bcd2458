/// Makes input that is wrong on purpose; the same for the same seed.
package enum Malformed {
    /// A request that no server may serve: whatever it gets is a 4xx or a closed connection.
    package static func http(_ generator: inout SeededGenerator) -> [UInt8] {
        let line = generator.pick([
            "POST /v1/chat/completions HTTP/1.1", "POST /v1/messages HTTP/1.1", "GET /v1/models HTTP/1.1",
        ])
        let body = #"{"model":"x","messages":[]}"#
        let host = "Host: localhost\r\n"
        let length = "Content-Length: \(body.utf8.count)\r\n"
        switch generator.number(0...17) {
        case 0: return bytes("\(line)\r\n\(host)\(length)Content-Length: 5\r\n\r\n\(body)")
        case 1: return bytes("\(line)\r\n\(host)\(length)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        case 2: return bytes("\(line)\r\n\(host)Content-Length: -1\r\n\r\n")
        case 3:
            return bytes(
                "\(line)\r\n\(host)Content-Length: \(generator.pick(["1e3", "0x10", "+5", "99999999999999999999"]))\r\n\r\n"
            )
        case 4:
            return bytes(
                "\(line)\r\n\(host)Transfer-Encoding: chunked\r\n\r\n\(generator.pick(["zz", "-1", "fffffffffffffffff", ""]))\r\n\(body)\r\n"
            )
        case 5:
            return bytes(
                "\(line)\r\n\(host)Transfer-Encoding: \(generator.pick(["gzip", "chunked, gzip", "identity, chunked", "chunked\u{0B}"]))\r\n\r\n0\r\n\r\n"
            )
        case 6: return bytes("\(line)\n\(host)Bad\nHeader: x\n\n")
        case 7: return bytes("\(line)\r\n\(host)X-A: a\rb\r\n\r\n")
        case 8: return bytes("\(line)\r\n\(host) folded: yes\r\n\r\n")
        case 9: return bytes("\(line)\r\n\(host)No colon here\r\n\r\n")
        case 10: return bytes("\(line)\r\n\(host)Bad Name: x\r\n\r\n")
        case 11: return bytes("\(line)\r\n\(host)Authorization: Bearer ") + noise(&generator) + bytes("\r\n\r\n")
        case 12:
            return bytes(
                "\(line)\r\n\(host)X: " + String(repeating: "a", count: generator.number(70_000...120_000)) + "\r\n\r\n"
            )
        case 13:
            return bytes(
                "POST /" + String(repeating: "a", count: generator.number(70_000...120_000))
                    + " HTTP/1.1\r\n\(host)\r\n"
            )
        case 14:
            let many = (0..<generator.number(400...2000)).map { "X-\($0): 1\r\n" }.joined()
            return bytes("\(line)\r\n\(host)\(many)\r\n")
        case 15:
            return bytes(
                generator.pick(["GET / HTTP/9.9", "GET /", "G\u{0}T / HTTP/1.1", " / HTTP/1.1", "\r\n\r\n\r\n x"])
                    + "\r\n\(host)\r\n"
            )
        case 16: return noise(&generator, upTo: 600) + bytes("\r\n\r\n")
        default:
            return mutated(
                bytes("\(line)\r\n\(host)Authorization: Bearer kr_nobody\r\n\(length)\r\n\(body)"),
                &generator
            )
        }
    }

    /// A body that is not JSON, or not a request; never one that could be served.
    package static func body(_ dialect: MockDialect, model: String, _ generator: inout SeededGenerator) -> [UInt8] {
        let messages = #"[{"role":"user","content":"Say \u00e9 something."}]"#
        let good = #"{"model":"\#(model)","max_tokens":16,"messages":\#(messages)}"#
        let whole = bytes(good)
        switch generator.number(0...15) {
        case 0: return Array(whole.prefix(generator.number(0...(whole.count - 1))))
        case 1: return whole + bytes(generator.pick(["}", "{}", ",", "x", "\u{0}", "null"]))
        case 2:
            // Between two members a control character is never allowed.
            return bytes(#"{"model":"\#(model)","#) + [UInt8(generator.number(0...8))]
                + bytes(#""messages":\#(messages)}"#)
        case 3:
            return bytes(#"{"model":"\#(model)","messages":[{"role":"user","content":""#) + [0xFF, 0xC0, 0x80]
                + bytes(#""}]}"#)
        case 4:
            return bytes(
                #"{"model":"\#(model)","messages":\#(messages),"x":\#(generator.pick(["NaN", "01", "+1", "1.", ".5", "1e", "Infinity", "'a'", "0x1"]))}"#
            )
        case 5:
            return bytes(
                #"{"model":"\#(model)","messages":\#(messages),"x":"\#(generator.pick(["\\x", "\\u12", "\\uZZZZ", "\\"]))"}"#
            )
        case 6: return bytes(String(repeating: "[", count: generator.number(600...5000)))
        case 7:
            let depth = generator.number(600...3000)
            return bytes(#"{"model":"\#(model)","messages":\#(messages),"x":"#)
                + bytes(String(repeating: "[", count: depth))
                + bytes(String(repeating: "]", count: depth)) + bytes("}")
        case 8:
            return bytes(
                #"{"model":\#(generator.pick(["7", "null", "[]", "{}", "true", "\"\""])),"messages":\#(messages)}"#
            )
        case 9:
            return bytes(
                #"{"model":"\#(model)","max_tokens":16,"messages":\#(generator.pick(["7", "null", "\"hi\"", "{}", "true"]))}"#
            )
        case 10:
            return bytes(
                #"{"model":"\#(model)","messages":\#(messages),"stream":\#(generator.pick(["7", "\"yes\"", "[]", "{}"]))}"#
            )
        case 11: return bytes(#"{"model":"\#(model)","model":"other","messages":\#(messages)}"#)
        case 12: return bytes(generator.pick(["", " ", "[]", "7", "null", "\"text\"", "[{}]", "{}", "\u{FEFF}{}"]))
        case 13: return bytes(#"{"messages":\#(messages)}"#)
        case 14: return noise(&generator, upTo: 2000)
        default: return bytes(#"{"model":"\#(model)" "messages":\#(messages)}"#)
        }
    }

    /// Frames of the internal wire that end in an error or a closed connection.
    package static func frames(_ generator: inout SeededGenerator) -> [UInt8] {
        let method = generator.pick([
            "meter.v1.Meter/Admit", "health.v1.Health/Check", "router.v1.Admin/ListAccounts", "x",
        ])
        let call = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{"request_id":5}}"#
        switch generator.number(0...11) {
        case 0:
            return bytes("Content-Length: \(generator.pick(["-1", "x", "99999999999999999999", "1e3", ""]))\r\n\r\n{}")
        case 1: return bytes("\r\n\r\n" + call)
        case 2: return bytes("Content-Length: 10\r\nContent-Length: 20\r\n\r\n0123456789")
        case 3: return frame(String(call.prefix(generator.number(1...(call.utf8.count - 1)))))
        case 4:
            return frame(
                generator.pick([
                    "7", "[]", "null", "{}", "\"x\"", "[1,2]", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"x\"}",
                ])
            )
        case 5: return frame(#"{"jsonrpc":"2.0","id":1,"method":"no.such/Method","params":{}}"#)
        case 6:
            return frame(
                #"{"jsonrpc":"2.0","id":1,"method":"meter.v1.Meter/Admit","params":\#(generator.pick(["7", "[]", "null", "{}", "{\"request_id\":{}}"]))}"#
            )
        case 7:
            return bytes(
                String(repeating: "X-Header: aaaaaaaaaaaaaaaaaaaaaaaa\r\n", count: generator.number(400...900)) + "\r\n"
            )
        case 8: return noise(&generator, upTo: 400)
        case 9: return bytes("Content-Length: \(200 << 20)\r\n\r\n")
        case 10: return frame(String(repeating: "[", count: generator.number(600...4000)))
        default: return mutated(frame(call), &generator)
        }
    }

    private static func frame(_ body: String) -> [UInt8] {
        bytes("Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Bytes of which the first is never one that begins anything.
    private static func noise(_ generator: inout SeededGenerator, upTo limit: Int = 60) -> [UInt8] {
        [0x01] + generator.bytes(generator.number(1...limit))
    }

    /// A copy with some bytes changed, cut out or doubled.
    package static func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<generator.number(1...6) where bytes.count > 2 {
            let place = generator.number(0...(bytes.count - 1))
            switch generator.number(0...3) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(bytes[place], at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + generator.number(1...8)))
            }
        }
        return bytes
    }
}
