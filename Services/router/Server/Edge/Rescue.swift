import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import Secrets

/// The only place where a failure becomes an answer, in the client's dialect.
enum Rescue {
    /// Tells the client; inside a stream as the dialect's error event, after which nothing follows.
    ///
    /// - Returns: The status the client saw, for metrics; 499 when nobody was there to see one.
    static func answer(_ failure: RequestFailure, to call: ChatCall) -> Int {
        let exchange = call.exchange
        switch failure {
        case .clientGone:
            exchange.abort()
            return 499
        case .edge(let error):
            let status = Int(error.status.code)
            respond(clientError(error), HTTPResponseStatus(statusCode: status), call)
            return status
        case .error(let error):
            let status = error.status(call.dialect)
            guard exchange.hasBegun else {
                respond(error, HTTPResponseStatus(statusCode: status), call)
                return status
            }
            let event = ErrorBody.streamEvent(shown(error, call), dialect: call.dialect, at: call.position)
            exchange.finish(with: call.formed(ByteBuffer(bytes: event), isLast: true))
            return status
        case .passed(let status, var headers, let body):
            guard !exchange.hasBegun else {
                let error = ClientError(.invalidRequest, "the provider refused the request")
                return answer(.error(error), to: call)
            }
            headers.add(contentsOf: call.baseHeaders)
            exchange.respond(status, headers: headers, body: body)
            return Int(status.code)
        }
    }

    private static func respond(_ error: ClientError, _ status: HTTPResponseStatus, _ call: ChatCall) {
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: "application/json")
        if !call.route.isEmpty { headers.add(name: "x-keirouter-route", value: call.route.text) }
        if let fired = call.guardHeader { headers.add(name: "x-keirouter-guard", value: fired) }
        let error = shown(error, call)
        for (name, value) in ErrorBody.headers(error) { headers.add(name: name, value: value) }
        let body = ByteBuffer(bytes: ErrorBody.json(error, dialect: call.dialect))
        call.exchange.respond(status, headers: headers, body: body)
    }

    /// The error as it may be shown: a key that was written where a model's name belongs is not repeated.
    private static func shown(_ error: ClientError, _ call: ChatCall) -> ClientError {
        var error = error.with(requestID: call.requestID)
        error.message = Redactor.shared.redact(error.message)
        return error
    }

    /// What the edge found wrong before a handler could: in the dialect that the path stands for.
    static func edgeResponse(_ error: HTTPServerError, _ path: String?) -> (HTTPHeaders, ByteBuffer) {
        let dialect = path.flatMap { Route.dialect(ofPath: $0) } ?? .openAIChat
        let body = ByteBuffer(bytes: ErrorBody.json(clientError(error), dialect: dialect))
        return (["content-type": "application/json"], body)
    }

    private static func clientError(_ error: HTTPServerError) -> ClientError {
        let kind: ErrorKind =
            switch error {
            case .bodyTooLarge: .requestTooLarge
            case .timedOut: .timeout
            case .overloaded: .overloaded
            case .unanswered: .internal
            default: .invalidRequest
            }
        return ClientError(kind, error.message)
    }
}
