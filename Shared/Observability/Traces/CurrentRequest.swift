package import Logging

/// What every log line of a request carries.
package struct CurrentRequest: Hashable, Sendable {
    package var id: String
    package var trace: TraceContext?

    package init(id: String, trace: TraceContext? = nil) {
        self.id = id
        self.trace = trace
    }

    /// The request this task works for, if any.
    @TaskLocal package static var current: CurrentRequest?

    /// Its identifiers under the keys all services use.
    package var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [LogKeys.requestID: .string(id)]
        if let trace {
            metadata[LogKeys.traceID] = .string(trace.traceIDText)
            metadata[LogKeys.spanID] = .string(trace.spanIDText)
        }
        return metadata
    }
}

extension Logger.MetadataProvider {
    /// Adds the identifiers of ``CurrentRequest`` to every line written while one is set.
    package static let currentRequest = Logger.MetadataProvider { CurrentRequest.current?.metadata ?? [:] }
}
