import Hummingbird
import Logging
import PortalCore

/// What stands around every request: its id, its deadline, the headers that no answer may lack, one line in the log.
struct PortalResponder<Inner: HTTPResponder>: HTTPResponder where Inner.Context == PortalContext {
    typealias Context = PortalContext

    let inner: Inner

    func respond(to request: Request, context: PortalContext) async throws -> Response {
        var context = context
        context.requestID = SafeText.requestID(request.headers.value("X-Request-Id")) ?? Tokens.name()
        let started = ContinuousClock.now
        var response: Response
        do {
            response = try await withDeadline(request, context)
        } catch {
            response = Reply.problem(ProblemTable.problem(error, requestID: context.requestID))
        }
        SecurityHeaders.add(to: &response, requestID: context.requestID)
        let (seconds, attoseconds) = started.duration(to: .now).components
        let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
        // How long the page took here, for the browser's tools and for the tests of its speed.
        response.headers.set("Server-Timing", "portal;dur=\(tenths / 10).\(tenths % 10)")
        // The path alone: a query may hold what somebody typed into the wrong field.
        context.logger.debug(
            "answered",
            metadata: [
                "http.method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)", "keirouter.request.id": "\(context.requestID)",
                "ms": "\(tenths / 10)",
            ]
        )
        return response
    }

    private func withDeadline(_ request: Request, _ context: PortalContext) async throws -> Response {
        try await withThrowingTaskGroup(of: Response?.self) { group in
            group.addTask { [inner] in try await inner.respond(to: request, context: context) }
            group.addTask {
                try await Task.sleep(for: PortalLimits.request)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else { throw Problem.late }
            return response
        }
    }
}
