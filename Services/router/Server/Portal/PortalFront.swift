import Bootstrap
import HTTP
import NIOHTTP1

/// Decides who may ask the portal for what, and has the portal answer.
///
/// Which listener and which peer a request came by decides; headers can only deny. The portal refuses what is for
/// operators on its own account too, unless this router says that the request came through the gate.
package struct PortalFront: Sendable {
    let proxy: PortalProxy
    /// Guards what is for operators on the main port.
    let mainGate: AdminGate
    /// The same on the listener that is for them alone; `nil` without one.
    let adminGate: AdminGate?
    /// Where the other listener is, as people are told.
    let adminPlace: String
    /// Where `/` on the main port leads to when the dashboard is elsewhere.
    let adminURL: String

    private static let methods: [HTTPMethod] = [.GET, .HEAD, .POST, .PUT, .PATCH, .DELETE, .OPTIONS]

    init(_ server: ServerSettings, proxy: PortalProxy) {
        self.proxy = proxy
        mainGate = AdminGate(server)
        adminGate = server.adminListen == nil ? nil : AdminGate(server, isOwnListener: true)
        adminPlace = server.adminListen.map { "http://\($0)/" } ?? ""
        adminURL = server.adminURL
    }

    /// The gate of a listener.
    func gate(of listener: Listener) -> AdminGate {
        listener == .admin ? adminGate ?? mainGate : mainGate
    }

    /// Serves a path that is not the client API's.
    ///
    /// - Returns: The status.
    @inline(never)
    func serve(_ exchange: HTTPExchange, on listener: Listener) async -> Int {
        guard Self.methods.contains(exchange.head.method) else { return PortalNotice.wrongMethod.answer(exchange) }
        let area = PortalArea(path: exchange.path)
        let gate = gate(of: listener)
        if area == .admin {
            if listener == .main, adminGate != nil { return leadElsewhere(exchange) }
            if let refusal = gate.refusal(exchange) { return PortalNotice.forbidden(refusal).answer(exchange) }
        }
        return await proxy.serve(exchange, area: area, origin: gate.origin(of: exchange))
    }

    /// The dashboard is on the other listener: its start page says where, its other pages are not here.
    private func leadElsewhere(_ exchange: HTTPExchange) -> Int {
        guard exchange.path == "/" else { return PortalNotice.nothing.answer(exchange) }
        guard !adminURL.isEmpty else { return PortalNotice.elsewhere(adminPlace).answer(exchange) }
        exchange.respond(.seeOther, headers: ["location": adminURL, "cache-control": "no-store"])
        return 303
    }
}
