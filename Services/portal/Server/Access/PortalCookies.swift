import Hummingbird
import PortalCore

/// The cookies of the portal; each is HttpOnly and SameSite=Lax, and Secure where the browser came by HTTPS.
package enum PortalCookies {
    /// The operator's session.
    package static let session = "kr_session"
    /// The member's; its path is `/portal`.
    package static let member = "kr_member"
    /// Ties forms before a sign-in to the browser that they were sent to.
    package static let pre = "kr_pre"
    /// The right to set the first password, after the claim code.
    package static let claim = "kr_claim"

    /// What the act before can be taken back by.
    package static let undo = "kr_undo"

    /// Seconds that an act can be taken back in.
    static let undoSeconds = 10
    /// Seconds that the right to set the first password lasts.
    static let claimSeconds = 900
    private static let noticeSeconds = 60
    private static let appearanceSeconds = 365 * 86_400

    static func session(_ token: String, _ kind: PortalSession.Kind, seconds: Int, _ scheme: WebScheme) -> Cookie {
        switch kind {
        case .operator: make(session, token, seconds: seconds, path: "/", scheme)
        case .member: make(member, token, seconds: seconds, path: "/portal", scheme)
        }
    }

    static func end(_ kind: PortalSession.Kind, _ scheme: WebScheme) -> Cookie {
        session("", kind, seconds: 0, scheme)
    }

    static func pre(_ token: String, _ scheme: WebScheme) -> Cookie {
        // Without an age it ends with the browser.
        Cookie(name: pre, value: token, path: "/", secure: scheme == .https, httpOnly: true, sameSite: .lax)
    }

    static func claim(_ ticket: String, _ scheme: WebScheme) -> Cookie {
        make(claim, ticket, seconds: ticket.isEmpty ? 0 : claimSeconds, path: "/welcome", scheme)
    }

    static func undo(_ name: String, _ scheme: WebScheme) -> Cookie {
        make(undo, name, seconds: name.isEmpty ? 0 : undoSeconds, path: "/", scheme)
    }

    static func notice(_ notice: Notice?, _ scheme: WebScheme) -> Cookie {
        make(Notice.cookie, notice?.rawValue ?? "", seconds: notice == nil ? 0 : noticeSeconds, path: "/", scheme)
    }

    static func appearance(_ appearance: Appearance, _ scheme: WebScheme) -> Cookie {
        make(Appearance.cookie, appearance.cookieValue, seconds: appearanceSeconds, path: "/", scheme)
    }

    private static func make(
        _ name: String,
        _ value: String,
        seconds: Int,
        path: String,
        _ scheme: WebScheme
    ) -> Cookie {
        Cookie(
            name: name,
            value: value,
            maxAge: seconds,
            path: path,
            secure: scheme == .https,
            httpOnly: true,
            sameSite: .lax
        )
    }
}
