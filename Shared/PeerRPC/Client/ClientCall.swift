import Contracts
import JSON
import NIOCore

/// One call a client waits for; confined to the event loop it was started on.
final class ClientCall {
    typealias Reply = UnsafeContinuation<Result<JSONCursor, ServiceError>, Never>

    /// What goes out, whichever server gets it.
    struct Request: Sendable {
        var id: Int
        var method: String
        var body: [UInt8]
        var deadline: ContinuousClock.Instant?
        var traceparent: String?
        /// Whether a second server may be asked when the first one went away without an answer.
        var isIdempotent: Bool
        /// Who reads a plain result; `nil` when it is wanted as a cursor.
        var result: (any PlainResult)?
    }

    /// How many servers are asked at most when connects fail.
    static let maximumAttempts = 3

    let request: Request
    private(set) var stream: CallStream?
    /// Where the call is now.
    private(set) var connection: ClientConnection?
    private(set) var isSent = false
    /// The servers that failed this call.
    private(set) var tried: [Int] = []
    var lastError: ServiceError?
    /// Whether the pool made the call to learn of a server's health; such a call goes to that server or nowhere.
    var isProbe = false
    /// How often the call has waited for a server to turn up.
    var waits = 0
    private var attempts = 0
    private var resends = 0
    private var outcome: Result<JSONCursor, ServiceError>?
    private var replies: [Reply] = []
    private var whenDone: ((Result<JSONCursor, ServiceError>) -> Void)?
    /// What a stream wanted to send before its request was out.
    private var held: [[UInt8]] = []

    /// Makes a call whose answer somebody waits for.
    init(_ request: Request, reply: Reply) {
        self.request = request
        replies = [reply]
    }

    /// Makes a call that reports its answer.
    init(_ request: Request, whenDone: @escaping (Result<JSONCursor, ServiceError>) -> Void) {
        self.request = request
        self.whenDone = whenDone
    }

    /// Makes a call whose answer is asked for later.
    init(_ request: Request) {
        self.request = request
    }

    /// Gives the call its streams.
    func openStream(on loop: any EventLoop) -> CallStream {
        let opened = CallStream(id: .integer(request.id), method: "$/send", loop: loop) { [weak self] in
            self?.transmit($0)
        }
        stream = opened
        return opened
    }

    var isDone: Bool { outcome != nil }

    /// Whether the call may go to another server, or a fresh connection, after the one it was on went away.
    var mayMove: Bool {
        guard !isDone else { return false }
        if !isSent { return attempts < Self.maximumAttempts }
        return request.isIdempotent && stream == nil && resends == 0
    }

    /// Whether the call may go on after a server has refused to begin with it.
    var mayMoveAfterRefusal: Bool { !isDone && !isProbe && stream == nil && attempts < Self.maximumAttempts }

    /// The call is given to a connection.
    func placed(on connection: ClientConnection) {
        self.connection = connection
        attempts += 1
    }

    /// The connection went away.
    func displaced() {
        if let connection { tried.append(connection.token) }
        if isSent { resends += 1 }
        connection = nil
        isSent = false
    }

    /// The connection is open: sends the request and what its stream wanted to send since.
    func transmitRequest(authorization: [UInt8]?) {
        guard let connection, !isSent, !isDone else { return }
        isSent = true
        let left = request.deadline.map { $0.remainingMilliseconds(at: .now) }
        let head = FrameHead(deadline: left, traceparent: request.traceparent, authorization: authorization)
        connection.link.send(request.body, head: head, isAlone: connection.inFlight == 1 && held.isEmpty)
        for body in held { connection.send(body) }
        held = []
    }

    private func transmit(_ body: [UInt8]) {
        guard !isDone else { return }
        guard isSent, let connection else {
            held.append(body)
            return
        }
        connection.send(body)
    }

    /// Ends the call, once.
    func complete(_ result: Result<JSONCursor, ServiceError>) {
        guard outcome == nil else { return }
        outcome = result
        connection = nil
        held = []
        if let stream {
            switch result {
            case .success:
                stream.inputEnded()
                stream.fail(.callOver)
            case .failure(let error): stream.fail(error)
            }
        }
        for reply in replies { reply.resume(returning: result) }
        replies = []
        whenDone?(result)
        whenDone = nil
    }

    /// Replies when the call is done, or now.
    func wait(_ reply: Reply) {
        if let outcome {
            reply.resume(returning: outcome)
        } else {
            replies.append(reply)
        }
    }
}
