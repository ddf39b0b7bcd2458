package import NIOCore
package import NIOHTTP1

/// One request and its answer; confined to the connection's event loop.
///
/// The handler's task runs on that loop and must not leave it. An answer is either ``respond(_:headers:body:)`` or
/// ``begin(_:headers:)``, any number of ``write(_:)`` and ``finish()``. Once an answer begins, what is left of an unread body is dropped.
/// After the answer's end the connection goes on with the next request, while the handler may finish its own work.
package final class HTTPExchange {
    private enum Answer {
        case none
        /// Begun; the head leaves with the first write.
        case held(HTTPResponseStatus, HTTPHeaders)
        case streaming(isChunked: Bool)
        case finished
    }

    /// Pieces up to this size are copied behind the head or the chunk size instead of being written on their own.
    private static let copyLimit = 16 << 10

    package let head: HTTPRequestHead
    /// The client's address; `nil` on a Unix socket.
    package let peer: SocketAddress?
    package let loop: any EventLoop
    /// When the head was complete.
    package let received: ContinuousClock.Instant
    /// Whether the client has closed the connection before the answer's end.
    package private(set) var isClientGone = false

    let facts: FieldFacts
    var decoder: BodyDecoder
    var bodyFailure: HTTPServerError?
    /// What has come of a body that somebody waits for as a whole.
    var collection: Collection?
    var awaitsContinue: Bool
    private(set) var connection: ServerConnection?
    private(set) lazy var bodySignal = LoopSignal(loop)
    private lazy var writeSignal = LoopSignal(loop)
    private var answer = Answer.none
    private var closes = false

    init(_ request: ParsedRequest, connection: ServerConnection, peer: SocketAddress?) {
        var head = request.head
        facts = request.facts
        // The body is handed over decoded, so the field would be a lie.
        let isDecoded = facts.contentCoding == .gzip || facts.contentCoding == .deflate
        if isDecoded { head.headers.remove(name: "content-encoding") }
        self.head = head
        self.peer = peer
        self.connection = connection
        loop = connection.loop
        received = .now
        decoder = BodyDecoder(facts.isChunked ? .chunked : .length(facts.contentLength ?? 0))
        awaitsContinue = facts.expectsContinue && head.version == .http1_1
        closes = head.version == .http1_0 ? facts.closes || !facts.keepsAlive : facts.closes
    }

    /// The first value of a field of the request, whatever the case of its name.
    package func field(_ name: String) -> String? {
        facts.mayHold(name) ? head.headers.first(name: name) : nil
    }

    /// The length that the request declares for its body.
    package var declaredLength: Int? { facts.contentLength }

    /// What the handler keeps for the requests that follow on the same connection.
    package var connectionMemory: AnyObject? {
        get { connection?.memory }
        set { connection?.memory = newValue }
    }

    /// The request target's path, without the query.
    package private(set) lazy var path: Substring = target[..<(questionMark ?? target.endIndex)]

    /// The request target's query, without the question mark.
    package private(set) lazy var query: Substring? = questionMark.map { target[target.utf8.index(after: $0)...] }

    private lazy var questionMark = target.utf8.firstIndex(of: UInt8(ascii: "?"))

    /// Whether an answer was begun or given.
    package var hasBegun: Bool {
        if case .none = answer { false } else { true }
    }

    /// The target in origin form: an absolute one loses its scheme and authority.
    private lazy var target: Substring = {
        let uri = head.uri[...]
        guard uri.utf8.first != UInt8(ascii: "/"), let colon = uri.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            return uri
        }
        let authority = uri.utf8[colon...].dropFirst(3)
        let end = authority.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        return end.map { uri[$0...] } ?? "/"
    }()

    // MARK: Answering

    /// Answers with a whole body: one write, one flush.
    ///
    /// Does nothing when an answer has begun or the client has gone.
    package func respond(
        _ status: HTTPResponseStatus,
        headers: HTTPHeaders = [:],
        body: ByteBuffer = ByteBuffer()
    ) {
        guard case .none = answer, let connection else { return }
        let hasBody = Self.mayHaveBody(status)
        var bytes = encodedHead(status, headers, hasBody ? .length(body.readableBytes) : .none)
        if hasBody, head.method != .HEAD { appendOrWrite(body, after: &bytes, to: connection) }
        connection.write(bytes)
        connection.flush()
        end()
    }

    /// Begins a streamed answer; the head is held and leaves together with the first write.
    package func begin(_ status: HTTPResponseStatus, headers: HTTPHeaders = [:]) {
        guard case .none = answer, connection != nil else { return }
        answer = .held(status, headers)
    }

    /// Sends bytes of a streamed answer at once; an empty buffer sends the head alone.
    ///
    /// Returns when the socket takes more, so a client that reads slowly slows its producer.
    ///
    /// - Throws: ``HTTPServerError/clientGone`` or ``HTTPServerError/writeStalled``; also `clientGone` when the task is cancelled.
    package func write(_ bytes: ByteBuffer) async throws(HTTPServerError) {
        if case .none = answer { begin(.ok) }
        guard let connection, send(bytes, isLast: false) else { throw .clientGone }
        guard !connection.isWritable else { return }
        connection.setStallDeadline()
        while !connection.isWritable {
            await writeSignal.wait()
            if let writeFailure { throw writeFailure }
            if isClientGone || Task.isCancelled { throw .clientGone }
        }
        connection.clearDeadline()
    }

    /// Sends bytes of a streamed answer only if the socket takes them now: for comments that may as well be left out.
    package func writeIfReady(_ bytes: ByteBuffer) {
        guard hasBegun, let connection, connection.isWritable else { return }
        _ = send(bytes, isLast: false)
    }

    /// Ends a streamed answer, with `bytes` as its last piece in the same write.
    package func finish(with bytes: ByteBuffer) {
        guard send(bytes, isLast: true) else { return }
        end()
    }

    /// Ends a streamed answer; one that never wrote becomes an empty answer with a length.
    package func finish() {
        guard case .held(let status, let headers) = answer else {
            finish(with: ByteBuffer())
            return
        }
        answer = .none
        respond(status, headers: headers)
    }

    /// Closes the connection inside the answer: the client sees that it is incomplete.
    package func abort() {
        answer = .finished
        connection?.close()
    }

    private var writeFailure: HTTPServerError?

    private func send(_ bytes: ByteBuffer, isLast: Bool) -> Bool {
        guard let connection else { return false }
        var output = ByteBuffer()
        let isChunked: Bool
        switch answer {
        case .none, .finished: return false
        case .streaming(let chunked): isChunked = chunked
        case .held(let status, let headers):
            isChunked = head.version != .http1_0 && Self.mayHaveBody(status)
            if !isChunked { closes = closes || Self.mayHaveBody(status) }
            let framing: ResponseEncoder.Framing = isChunked ? .chunked : Self.mayHaveBody(status) ? .untilClose : .none
            output = encodedHead(status, headers, framing)
            answer = .streaming(isChunked: isChunked)
            guard Self.mayHaveBody(status) else {
                connection.write(output)
                connection.flush()
                return true
            }
        }
        if head.method != .HEAD { appendPiece(bytes, isChunked: isChunked, isLast: isLast, to: &output, connection) }
        if output.readableBytes > 0 { connection.write(output) }
        connection.flush()
        return true
    }

    private func appendPiece(
        _ bytes: ByteBuffer,
        isChunked: Bool,
        isLast: Bool,
        to output: inout ByteBuffer,
        _ connection: ServerConnection
    ) {
        let count = bytes.readableBytes
        if count > 0, isChunked {
            if count <= Self.copyLimit { output.reserveCapacity(minimumWritableBytes: count + 24) }
            output.writeHexadecimal(count)
            output.writeStaticString("\r\n")
        }
        appendOrWrite(bytes, after: &output, to: connection)
        guard isChunked else { return }
        if count > 0 { output.writeStaticString("\r\n") }
        if isLast { output.writeStaticString("0\r\n\r\n") }
    }

    /// Copies a small piece behind `output`; a large one is written after it without a copy, in the same flush.
    private func appendOrWrite(_ bytes: ByteBuffer, after output: inout ByteBuffer, to connection: ServerConnection) {
        if bytes.readableBytes <= Self.copyLimit {
            output.writeImmutableBuffer(bytes)
        } else {
            connection.write(output)
            connection.write(bytes)
            output = ByteBuffer()
        }
    }

    private func encodedHead(
        _ status: HTTPResponseStatus,
        _ headers: HTTPHeaders,
        _ framing: ResponseEncoder.Framing
    ) -> ByteBuffer {
        dropUnreadBody()
        // Hardly any answer names the field; taking its values apart costs more than looking for it.
        let asksToClose =
            headers.contains(name: "connection")
            && headers[canonicalForm: "connection"].contains { ASCII.matches(String($0), "close") }
        closes = closes || asksToClose || !decoder.isComplete || connection?.isDraining == true
        var bytes = ByteBuffer()
        let spoken: ResponseEncoder.Connection = closes ? .close : head.version == .http1_0 ? .keepAlive : .unspoken
        ResponseEncoder.writeHead(status, headers, framing, connection: spoken, to: &bytes)
        return bytes
    }

    private func end() {
        answer = .finished
        let connection = connection
        self.connection = nil
        connection?.answerEnded(closes: closes, bodyIsRead: decoder.isComplete)
    }

    private static func mayHaveBody(_ status: HTTPResponseStatus) -> Bool {
        status.code >= 200 && status.code != 204 && status.code != 304
    }

    // MARK: Events of the connection

    func becameWritable() {
        writeSignal.fire()
    }

    func writeStalled() {
        writeFailure = .writeStalled
        writeSignal.fire()
    }

    func clientWentAway() {
        isClientGone = true
        connection = nil
        bodySignal.fire()
        writeSignal.fire()
    }

    /// The handler is done: an answer it owes is given or cut off here.
    func handlerReturned() {
        switch answer {
        case .finished: break
        case .none:
            guard let core = connection?.core else { return }
            let (headers, body) = core.configuration.errorResponse(.unanswered, String(path))
            respond(HTTPServerError.unanswered.status, headers: headers, body: body)
        case .held, .streaming: abort()
        }
    }
}
