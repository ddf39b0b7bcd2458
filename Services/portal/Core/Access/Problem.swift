/// A problem detail (RFC 9457): what every error is answered as, in JSON or on a page.
package struct Problem: Error, Hashable, Sendable {
    /// The HTTP status.
    package var status: Int
    /// What went wrong in one word: the end of `type`.
    package var reason: String
    /// The status in words.
    package var title: String
    /// One sentence that says what to do.
    package var detail: String
    /// The request's id, for the log.
    package var instance: String
    /// Seconds after which to try again.
    package var retryAfter: Int?
    /// What a program may want to know besides.
    package var details: [String: String]

    package init(
        status: Int,
        reason: String,
        title: String,
        detail: String,
        instance: String = "",
        retryAfter: Int? = nil,
        details: [String: String] = [:]
    ) {
        self.status = status
        self.reason = reason
        self.title = title
        self.detail = detail
        self.instance = instance
        self.retryAfter = retryAfter
        self.details = details
    }

    /// Where the reasons are documented; a relative reference, so that no outside address is named.
    package var type: String { "/api/openapi.json#/components/responses/Problem:\(reason)" }
}
