import JSON

/// Reads a coding agent's chat body of half a megabyte.
enum DocumentBench {
    private static let body = chatBody(turns: 76)

    /// How many bytes of the body a core reads per second.
    static func bytesPerSecond() throws -> Double {
        let rounds = 200
        var members = 0
        let begun = processorTime()
        for _ in 0..<rounds { members += try JSONDocument(body).root.count }
        let seconds = (processorTime() - begun) / 1e9
        precondition(members == 3 * rounds, "the body has three members")
        return Double(body.count * rounds) / seconds
    }

    /// Turns of a coding agent: prose, a tool call with escaped arguments, the tool's output with code in it.
    private static func chatBody(turns: Int) -> [UInt8] {
        let code = "func total(of rows: [Row]) -> Int {\n    rows.reduce(0) { $0 + $1[\"count\", default: 0] }\n}\n"
        let output = String(repeating: code, count: 48)
        let prose = String(repeating: "The build fails in module bar, and the test at line 42 is red. ", count: 12)
        var writer = JSONWriter(capacity: 512 << 10)
        writer.object { fields in
            fields.string("model", "openai/gpt-4o")
            fields.integer("max_tokens", 4_096)
            fields.array("messages") { items in
                for turn in 0..<turns {
                    items.message("user", "\(turn): \(prose)")
                    items.call("call_\(turn)", "{\"path\":\"Sources/App/Rows\(turn).swift\",\"limit\":2000}")
                    items.message("tool", output)
                }
            }
        }
        return writer.bytes
    }
}

extension JSONItems {
    fileprivate mutating func message(_ role: String, _ text: String) {
        object { fields in
            fields.string("role", role)
            fields.string("content", text)
        }
    }

    fileprivate mutating func call(_ id: String, _ arguments: String) {
        object { fields in
            fields.string("role", "assistant")
            fields.null("content")
            fields.array("tool_calls") { calls in
                calls.object { call in
                    call.string("id", id)
                    call.string("type", "function")
                    call.object("function") { function in
                        function.string("name", "read_file")
                        function.string("arguments", arguments)
                    }
                }
            }
        }
    }
}
