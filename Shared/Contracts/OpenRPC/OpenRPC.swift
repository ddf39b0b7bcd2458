import JSON

/// Renders what services answer as OpenRPC documents.
public enum OpenRPC {
    /// The version of the specification that the documents follow.
    public static let version = "1.3.2"

    /// The OpenRPC document of a service: pretty-printed, and the same bytes for the same description.
    ///
    /// Streams are beyond the specification; their items stand under `x-sends` and `x-items`.
    public static func document(for service: ServiceDescription) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 << 10)
        writer.object { document in
            document.string("openrpc", version)
            document.object("info") { info in
                info.string("title", "KeiRouter \(service.name)")
                info.string("version", "1.0.0")
                info.string("description", service.summary)
            }
            document.array("methods") { methods in
                for method in service.methods { methods.object { write(method, to: &$0) } }
            }
            document.object("components") { components in
                components.object("schemas") { schemas in
                    for (name, schema) in definitions(of: service).sorted(by: { $0.key < $1.key }) {
                        schemas.value(name) { schema.writeDefinition(to: &$0) }
                    }
                }
                components.object("errors", writeErrors)
            }
        }
        return PrettyPrinter.print(writer.bytes)
    }

    private static func write(_ method: MethodDescription, to fields: inout JSONFields) {
        fields.string("name", method.name)
        fields.string("summary", method.summary)
        fields.string("paramStructure", "by-name")
        fields.array("params") { parameters in
            for member in method.parameters.object?.members ?? [] {
                parameters.object { parameter in
                    parameter.string("name", member.name)
                    parameter.string("description", member.summary)
                    parameter.boolean("required", member.presence == .required)
                    parameter.value("schema") { member.writeSchema(to: &$0) }
                }
            }
        }
        fields.object("result") { result in
            result.string("name", method.result.object?.name ?? "result")
            result.value("schema") { method.result.write(to: &$0) }
        }
        fields.boolean("x-idempotent", method.isIdempotent)
        if let sent = method.sent { fields.value("x-sends") { sent.write(to: &$0) } }
        if let item = method.item { fields.value("x-items") { item.write(to: &$0) } }
    }

    /// The errors that any method may answer.
    private static func writeErrors(to fields: inout JSONFields) {
        for code in ServiceError.Code.known {
            fields.object("code\(code.rawValue)") { error in
                error.integer("code", code.rawValue)
                error.string("message", code.status)
            }
        }
    }

    /// The objects that a document defines: parameters stand in their methods and need no definition of their own.
    private static func definitions(of service: ServiceDescription) -> [String: Schema] {
        var definitions: [String: Schema] = [:]
        ServiceError.schema.collectObjects(into: &definitions)
        for method in service.methods {
            for member in method.parameters.object?.members ?? [] {
                member.schema.collectObjects(into: &definitions)
            }
            for schema in [method.sent, method.item, method.result] {
                schema?.collectObjects(into: &definitions)
            }
        }
        return definitions
    }
}
