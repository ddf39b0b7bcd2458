import Contracts

/// The errors of the transport itself.
extension ServiceError {
    static var callCancelled: ServiceError {
        ServiceError(.cancelled, reason: "cancelled", message: "the call was cancelled", origin: .client)
    }

    static var deadlinePassed: ServiceError {
        ServiceError(.deadlineExceeded, reason: "deadline_exceeded", message: "the deadline has passed", origin: .peer)
    }

    static var draining: ServiceError {
        let message = "the server is shutting down"
        return ServiceError(.unavailable, reason: "draining", message: message, origin: .peer, retry: .next)
    }

    static func connectionLost(_ server: String) -> ServiceError {
        let message = "the connection to \(server) broke before an answer"
        return ServiceError(.unavailable, reason: "connection_lost", message: message, origin: .peer)
    }

    static func unreachable(_ server: String) -> ServiceError {
        let message = "\(server) cannot be reached"
        return ServiceError(.unavailable, reason: "unreachable", message: message, origin: .peer, retry: .next)
    }

    static func noServer(_ endpoint: String) -> ServiceError {
        let message = "no server answers at \(endpoint)"
        return ServiceError(.unavailable, reason: "no_server", message: message, origin: .peer)
    }

    static func tooManyCalls(_ limit: Int) -> ServiceError {
        let message = "a connection carries at most \(limit) calls at a time"
        return ServiceError(
            .resourceExhausted,
            reason: "too_many_calls",
            message: message,
            origin: .peer,
            retry: .same(afterMilliseconds: nil)
        )
    }

    static func invalidRequest(_ message: String) -> ServiceError {
        ServiceError(.invalidRequest, reason: "invalid_request", message: message, origin: .client)
    }

    static func invalidParameters(_ message: String) -> ServiceError {
        ServiceError(.invalidParams, reason: "invalid_params", message: message, origin: .client)
    }

    static func unparsable(_ message: String) -> ServiceError {
        ServiceError(.parseError, reason: "parse_error", message: message, origin: .client)
    }
}

extension ServiceError {
    /// Whether an answer speaks against its server rather than against the call.
    var isServerFailure: Bool {
        switch code {
        case .unavailable, .internalError, .internal, .unknown, .dataLoss: true
        default: false
        }
    }

    static var callOver: ServiceError {
        ServiceError(.failedPrecondition, reason: "call_over", message: "the call is over", origin: .peer)
    }

    static var clientClosed: ServiceError {
        ServiceError(.unavailable, reason: "client_closed", message: "the client was shut down")
    }
}
