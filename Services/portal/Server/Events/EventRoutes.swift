import HTTPTypes
import Hummingbird
import NIOCore
import PortalCore

/// `/api/events` and `/api/guard/events`: one stream for a page.
///
/// Events: `usage` (a row of the ledger, as JSON) and `figures` (the sums of today, as `/api/summary` has them), or `decision` (a row of the guard's audit); `stale` and `live` (the
/// service went away, came back), `resync` (some events are lost: load the page anew). A comment line every 15 s keeps proxies from closing it.
struct EventRoutes: PageGroup {
    let path: RouterPath
    let feed: EventFeed
    let sessions: SessionKeeper

    func add(to routes: PortalRoutes) {
        routes.admin.get(path) { request, context in try stream(request, context) }
    }

    private func stream(_ request: Request, _ context: PortalContext) throws -> Response {
        guard let session = context.operatorSession else { throw Problem.signIn }
        let place = try feed.subscribe(after: request.headers.value("Last-Event-ID"))
        let sessions = sessions
        let body = ResponseBody { writer in
            defer { place.leave() }
            try await writer.write(ByteBuffer(bytes: place.opening))
            var last = place.last
            pieces: for await piece in place.stream {
                switch piece {
                case .event(let number, let frame):
                    // The buffer drops the oldest of a page that does not read; it must hear of the gap.
                    if number > last + 1 {
                        try await writer.write(ByteBuffer(bytes: EventFeed.frame(id: nil, "resync", "{}")))
                    }
                    last = number
                    try await writer.write(ByteBuffer(bytes: frame))
                case .heartbeat:
                    // A session that was ended elsewhere hears nothing more.
                    guard try await sessions.isOpen(session.id) else { break pieces }
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-store, no-transform"],
            body: body
        )
    }
}
