import Contracts
import JSON

/// Parameters of a test's own making, sent as they are.
struct Raw: WireCodable {
    var json: String

    init(_ json: String) {
        self.json = json
    }

    init(from cursor: JSONCursor) throws(WireError) {
        json = ""
    }

    func write(to writer: inout JSONWriter) {
        writer.raw(Array(json.utf8))
    }
}

/// Records, some of them broken.
struct RawRecords: WireCodable {
    var records: [UsageRecord]
    var broken: [String]

    init(records: [UsageRecord], broken: [String]) {
        self.records = records
        self.broken = broken
    }

    init(from cursor: JSONCursor) throws(WireError) {
        self.init(records: [], broken: [])
    }

    func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.array("records") { items in
                for text in broken { items.raw(Array(text.utf8)) }
                for record in records { items.value { record.write(to: &$0) } }
            }
        }
    }
}
