import Contracts
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PortalCore
import Secrets

/// Runs before every route: finds out who asks and from where, refuses forged forms, and turns errors into answers.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = PortalContext

    let sessions: SessionKeeper
    let looks: Looks
    let csrfKey: Subkey
    let pages: any EntryPages

    func handle(
        _ request: Request,
        context: PortalContext,
        next: @concurrent (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        var context = context
        var pre: String?
        var response: Response
        do {
            try readFrame(request, &context)
            pre = try await authenticate(request, &context)
            if Self.changes(request) { try await admitChange(&request, &context) }
            response = try await next(request, context)
        } catch {
            response = try answer(error, request, context)
        }
        addCookies(to: &response, request, context, pre)
        return response
    }

    // MARK: Who asks

    /// Reads what the router says of the request.
    private func readFrame(_ request: Request, _ context: inout PortalContext) throws {
        let headers = request.headers
        context.area = headers.value("X-KeiRouter-Area").flatMap(Area.init(rawValue:)) ?? .open
        context.peer = SafeText.line(headers.value("X-KeiRouter-Peer") ?? "unix", longest: 64)
        context.scheme = headers.value("X-KeiRouter-Scheme").flatMap(WebScheme.init(rawValue:)) ?? .http
        context.appearance = request.cookies[Appearance.cookie].map { Appearance(cookie: $0.value) } ?? looks.current
        context.notice = request.cookies[Notice.cookie].flatMap { Notice(rawValue: $0.value) }
        context.undo = request.cookies[PortalCookies.undo]?.value
        context.claimTicket = request.cookies[PortalCookies.claim]?.value
        // Whoever may not see the dashboard is not told that there is one.
        guard context.area == .admin || Self.isOpen(request.uri.path) else { throw Problem.notFound }
    }

    /// The paths that any peer may ask for.
    static func isOpen(_ path: String) -> Bool {
        PortalContext.isMember(path: path) || path.hasPrefix("/static/") || path == "/healthz" || path == "/readyz"
    }

    /// Finds the session and the token that forms must carry.
    ///
    /// - Returns: A new token for a browser that has none, to be set as a cookie with a page.
    private func authenticate(_ request: Request, _ context: inout PortalContext) async throws -> String? {
        let path = request.uri.path
        guard !path.hasPrefix("/static/"), path != "/healthz", path != "/readyz" else { return nil }
        var token: String?
        if PortalContext.isMember(path: path) {
            if let sent = request.cookies[PortalCookies.member]?.value {
                context.memberSession = try await sessions.find(sent, .member)
                if context.memberSession != nil { token = sent }
            }
        } else if let sent = request.cookies[PortalCookies.session]?.value {
            context.operatorSession = try await sessions.find(sent, .operator)
            if context.operatorSession != nil { token = sent }
        }
        var fresh: String?
        if token == nil {
            token = request.cookies[PortalCookies.pre].map(\.value).flatMap { Tokens.accepts($0) ? $0 : nil }
            if token == nil {
                fresh = Tokens.make()
                token = fresh
            }
        }
        if let token {
            context.expectedCSRF = Tokens.csrf(for: token, key: csrfKey)
            context.csrf = Tokens.masked(context.expectedCSRF)
        }
        return fresh
    }

    // MARK: What may change something

    private static func changes(_ request: Request) -> Bool {
        switch request.method {
        case .get, .head, .options: false
        default: true
        }
    }

    /// Lets a request that changes something through if it comes from one of our pages, of this very session.
    private func admitChange(_ request: inout Request, _ context: inout PortalContext) async throws {
        let headers = request.headers
        guard
            OriginRule.allows(
                fetchSite: headers.value("Sec-Fetch-Site"),
                origin: headers.value("Origin"),
                host: request.head.authority ?? headers.value("Host")
            )
        else { throw Problem.foreign }
        var sent = headers.value("X-CSRF-Token")
        let body = try await request.body.collect(upTo: PortalLimits.body)
        request.body = RequestBody(buffer: body)
        if headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            context.form = FormFields(urlEncoded: String(buffer: body))
            sent = sent ?? context.form.exact("_csrf")
        }
        guard Tokens.matches(sent.flatMap(Tokens.unmasked), context.expectedCSRF) else { throw Problem.csrf }
    }

    // MARK: The answer

    private func answer(_ error: any Error, _ request: Request, _ context: PortalContext) throws -> Response {
        let problem = ProblemTable.problem(error, requestID: context.requestID)
        if problem.status >= 500 {
            context.logger.warning(
                "request failed",
                metadata: [
                    "path": "\(request.uri.path)", "status": "\(problem.status)", "reason": "\(problem.reason)",
                    "keirouter.request.id": "\(context.requestID)",
                ]
            )
        }
        if problem == Problem.csrf.at(context.requestID), let page = Self.entryPage(of: request.uri.path) {
            return try pages.entry(page, status: .forbidden, context: context)
        }
        guard Self.wantsPage(request) else { return Reply.problem(problem) }
        var response = try pages.problem(problem, context: context)
        if let seconds = problem.retryAfter { response.headers.set("Retry-After", "\(seconds)") }
        return response
    }

    /// The form that was open too long, to be shown anew.
    private static func entryPage(of path: String) -> EntryPage? {
        switch path {
        case "/login": .login(.staleForm, next: nil)
        case "/welcome/claim": .claim(.staleForm)
        case "/welcome/password": .password(.staleForm)
        case "/portal": .member(.staleForm)
        default: nil
        }
    }

    /// Whether people read the answer.
    static func wantsPage(_ request: Request) -> Bool {
        guard !request.uri.path.hasPrefix("/api/") else { return false }
        return request.headers[.accept]?.contains("text/html") == true
    }

    private func addCookies(
        to response: inout Response,
        _ request: Request,
        _ context: PortalContext,
        _ pre: String?
    ) {
        guard response.headers[.contentType]?.hasPrefix("text/html") == true else { return }
        if let pre { response.setCookie(PortalCookies.pre(pre, context.scheme)) }
        if context.undo != nil { response.setCookie(PortalCookies.undo("", context.scheme)) }
        if context.notice != nil { response.setCookie(PortalCookies.notice(nil, context.scheme)) }
    }
}

extension Problem {
    /// The same about a request.
    func at(_ requestID: String) -> Problem {
        var problem = self
        problem.instance = requestID
        return problem
    }
}
