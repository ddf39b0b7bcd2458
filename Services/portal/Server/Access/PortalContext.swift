package import Hummingbird
package import PortalCore

/// What a request is seen with: where it came from, who sent it, and what its answer must carry.
///
/// The access middleware fills it in before any page or API route runs.
package struct PortalContext: RequestContext, Sendable {
    package var coreContext: CoreRequestContextStorage
    /// Names the request in logs, problems and the audit.
    package var requestID = ""
    /// Which door it came in by; without word from the router it is the open one.
    package var area = Area.open
    /// The peer's address as the router saw it, or `unix`.
    package var peer = "unix"
    package var scheme = WebScheme.http
    /// The operator's session, when there is one.
    package var operatorSession: PortalSession?
    /// The member's session; its cookie reaches `/portal` alone.
    package var memberSession: PortalSession?
    /// Goes into every form as `_csrf` and into the page for scripts, which send it as `X-CSRF-Token`.
    ///
    /// It is masked anew for every answer.
    package var csrf = ""
    /// What ``csrf`` stands for.
    var expectedCSRF = ""
    /// Names what the act before can be taken back by.
    var undo: String?
    /// Theme and palette, for the root element.
    package var appearance = Appearance()
    /// What to say once.
    package var notice: Notice?
    /// The fields of a form that was posted; empty otherwise.
    package var form = FormFields()
    /// The right to set the first password, from its cookie.
    var claimTicket: String?

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// The longest body that is read: 1 MiB.
    package var maxUploadSize: Int { PortalLimits.body }

    /// Whether what is typed on this page can be read on its way: plain HTTP that leaves the machine.
    package var isInsecure: Bool { scheme == .http && !PeerAddress.isLocal(peer) }

    /// The `:id` of the route's path, as it was before it was put into an address: names may hold any character.
    package var pathID: String {
        get throws { PathText.decoded(try parameters.require("id")[...]) }
    }

    /// Whether the request is about the teammates' portal.
    package static func isMember(path: String) -> Bool { path == "/portal" || path.hasPrefix("/portal/") }
}

/// The numbers that bound a request.
package enum PortalLimits {
    /// The longest request body.
    package static let body = 1 << 20
    /// From a request's head to its answer's head.
    package static let request = Duration.seconds(30)
    /// One call of another service.
    package static let call = Duration.seconds(10)
    /// A connection on which nothing is asked.
    package static let idle = Duration.seconds(60)
}

/// The fields of a form, decoded; a field that is sent several times has several values.
package struct FormFields: Sendable {
    private var values: [String: [String]] = [:]

    package init() {}

    /// Reads `application/x-www-form-urlencoded` text.
    package init(urlEncoded text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = PathText.decoded(parts[0], plusIsSpace: true)
            values[name, default: []].append(parts.count > 1 ? PathText.decoded(parts[1], plusIsSpace: true) : "")
        }
    }

    /// The first value, without white space around it; `nil` when the field was not sent.
    package subscript(_ name: String) -> String? {
        values[name]?.first.map { value in
            var value = value[...]
            while value.first?.isWhitespace == true { value.removeFirst() }
            while value.last?.isWhitespace == true { value.removeLast() }
            return String(value)
        }
    }

    /// The first value as it was sent: for passwords.
    package func exact(_ name: String) -> String? { values[name]?.first }

    /// Every value of a field, as sent.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    /// The names that were sent, sorted.
    package var names: [String] { values.keys.sorted() }
}
