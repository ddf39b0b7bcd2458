import Contracts
package import JSON

/// One process of an installation.
package struct ServiceRecord: Hashable, Sendable, WireCodable {
    /// `router`, `meter`, or `guard/2` for the second of several.
    package var name: String
    package var pid: Int?
    /// When it was started, in microseconds since 1970.
    package var sinceUS: Int
    /// How often it had to be started again.
    package var restarts: Int
    package var socket: String

    package init(name: String, pid: Int?, sinceUS: Int, restarts: Int = 0, socket: String) {
        self.name = name
        self.pid = pid
        self.sinceUS = sinceUS
        self.restarts = restarts
        self.socket = socket
    }

    package init(from object: JSONCursor) throws(WireError) {
        name = try object.string("name")
        pid = try object.optionalInteger("pid")
        sinceUS = try object.integer("since_us", default: 0)
        restarts = try object.integer("restarts", default: 0)
        socket = try object.string("socket", default: "")
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("name", name)
            fields.integer("pid", pid)
            fields.integer("since_us", sinceUS)
            fields.integer("restarts", restarts)
            fields.string("socket", socket)
        }
    }
}

/// What the supervisor writes down for the other commands: `run/state.json` in the data folder.
///
/// It is worth something only while its process holds the data folder's lock.
package struct InstallationState: Hashable, Sendable, WireCodable {
    package var pid: Int
    package var version: String
    package var commit: String
    package var startedUS: Int
    /// Where HTTP listens, once it does.
    package var address: String?
    package var services: [ServiceRecord]

    package init(
        pid: Int,
        version: String,
        commit: String,
        startedUS: Int,
        address: String? = nil,
        services: [ServiceRecord] = []
    ) {
        self.pid = pid
        self.version = version
        self.commit = commit
        self.startedUS = startedUS
        self.address = address
        self.services = services
    }

    package init(from object: JSONCursor) throws(WireError) {
        pid = try object.integer("pid")
        version = try object.string("version", default: "unknown")
        commit = try object.string("commit", default: "unknown")
        startedUS = try object.integer("started_us", default: 0)
        address = try object.optionalString("address")
        services = try object.array("services", ServiceRecord.init(from:))
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.integer("pid", pid)
            fields.string("version", version)
            fields.string("commit", commit)
            fields.integer("started_us", startedUS)
            fields.string("address", address)
            fields.array("services") { items in
                for service in services { items.value { service.write(to: &$0) } }
            }
        }
    }
}
