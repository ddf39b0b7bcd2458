import Contracts
import JSON

/// Writes the bodies of JSON-RPC messages.
enum Messages {
    static func request(id: Int, method: String, _ parameters: some WireCodable) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        writer.object { fields in
            fields.string("jsonrpc", "2.0")
            fields.integer("id", id)
            fields.string("method", method)
            fields.value("params") { parameters.write(to: &$0) }
        }
        return writer.bytes
    }

    /// Reads what ``request(id:method:_:)`` writes before the method's name; fails for any other text.
    ///
    /// - Returns: The id.
    static func readRequest(_ reader: inout PlainReader) -> Int {
        reader.literal("{\"jsonrpc\":\"2.0\",\"id\":")
        let id = reader.integer()
        reader.literal(",\"method\":\"")
        return id
    }

    /// Reads what stands between the method's name and the parameters.
    static func readParameters(_ reader: inout PlainReader) {
        reader.literal("\",\"params\":")
    }

    /// Reads what `result` writes before the result; fails for any other text.
    ///
    /// - Returns: The id.
    static func readResult(_ reader: inout PlainReader) -> Int {
        reader.literal("{\"jsonrpc\":\"2.0\",\"id\":")
        let id = reader.integer()
        reader.literal(",\"result\":")
        return id
    }

    static func result(id: RPCID, _ output: some WireCodable) -> [UInt8] {
        var writer = JSONWriter(capacity: 1_024)
        writer.object { fields in
            fields.string("jsonrpc", "2.0")
            id.write("id", to: &fields)
            fields.value("result") { output.write(to: &$0) }
        }
        return writer.bytes
    }

    /// An answer whose result is JSON text already.
    static func result(id: RPCID, raw: [UInt8]) -> [UInt8] {
        var writer = JSONWriter(capacity: raw.count + 64)
        writer.object { fields in
            fields.string("jsonrpc", "2.0")
            id.write("id", to: &fields)
            fields.raw("result", raw)
        }
        return writer.bytes
    }

    static func error(id: RPCID, _ error: ServiceError) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { fields in
            fields.string("jsonrpc", "2.0")
            id.write("id", to: &fields)
            fields.value("error") { error.write(to: &$0) }
        }
        return writer.bytes
    }

    /// A notification about one call: `$/cancel` and `$/end`.
    static func notice(_ method: String, id: RPCID) -> [UInt8] {
        notification(method) { id.write("id", to: &$0) }
    }

    /// A value in a stream: `$/item` and `$/send`.
    static func value(_ method: String, id: RPCID, _ value: [UInt8]) -> [UInt8] {
        notification(method, capacity: value.count + 96) { fields in
            id.write("id", to: &fields)
            fields.raw("value", value)
        }
    }

    static func credit(id: RPCID, _ grant: Credit) -> [UInt8] {
        notification("$/credit") { fields in
            id.write("id", to: &fields)
            fields.integer("items", grant.items)
            fields.integer("bytes", grant.bytes)
        }
    }

    /// Several answers as one.
    static func batch(_ answers: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(answers.reduce(2) { $0 + $1.count + 1 })
        bytes.append(0x5B)
        for (index, answer) in answers.enumerated() {
            if index > 0 { bytes.append(0x2C) }
            bytes.append(contentsOf: answer)
        }
        bytes.append(0x5D)
        return bytes
    }

    /// A value alone, for streams that must know its weight before they send it.
    static func encode(_ value: some WireCodable) -> [UInt8] {
        var writer = JSONWriter()
        value.write(to: &writer)
        return writer.bytes
    }

    private static func notification(
        _ method: String,
        capacity: Int = 128,
        _ parameters: (inout JSONFields) -> Void
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: capacity)
        writer.object { fields in
            fields.string("jsonrpc", "2.0")
            fields.string("method", method)
            fields.object("params") { parameters(&$0) }
        }
        return writer.bytes
    }
}
