import Contracts
import JSON

/// What one provider, model or key used in one bucket, as a row of a file.
struct UsageCell: WireCodable {
    var startUS: Int
    var name: String
    var requests: Int
    var tokens: Int
    var costNanoUSD: Int

    init(startUS: Int, name: String, requests: Int, tokens: Int, costNanoUSD: Int) {
        self.startUS = startUS
        self.name = name
        self.requests = requests
        self.tokens = tokens
        self.costNanoUSD = costNanoUSD
    }

    init(from object: JSONCursor) throws(WireError) {
        startUS = try object.integer("start_us")
        name = try object.string("name")
        requests = try object.integer("requests")
        tokens = try object.integer("tokens")
        costNanoUSD = try object.integer("cost_nano_usd")
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("start_us", startUS)
            fields.string("name", name)
            fields.integer("requests", requests)
            fields.integer("tokens", tokens)
            fields.integer("cost_nano_usd", costNanoUSD)
        }
    }
}
