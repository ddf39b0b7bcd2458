public import JSON

/// Asks whether a service can do its work.
public struct HealthCheck: WireMessage {
    /// The service, as `meter.v1.Meter`; null: the server as a whole.
    public var service: String?

    /// Makes one from its members.
    public init(service: String? = nil) {
        self.service = service
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        try object.requireObject()
        service = try object.optionalString("service")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("service", service)
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "HealthCheck",
            "Asks whether a service can do its work.",
            [.nullable("service", .string, "The service, as `meter.v1.Meter`; null: the server as a whole.")]
        )
    }
}

/// Whether a service can do its work.
public struct HealthStatus: WireMessage {
    /// `SERVING`, `NOT_SERVING`, or what a newer peer says.
    public var status: String
    /// The version that runs, where the server tells.
    public var version: String?
    /// How long it has been running, where the server tells.
    public var uptimeMS: Int?

    /// Whether it serves; a word that this build does not know means no.
    public var isServing: Bool { status == "SERVING" }

    /// Makes one from its members.
    public init(status: String, version: String? = nil, uptimeMS: Int? = nil) {
        self.status = status
        self.version = version
        self.uptimeMS = uptimeMS
    }

    /// Makes one that says yes or no.
    public init(isServing: Bool, version: String? = nil, uptimeMS: Int? = nil) {
        self.init(status: isServing ? "SERVING" : "NOT_SERVING", version: version, uptimeMS: uptimeMS)
    }

    /// Reads it from its JSON object.
    public init(from object: JSONCursor) throws(WireError) {
        status = try object.string("status")
        version = try object.optionalString("version")
        uptimeMS = try object.optionalInteger("uptime_ms")
    }

    /// Writes it as a JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("status", status)
            if let version { fields.string("version", version) }
            if let uptimeMS { fields.integer("uptime_ms", uptimeMS) }
        }
    }

    /// Its object on the wire.
    public static var schema: Schema {
        .object(
            "HealthStatus",
            "Whether a service can do its work.",
            [
                .required("status", .string(like: "SERVING", "NOT_SERVING"), "Whether it serves."),
                .omittable("version", .string, "The version that runs."),
                .omittable("uptime_ms", .integer, "How long it has been running."),
            ]
        )
    }
}

/// The methods of `health.v1.Health`, which every server answers.
public enum HealthMethods {
    /// Whether a service can do its work now.
    public static let check = RPCMethod<HealthCheck, HealthStatus>("health.v1.Health/Check", isIdempotent: true)
    /// Whether it can, now and whenever it changes.
    public static let watch = RPCServerStream<HealthCheck, HealthStatus, Empty>("health.v1.Health/Watch")
    /// What the process has counted; a server that counts nothing knows no such method.
    public static let metrics = RPCMethod<Empty, FiguresReply>("health.v1.Health/Metrics", isIdempotent: true)
}

extension ServiceDescription {
    /// What every server answers besides its own methods and `rpc.discover`.
    public static let health = ServiceDescription(
        name: "health",
        summary: "Says whether a server can do its work; every server answers it, and rpc.discover besides.",
        methods: [
            MethodDescription(HealthMethods.check, "Says whether a service can do its work now."),
            MethodDescription(HealthMethods.watch, "Streams whether it can, now and at every change."),
            MethodDescription(HealthMethods.metrics, "Tells what the process has counted, where it counts."),
        ]
    )
}
