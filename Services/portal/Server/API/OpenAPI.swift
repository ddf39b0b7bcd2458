import Contracts
import JSON
import PortalCore

/// The description of the API (OpenAPI 3.1), made from the operations that answer it and the contracts' schemas.
enum OpenAPI {
    /// The errors that any operation may answer with, by status.
    private static let problems: [(status: Int, summary: String)] = [
        (400, "Something sent is not acceptable; `detail` names the member."),
        (401, "No session, or one that has ended."),
        (403, "The token of the session is missing or wrong, or the request comes from another site."),
        (404, "There is nothing under this id."),
        (409, "It exists already, is declared in the configuration file, or is in use."),
        (412, "The item is not the version of `If-Match`."),
        (413, "The body is longer than 1 MiB."),
        (415, "The body does not say that it is application/json."),
        (429, "Too many; `Retry-After` says when."),
        (500, "Failed inside; the log has the request's id."),
        (503, "The service behind is not reachable now."),
        (504, "The service behind did not answer in time."),
    ]

    /// The document; the same bytes for the same operations.
    static func document(_ operations: [APIOperation]) -> [UInt8] {
        var writer = JSONWriter(capacity: 128 << 10)
        writer.object { document in
            document.string("openapi", "3.1.0")
            document.object("info") { info in
                info.string("title", "KeiRouter admin API")
                info.string("version", "1.0.0")
                info.string(
                    "description",
                    "What the dashboard does. Sign in at /login; writes carry the header X-CSRF-Token from /api/session."
                )
                info.object("license") { license in
                    license.string("name", "MIT")
                    license.string("identifier", "MIT")
                }
            }
            document.array("servers") { servers in servers.object { $0.string("url", "/") } }
            document.array("security") { list in list.object { $0.array("session") { _ in } } }
            document.array("tags") { tags in
                for name in ["meter", "router", "guard", "saver", "portal"] {
                    tags.object { $0.string("name", name) }
                }
            }
            document.object("paths") { writePaths(operations, to: &$0) }
            document.object("components") { writeComponents(operations, to: &$0) }
        }
        return writer.bytes
    }

    // MARK: Paths

    private static func writePaths(_ operations: [APIOperation], to paths: inout JSONFields) {
        for (path, operations) in grouped(operations + described) {
            paths.object(path) { item in
                for operation in operations {
                    item.object(operation.verb.rawValue) { write(operation, to: &$0) }
                }
            }
        }
    }

    /// Operations that are answered elsewhere and described here.
    private static var described: [APIOperation] {
        [
            APIOperation(
                verb: .get,
                path: "/api/events",
                id: "streamEvents",
                tag: "portal",
                summary: "Streams usage, stale, live and resync as server-sent events; Last-Event-ID goes on.",
                output: .other(type: "text/event-stream")
            ) { _ in throw Problem.notFound },
            APIOperation(
                verb: .get,
                path: "/api/guard/events",
                id: "streamDecisions",
                tag: "guard",
                summary: "Streams decision, stale, live and resync as server-sent events; Last-Event-ID goes on.",
                output: .other(type: "text/event-stream")
            ) { _ in throw Problem.notFound },
            APIOperation(
                verb: .get,
                path: "/api/openapi.json",
                id: "getDescription",
                tag: "portal",
                summary: "This document.",
                output: .other(type: "application/json")
            ) { _ in throw Problem.notFound },
        ]
    }

    /// By path, in the order of their first operation.
    private static func grouped(_ operations: [APIOperation]) -> [(String, [APIOperation])] {
        var order: [String] = []
        var groups: [String: [APIOperation]] = [:]
        for operation in operations {
            if groups[operation.path] == nil { order.append(operation.path) }
            groups[operation.path, default: []].append(operation)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    private static func write(_ operation: APIOperation, to fields: inout JSONFields) {
        fields.string("operationId", operation.id)
        fields.array("tags") { $0.string(operation.tag) }
        fields.string("summary", operation.summary)
        fields.array("parameters") { writeParameters(of: operation, to: &$0) }
        if let body = operation.body {
            fields.object("requestBody") { request in
                request.boolean("required", true)
                request.object("content") { content in
                    content.object("application/json") { media in media.value("schema") { body.write(to: &$0) } }
                }
            }
        }
        fields.object("responses") { responses in
            writeSuccess(of: operation, to: &responses)
            for problem in problems where applies(problem.status, to: operation) {
                responses.object("\(problem.status)") {
                    $0.string("$ref", "#/components/responses/Problem\(problem.status)")
                }
            }
        }
    }

    private static func writeParameters(of operation: APIOperation, to list: inout JSONItems) {
        if operation.takesID {
            list.object { parameter in
                parameter.string("name", "id")
                parameter.string("in", "path")
                parameter.boolean("required", true)
                parameter.string("description", "The item's id, percent-encoded.")
                parameter.value("schema") { Schema.string.write(to: &$0) }
            }
        }
        for query in operation.query {
            list.object { parameter in
                parameter.string("name", query.name)
                parameter.string("in", "query")
                parameter.string("description", query.summary)
                parameter.value("schema") { query.schema.write(to: &$0) }
            }
        }
        if operation.takesEtag { list.object { $0.string("$ref", "#/components/parameters/IfMatch") } }
        if operation.verb != .get { list.object { $0.string("$ref", "#/components/parameters/CSRF") } }
    }

    private static func writeSuccess(of operation: APIOperation, to responses: inout JSONFields) {
        switch operation.output {
        case .nothing:
            responses.object("204") { $0.string("description", "Done.") }
        case .other(let type):
            responses.object("200") { response in
                response.string("description", "The answer.")
                response.object("content") { $0.object(type) { $0.object("schema") { _ in } } }
            }
        case .json(let schema, let status):
            responses.object("\(status)") { response in
                response.string("description", status == 201 ? "Made; Location says where." : "The answer.")
                response.object("content") { content in
                    content.object("application/json") { media in media.value("schema") { schema.write(to: &$0) } }
                }
            }
        }
    }

    /// Whether an operation can end with a status.
    private static func applies(_ status: Int, to operation: APIOperation) -> Bool {
        switch status {
        case 403, 409: operation.verb != .get
        case 404: operation.takesID
        case 412: operation.takesEtag
        case 413, 415: operation.body != nil
        default: true
        }
    }

    // MARK: Components

    private static func writeComponents(_ operations: [APIOperation], to components: inout JSONFields) {
        components.object("schemas") { schemas in
            for (name, schema) in definitions(operations).sorted(by: { $0.key < $1.key }) {
                schemas.value(name) { schema.writeDefinition(to: &$0) }
            }
        }
        components.object("responses") { responses in
            for problem in problems {
                responses.object("Problem\(problem.status)") { response in
                    response.string("description", problem.summary)
                    response.object("content") { content in
                        content.object("application/problem+json") { media in
                            media.value("schema") { problemSchema.write(to: &$0) }
                        }
                    }
                }
            }
        }
        components.object("parameters") { parameters in
            writeHeader("IfMatch", "If-Match", "The version that is replaced; without it any.", to: &parameters)
            writeHeader("CSRF", "X-CSRF-Token", "The token of the session, from /api/session.", true, to: &parameters)
        }
        components.object("securitySchemes") { schemes in
            schemes.object("session") { session in
                session.string("type", "apiKey")
                session.string("in", "cookie")
                session.string("name", PortalCookies.session)
            }
        }
    }

    private static func writeHeader(
        _ id: String,
        _ name: String,
        _ summary: String,
        _ isRequired: Bool = false,
        to parameters: inout JSONFields
    ) {
        parameters.object(id) { parameter in
            parameter.string("name", name)
            parameter.string("in", "header")
            parameter.boolean("required", isRequired)
            parameter.string("description", summary)
            parameter.value("schema") { Schema.string.write(to: &$0) }
        }
    }

    private static func definitions(_ operations: [APIOperation]) -> [String: Schema] {
        var definitions: [String: Schema] = [:]
        problemSchema.collectObjects(into: &definitions)
        for operation in operations {
            operation.body?.collectObjects(into: &definitions)
            if case .json(let schema, _) = operation.output { schema.collectObjects(into: &definitions) }
        }
        return definitions
    }

    private static var problemSchema: Schema {
        .object(
            "Problem",
            "What went wrong (RFC 9457).",
            [
                .required("type", .string, "Names the kind of problem."),
                .required("title", .string, "The kind, in words."),
                .required("status", .integer, "The status of the answer."),
                .required("detail", .string, "One sentence that says what to do."),
                .required("instance", .string, "The request's id, for the log."),
                .required("reason", .string, "The kind in one word, for programs."),
                .omittable("retry_after", .integer, "Seconds after which to try again."),
                .omittable("details", .map(of: .string), "What a program may want to know besides."),
            ]
        )
    }
}
