/// A sign-in as the portal keeps it; the token that proves it exists in the browser's cookie alone.
package struct PortalSession: Hashable, Sendable, Identifiable {
    /// Whose it is.
    package enum Kind: String, Hashable, Sendable {
        /// The operator's: everything.
        case `operator`
        /// A teammate's: what one key may see of itself.
        case member
    }

    /// Names the session in lists and when it is revoked; says nothing about its token.
    package var id: String
    package var kind: Kind
    /// The key's id, for a member.
    package var keyID: String?
    package var createdUS: Int
    package var lastSeenUS: Int
    /// When it ends however much it is used.
    package var expiresUS: Int
    /// Where it was opened from.
    package var peer: String
    /// The browser, as it calls itself, cut to 200 characters.
    package var agent: String

    package init(
        id: String,
        kind: Kind,
        keyID: String? = nil,
        createdUS: Int,
        lastSeenUS: Int,
        expiresUS: Int,
        peer: String,
        agent: String
    ) {
        self.id = id
        self.kind = kind
        self.keyID = keyID
        self.createdUS = createdUS
        self.lastSeenUS = lastSeenUS
        self.expiresUS = expiresUS
        self.peer = peer
        self.agent = agent
    }
}

/// How long sessions last.
package struct SessionLimits: Hashable, Sendable {
    /// Without a request.
    package var idleUS = 12 * 3_600_000_000
    /// From the sign-in on.
    package var absoluteUS = 7 * 86_400_000_000
    /// How often the last request is written down; more often only wears the disk.
    package var touchUS = 60_000_000
    /// Open sessions of the operator, and of one key; the oldest goes when another comes.
    package var perOwner = 20
    /// Open sessions of everybody.
    package var total = 10_000

    package init() {}

    /// Whether a session still counts.
    package func isLive(_ session: PortalSession, at nowUS: Int) -> Bool {
        nowUS < session.expiresUS && nowUS - session.lastSeenUS < idleUS
    }
}
