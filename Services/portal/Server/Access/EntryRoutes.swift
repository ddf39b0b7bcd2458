import Contracts
import HTTPTypes
import Hummingbird
import PortalCore

/// The ways in and out: claim, password, sign-in, sign-out, sessions.
struct EntryRoutes: PageGroup {
    let parts: PortalParts
    let pages: any EntryPages

    func add(to routes: PortalRoutes) {
        routes.entry.get("/welcome") { _, context in try await welcome(context) }
        routes.entry.get("/login") { request, context in try await loginPage(request, context) }
        routes.entry.post("/welcome/claim") { _, context in try await claim(context) }
        routes.entry.post("/welcome/password") { request, context in try await setPassword(request, context) }
        routes.entry.post("/login") { request, context in try await login(request, context) }
        routes.entry.post("/appearance") { request, context in try await appearance(request, context) }
        routes.admin.post("/logout") { _, context in try await logout(context) }
        routes.admin.post("/sessions/:id/revoke") { _, context in try await revoke(context) }
        routes.open.post("/portal") { request, context in try await memberLogin(request, context) }
        routes.open.post("/portal/appearance") { request, context in try await appearance(request, context) }
        routes.member.post("/portal/logout") { _, context in try await memberLogout(context) }
    }

    // MARK: Claim

    private func welcome(_ context: PortalContext) async throws -> Response {
        if try await parts.operators.isClaimed() { return Reply.redirect(to: "/welcome/connect", context) }
        return try pages.entry(try await firstPage(context, nil), status: .ok, context: context)
    }

    /// The page that this browser's ticket leads to.
    private func firstPage(_ context: PortalContext, _ error: EntryError?) async throws -> EntryPage {
        try await parts.operators.accepts(ticket: context.claimTicket) ? .password(error) : .claim(error)
    }

    private func claim(_ context: PortalContext) async throws -> Response {
        switch try await parts.operators.claim(context.form["code"] ?? "", peer: context.peer) {
        case .success(let ticket):
            await parts.audit.record("claim", "operator", "", context)
            var response = Reply.redirect(to: "/welcome", context)
            response.setCookie(PortalCookies.claim(ticket, context.scheme))
            return response
        case .failure(let error):
            await parts.audit.record("claim", "operator", "", outcome: error.word, context)
            return try refused(.claim(error), error, context)
        }
    }

    private func setPassword(_ request: Request, _ context: PortalContext) async throws -> Response {
        let password = context.form.exact("password") ?? ""
        guard password == context.form.exact("repeat") else {
            return try refused(.password(.passwordsDiffer), .passwordsDiffer, context)
        }
        if let error = try await parts.operators.setFirst(password, ticket: context.claimTicket) {
            await parts.audit.record("set-password", "operator", "", outcome: error.word, context)
            return try refused(error == .codeUsed ? .claim(error) : .password(error), error, context)
        }
        await parts.audit.record("set-password", "operator", "", context)
        var response = try await signedIn(request, context, to: "/welcome/connect", notice: .passwordSet)
        response.setCookie(PortalCookies.claim("", context.scheme))
        return response
    }

    // MARK: Operator

    private func loginPage(_ request: Request, _ context: PortalContext) async throws -> Response {
        guard try await parts.operators.isClaimed() else { return Reply.redirect(to: "/welcome", context) }
        let next = OriginRule.nextPath(request.uri.queryParameters.get("next"))
        if context.operatorSession != nil { return Reply.redirect(to: next ?? "/", context) }
        return try pages.entry(.login(nil, next: next), status: .ok, context: context)
    }

    private func login(_ request: Request, _ context: PortalContext) async throws -> Response {
        let next = OriginRule.nextPath(context.form["next"])
        if let error = try await parts.operators.check(context.form.exact("password") ?? "", peer: context.peer) {
            await parts.audit.record("sign-in", "operator", "", outcome: error.word, context)
            return try refused(.login(error, next: next), error, context)
        }
        return try await signedIn(request, context, to: next ?? "/", notice: nil)
    }

    /// Opens a session under a new token; whichever token the browser had before is worth nothing from now on.
    private func signedIn(
        _ request: Request,
        _ context: PortalContext,
        to path: String,
        notice: Notice?
    ) async throws -> Response {
        let (session, token) = try await parts.sessions.open(
            .operator,
            replacing: request.cookies[PortalCookies.session]?.value,
            peer: context.peer,
            agent: request.headers.value("User-Agent") ?? ""
        )
        var context = context
        context.operatorSession = session
        await parts.audit.record("sign-in", "operator", session.id, context)
        var response = Reply.redirect(to: path, notice: notice, context)
        let seconds = parts.sessions.limits.absoluteUS / 1_000_000
        response.setCookie(PortalCookies.session(token, .operator, seconds: seconds, context.scheme))
        return response
    }

    private func logout(_ context: PortalContext) async throws -> Response {
        if let session = context.operatorSession {
            try await parts.sessions.end(session.id)
            await parts.audit.record("sign-out", "operator", session.id, context)
        }
        var response = Reply.redirect(to: "/login", notice: .signedOut, context)
        response.setCookie(PortalCookies.end(.operator, context.scheme))
        return response
    }

    /// Ends one session; `others` ends all but this one.
    private func revoke(_ context: PortalContext) async throws -> Response {
        let id = try context.pathID
        guard let own = context.operatorSession else { throw Problem.signIn }
        if id == "others" {
            try await parts.sessions.endAll(.operator, except: own.id)
        } else if try await !parts.sessions.end(id) {
            await parts.audit.record("revoke", "sessions", id, outcome: "not_found", context)
            throw Problem.notFound
        }
        await parts.audit.record("revoke", "sessions", id, context)
        return Reply.redirect(to: id == own.id ? "/login" : "/sessions", notice: .revoked, context)
    }

    // MARK: Member

    private func memberLogin(_ request: Request, _ context: PortalContext) async throws -> Response {
        switch await parts.members.check(context.form["key"] ?? "", peer: context.peer) {
        case .success(let keyID):
            let (_, token) = try await parts.sessions.open(
                .member,
                keyID: keyID,
                replacing: request.cookies[PortalCookies.member]?.value,
                peer: context.peer,
                agent: request.headers.value("User-Agent") ?? ""
            )
            var response = Reply.redirect(to: "/portal", context)
            let seconds = parts.sessions.limits.absoluteUS / 1_000_000
            response.setCookie(PortalCookies.session(token, .member, seconds: seconds, context.scheme))
            return response
        case .failure(let error):
            return try refused(.member(error), error, context)
        }
    }

    private func memberLogout(_ context: PortalContext) async throws -> Response {
        if let session = context.memberSession { try await parts.sessions.end(session.id) }
        var response = Reply.redirect(to: "/portal", notice: .signedOut, context)
        response.setCookie(PortalCookies.end(.member, context.scheme))
        return response
    }

    // MARK: Looks

    private func appearance(_ request: Request, _ context: PortalContext) async throws -> Response {
        var appearance = context.appearance
        if let theme = context.form["theme"].flatMap(Appearance.Theme.init(rawValue:)) { appearance.theme = theme }
        if let palette = context.form["palette"].flatMap(Appearance.Palette.init(rawValue:)) {
            appearance.palette = palette
        }
        // Whoever comes next without a choice of his own sees what the operator sees.
        if context.operatorSession != nil { try await parts.looks.choose(appearance) }
        let home = PortalContext.isMember(path: request.uri.path) ? "/portal" : "/"
        var response = Reply.redirect(to: OriginRule.nextPath(context.form["next"]) ?? home, context)
        response.setCookie(PortalCookies.appearance(appearance, context.scheme))
        return response
    }

    /// The form again, with what was wrong.
    private func refused(_ page: EntryPage, _ error: EntryError, _ context: PortalContext) throws -> Response {
        var response = try pages.entry(page, status: error.status, context: context)
        if case .tooMany(let seconds) = error { response.headers.set("Retry-After", "\(seconds)") }
        return response
    }
}

extension EntryError {
    /// What the audit calls it.
    var word: String {
        switch self {
        case .wrongCode: "wrong_code"
        case .codeUsed: "code_used"
        case .wrongPassword: "wrong_password"
        case .passwordRule(let rule): "password_\(rule.rawValue)"
        case .passwordsDiffer: "passwords_differ"
        case .wrongKey: "wrong_key"
        case .tooMany: "too_many"
        case .staleForm: "stale_form"
        case .unavailable: "unavailable"
        }
    }

    /// The status of the form that is shown again.
    var status: HTTPResponse.Status {
        switch self {
        case .wrongCode, .wrongPassword, .wrongKey: .unauthorized
        case .codeUsed, .staleForm: .forbidden
        case .passwordRule, .passwordsDiffer: .unprocessableContent
        case .tooMany: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }
}
