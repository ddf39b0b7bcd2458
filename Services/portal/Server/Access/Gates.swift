import Contracts
import HTTPTypes
import Hummingbird
import PortalCore

/// Lets the signed-in operator through.
struct OperatorGate: RouterMiddleware {
    typealias Context = PortalContext

    let operators: OperatorAccess

    func handle(
        _ request: Request,
        context: PortalContext,
        next: @concurrent (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        if context.operatorSession != nil { return try await next(request, context) }
        guard AccessMiddleware.wantsPage(request), request.method == .get || request.method == .head else {
            throw Problem.signIn
        }
        guard try await operators.isClaimed() else { return Reply.redirect(to: "/welcome", context) }
        guard let path = OriginRule.nextPath(request.uri.description), path != "/" else {
            return Reply.redirect(to: "/login", context)
        }
        return Reply.redirect(to: "/login?next=\(PathText.segment(path, keepsSlash: true))", context)
    }
}

/// Lets a teammate through whose key may still be used.
struct MemberGate: RouterMiddleware {
    typealias Context = PortalContext

    let members: MemberAccess
    let pages: any EntryPages

    func handle(
        _ request: Request,
        context: PortalContext,
        next: @concurrent (Request, PortalContext) async throws -> Response
    ) async throws -> Response {
        guard let session = context.memberSession else { return try refuse(request, context) }
        guard try await members.isLive(session) else {
            var context = context
            context.memberSession = nil
            context.notice = .keyEnded
            var response = try refuse(request, context)
            response.setCookie(PortalCookies.end(.member, context.scheme))
            return response
        }
        return try await next(request, context)
    }

    private func refuse(_ request: Request, _ context: PortalContext) throws -> Response {
        guard request.method == .get || request.method == .head, AccessMiddleware.wantsPage(request) else {
            throw Problem(
                status: 401,
                reason: "sign_in",
                title: "Sign-in needed",
                detail: "sign in at /portal with your key"
            )
        }
        // The form stands at the very address of the page, so that a link works before and after the sign-in.
        guard request.uri.path == "/portal" else {
            return Reply.redirect(to: "/portal", notice: context.notice, context)
        }
        return try pages.entry(.member(nil), status: .ok, context: context)
    }
}
