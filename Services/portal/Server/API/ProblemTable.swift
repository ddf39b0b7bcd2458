import Contracts
import Hummingbird
import JSON
import NIOCore
package import PortalCore

/// The one place that turns an error into a problem.
package enum ProblemTable {
    /// A status and its title.
    private typealias Entry = (status: Int, title: String)

    /// What a service's refusal is in HTTP.
    private static func entry(_ error: ServiceError) -> Entry {
        switch error.code {
        case .invalidArgument, .outOfRange, .parseError, .invalidRequest, .invalidParams:
            (400, "Not acceptable as sent")
        case .unauthenticated: (401, "Sign-in needed")
        case .permissionDenied: (403, "Not allowed")
        case .notFound: (404, "Not found")
        case .alreadyExists: (409, "Exists already")
        case .failedPrecondition: (409, "Not possible as things are")
        case .aborted: (412, "Changed by somebody else")
        case .resourceExhausted: (429, "Too many")
        case .unimplemented, .methodNotFound: (501, "Not offered")
        case .unavailable, .cancelled: (503, "Not reachable now")
        case .deadlineExceeded: (504, "No answer in time")
        default: (500, "Failed inside")
        }
    }

    /// What any error is answered as; an unknown one says nothing of itself.
    package static func problem(_ error: any Error, requestID: String) -> Problem {
        var problem = plain(error)
        problem.instance = requestID
        return problem
    }

    private static func plain(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as ServiceError: service(error)
        case let error as HTTPError: http(error)
        case is NIOTooManyBytesError: .tooLarge
        case let error as WireError:
            Problem(status: 400, reason: "invalid_body", title: "Not acceptable as sent", detail: error.description)
        case let error as JSONError:
            Problem(status: 400, reason: "invalid_json", title: "Not JSON", detail: "\(error)")
        case is CancellationError:
            Problem(status: 503, reason: "stopping", title: "Not reachable now", detail: "the portal is stopping")
        default:
            Problem(
                status: 500,
                reason: "internal",
                title: "Failed inside",
                detail: "the portal could not answer; its log has this request's id"
            )
        }
    }

    private static func service(_ error: ServiceError) -> Problem {
        let entry = entry(error)
        var seconds: Int?
        if case .same(let milliseconds) = error.retry { seconds = max(1, ((milliseconds ?? 1000) + 999) / 1000) }
        return Problem(
            status: entry.status,
            reason: error.reason,
            title: entry.title,
            detail: error.message,
            retryAfter: seconds,
            details: error.details
        )
    }

    private static func http(_ error: HTTPError) -> Problem {
        switch error.status.code {
        case 404: .notFound
        case 405:
            Problem(status: 405, reason: "method", title: "Not that way", detail: "this address takes another method")
        case 413: .tooLarge
        default:
            Problem(
                status: error.status.code,
                reason: "request",
                title: "Not acceptable as sent",
                detail: error.body ?? error.status.reasonPhrase
            )
        }
    }
}

extension Problem {
    /// There is nothing at this address for this visitor.
    package static let notFound = Problem(
        status: 404,
        reason: "not_found",
        title: "Not found",
        detail: "there is nothing at this address"
    )

    static let tooLarge = Problem(
        status: 413,
        reason: "too_large",
        title: "Too large",
        detail: "the body may have \(PortalLimits.body) bytes"
    )

    static let signIn = Problem(
        status: 401,
        reason: "sign_in",
        title: "Sign-in needed",
        detail: "sign in at /login and send the session's cookie"
    )

    static let foreign = Problem(
        status: 403,
        reason: "foreign_origin",
        title: "Not allowed",
        detail: "the request comes from another site"
    )

    static let csrf = Problem(
        status: 403,
        reason: "csrf",
        title: "Not allowed",
        detail: "the form's token is missing or belongs to another session; open the page again and repeat"
    )

    static let late = Problem(
        status: 504,
        reason: "deadline",
        title: "No answer in time",
        detail: "the answer took longer than 30 seconds"
    )
}
