/// What a page says once, after a form was sent; it travels in a short-lived cookie as one of these words.
///
/// Words and not sentences: nobody can put text on a page by setting a cookie.
package enum Notice: String, CaseIterable, Hashable, Sendable {
    case signedOut = "signed-out"
    case sessionEnded = "session-ended"
    case keyEnded = "key-ended"
    case passwordSet = "password-set"
    case saved
    case created
    case createdWithoutAccount = "created-without-account"
    case deleted
    case revoked
    case tested
    case testFailed = "test-failed"
    case conflict
    case declared
    case invalid
    case unavailable
    case notAllowed = "not-allowed"
    case undone
    case undoGone = "undo-gone"

    /// The cookie's name.
    package static let cookie = "kr_notice"

    /// Whether it tells of something that did not work.
    package var isProblem: Bool {
        switch self {
        case .signedOut, .passwordSet, .saved, .created, .createdWithoutAccount, .deleted, .revoked, .tested, .undone:
            false
        default: true
        }
    }
}
