import Contracts
import Hummingbird
import NIOCore
import PortalCore

/// Makes answers out of pages.
struct PageView: Sendable {
    let templates: Templates
    let files: StaticFiles
    let parts: PortalParts
    let undo: UndoShelf
    let names: ProviderNames

    init(templates: Templates, files: StaticFiles, parts: PortalParts) {
        self.templates = templates
        self.files = files
        self.parts = parts
        undo = UndoShelf(clock: parts.clock)
        names = ProviderNames(peers: parts.peers, clock: parts.clock)
    }

    /// A page of the operator's.
    func admin(
        _ template: String,
        _ title: String,
        _ page: Any,
        _ request: PageRequest,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let counts = await counts()
        return try answer(template, title, .admin(counts), page, request, status: status)
    }

    /// Any other page.
    func answer(
        _ template: String,
        _ title: String,
        _ area: Shell.Area,
        _ page: Any,
        _ request: PageRequest,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let shell = Shell(title, area, files: files, request: request)
        let text = try templates.render(template, PageModel(shell: shell, page: page))
        var response = Reply.html(text, status: status)
        guard GZip.isAccepted(request.accept) else { return response }
        response.headers[.contentEncoding] = "gzip"
        response.headers[.vary] = "Accept-Encoding"
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: GZip.compressed(Array(text.utf8))))
        return response
    }

    /// What the rail says; a service that does not answer says nothing there.
    private func counts() async -> RailCounts {
        async let keys = try? parts.peers.call(AdminMethods.meterV1.keys.list, ListRequest(pageSize: 500))
        async let accounts = try? parts.peers.call(AdminMethods.routerV1.accounts.list, ListRequest(pageSize: 500))
        var counts = RailCounts()
        if let page = await keys {
            let live = page.items.count { $0.revokedUS == nil }
            counts.keys = page.next == nil ? "\(live)" : "\(live)+"
        }
        if let page = await accounts {
            let enabled = page.items.filter(\.enabled)
            counts.providers = "\(Set(enabled.map(\.provider)).count)"
            counts.needsProvider = enabled.contains { !["", "ok", "closed", "healthy", "unknown"].contains($0.health) }
        }
        return counts
    }
}
