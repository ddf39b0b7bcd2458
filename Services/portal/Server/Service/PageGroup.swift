package import Hummingbird
package import PortalCore

/// Pages that belong together: they add their routes and keep what they need.
package protocol PageGroup: Sendable {
    /// Adds the routes.
    func add(to routes: PortalRoutes)
}

/// Where pages and API add their routes, by who may reach them.
///
/// A refusal never reaches the route: the area that is not `admin` hears 404 on the first two, a visitor without a
/// session is led to the sign-in page (401 for those who want JSON). Every request that is not GET or HEAD has passed
/// the check of its origin and of its `_csrf` field or `X-CSRF-Token`, and its form is in ``PortalContext/form``.
package struct PortalRoutes {
    /// The operator, signed in.
    package let admin: RouterGroup<PortalContext>
    /// The admin area before the sign-in: `/login`, `/welcome`.
    package let entry: RouterGroup<PortalContext>
    /// A teammate, signed in with a key: paths below `/portal`.
    package let member: RouterGroup<PortalContext>
    /// Anybody: `/portal`'s sign-in form, `/static`.
    package let open: RouterGroup<PortalContext>
}

/// The pages that the foundation itself answers with.
package protocol EntryPages: Sendable {
    /// `/welcome`, `/login` or the sign-in form of `/portal`, also after a refused form.
    func entry(_ page: EntryPage, status: HTTPResponse.Status, context: PortalContext) throws -> Response
    /// What went wrong, for people.
    func problem(_ problem: Problem, context: PortalContext) throws -> Response
}

/// A page to sign in on.
package enum EntryPage: Hashable, Sendable {
    /// Asks for the claim code of the log.
    case claim(EntryError?)
    /// The code was right: asks for a password.
    case password(EntryError?)
    /// Asks for the password. `next`: the path to go to afterwards, checked.
    case login(EntryError?, next: String?)
    /// Asks a teammate for a key.
    case member(EntryError?)
}

/// Why a sign-in form was refused.
package enum EntryError: Error, Hashable, Sendable {
    case wrongCode
    case codeUsed
    case wrongPassword
    /// The password does not meet this rule.
    case passwordRule(PasswordRule)
    /// The two fields differ.
    case passwordsDiffer
    /// The key is not one, is mistyped, unknown, revoked or expired; which of these is not said.
    case wrongKey
    /// Too many attempts; seconds until the next one.
    case tooMany(retrySeconds: Int)
    /// The form was open too long, or its cookie is missing.
    case staleForm
    /// The meter does not answer.
    case unavailable
}

/// All pages: what ``PortalPages`` hands to the service.
package struct PortalPageSet: Sendable {
    package var groups: [any PageGroup]
    package var entry: any EntryPages

    package init(groups: [any PageGroup], entry: any EntryPages) {
        self.groups = groups
        self.entry = entry
    }
}
