import Contracts
import Hummingbird
import PortalCore

/// The frame around a page.
struct Shell {
    /// A link of the navigation.
    struct Entry {
        let href: String
        let icon: String
        let title: String
        let isCurrent: Bool
        var tail: String?
        var isFlagged = false
    }

    struct Group {
        let title: String?
        let entries: [Entry]
    }

    /// One of a list to choose from.
    struct Choice {
        let value: String
        let title: String
        let isChosen: Bool
    }

    /// What the page says once.
    struct Saying {
        let kind: String
        let icon: String
        let text: String
        /// Names what takes the act back.
        var undo: String?
    }

    let title: String
    /// `light` or `dark`; nil: as the system says.
    let theme: String?
    let palette: String
    let csrf: String
    let style: String
    let script: String
    let fonts: String?
    let groups: [Group]
    let tabs: [Entry]
    let saying: Saying?
    let isInsecure: Bool
    let base: String
    let next: String
    let looksAction: String
    let themes: [Choice]
    let palettes: [Choice]
    let isMember: Bool
}

/// What the rail says beside its links.
struct RailCounts: Sendable {
    var keys: String?
    var providers: String?
    var needsProvider = false
}

extension Shell {
    /// Where a visitor is.
    enum Area {
        case admin(RailCounts)
        case gate
        case member
    }

    init(_ title: String, _ area: Area, files: StaticFiles, request: PageRequest) {
        let context = request.context
        let path = request.path
        self.title = title
        theme = context.appearance.theme == .system ? nil : context.appearance.theme.rawValue
        palette = context.appearance.palette.rawValue
        csrf = context.csrf
        style = files.address(of: "portal.css")
        script = files.address(of: "portal.js")
        fonts = files.fontStyle
        saying = context.notice.map(Saying.init).map { saying in
            var saying = saying
            saying.undo = context.notice?.isProblem == false ? context.undo.flatMap(Self.undoName) : nil
            return saying
        }
        isInsecure = context.isInsecure
        base = "\(context.scheme.rawValue)://\(request.host)/v1"
        next = request.back
        themes = Appearance.Theme.allCases.map {
            Choice(
                value: $0.rawValue,
                title: $0 == .system ? "As the system" : $0.rawValue.capitalizedFirst,
                isChosen: $0 == context.appearance.theme
            )
        }
        palettes = Appearance.Palette.allCases.map {
            Choice(value: $0.rawValue, title: $0.title, isChosen: $0 == context.appearance.palette)
        }
        isMember = PortalContext.isMember(path: path)
        looksAction = isMember ? "/portal/appearance" : "/appearance"
        if case .admin(let counts) = area {
            groups = Self.groups(path, counts)
            tabs = Self.tabs(path)
        } else {
            groups = []
            tabs = []
        }
    }

    /// A cookie's text is shown in a form if it can be a name that the shelf gave.
    private static func undoName(_ text: String) -> String? {
        text.utf8.count == 16 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            ? text : nil
    }

    private static func groups(_ path: String, _ counts: RailCounts) -> [Group] {
        func entry(_ href: String, _ icon: String, _ title: String, tail: String? = nil, flag: Bool = false) -> Entry {
            let isCurrent = href == "/" ? path == "/" : path == href || path.hasPrefix(href + "/")
            return Entry(href: href, icon: icon, title: title, isCurrent: isCurrent, tail: tail, isFlagged: flag)
        }
        return [
            Group(
                title: nil,
                entries: [
                    entry("/", "home", "Overview"), entry("/requests", "rows", "Requests", tail: "live"),
                    entry("/usage", "chart", "Usage"), entry("/quotas", "gauge", "Quotas"),
                ]
            ),
            Group(
                title: "Route",
                entries: [
                    entry(
                        "/providers",
                        "node",
                        "Providers",
                        tail: counts.needsProvider ? nil : counts.providers,
                        flag: counts.needsProvider
                    ),
                    entry("/chains", "chain", "Chains"), entry("/saving", "bolt", "Token saving"),
                ]
            ),
            Group(
                title: "People",
                entries: [
                    entry("/keys", "key", "Keys", tail: counts.keys), entry("/plans", "plan", "Plans"),
                    entry("/guardrails", "shield", "Guardrails"),
                ]
            ),
            Group(
                title: "Connect",
                entries: [
                    entry("/welcome/connect", "term", "First request"), entry("/audit", "book", "Audit"),
                    entry("/settings", "cog", "Settings"),
                ]
            ),
        ]
    }

    private static func tabs(_ path: String) -> [Entry] {
        [
            ("/", "home", "Overview"), ("/requests", "rows", "Requests"), ("/providers", "node", "Providers"),
            ("/keys", "key", "Keys"), ("#more", "more", "More"),
        ].map { href, icon, title in
            let isCurrent = href == "/" ? path == "/" : path == href || path.hasPrefix(href + "/")
            return Entry(href: href, icon: icon, title: title, isCurrent: isCurrent)
        }
    }
}

extension Shell.Saying {
    init(_ notice: Notice) {
        kind = notice.isProblem ? "warn" : "good"
        icon = notice.isProblem ? "warn" : "ok"
        text =
            switch notice {
            case .signedOut: "You are signed out."
            case .sessionEnded: "The session has ended. Sign in again."
            case .keyEnded: "This key was revoked or has expired. Ask for a new one."
            case .passwordSet: "The password is set, and you are signed in."
            case .saved: "Saved. It applies from the next request on."
            case .created: "Made."
            case .createdWithoutAccount: "Made. Its accounts need settings of their own: add the first one here."
            case .deleted: "Deleted."
            case .revoked: "Revoked. It is refused from now on."
            case .tested: "The provider accepts the credential. Nothing was spent."
            case .testFailed: "The provider did not accept the credential. Check it and try again."
            case .conflict: "Somebody else changed this meanwhile. Look at it as it is now, then repeat your change."
            case .declared: "The configuration file declares this. Change it there."
            case .invalid: "That was not acceptable as sent. Check the fields and try again."
            case .unavailable: "The service behind this page does not answer. Try again in a moment."
            case .notAllowed: "That is not allowed here."
            case .undone: "Put back as it was."
            case .undoGone: "It was too late to take that back. Nothing was changed; change it here by hand."
            }
    }
}

extension Appearance.Palette {
    var title: String { self == .sageTerra ? "Sage and terra" : rawValue.capitalizedFirst }
}

extension String {
    /// With a capital at the beginning.
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
