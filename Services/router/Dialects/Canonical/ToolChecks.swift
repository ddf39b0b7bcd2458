/// Finds requests that contradict themselves about tools.
enum ToolChecks {
    static func check(_ request: CanonicalRequest) throws(DialectError) {
        switch request.toolChoice {
        case .required where request.tools.isEmpty:
            throw DialectError(request.names.toolChoice, "demands a tool call, but the request has no tools")
        case .tool(let name) where !request.tools.contains { $0.name == name }:
            throw DialectError(request.names.toolChoice, "names a tool that is not among the tools")
        default: break
        }
    }
}
