import Bootstrap
import Contracts
package import Dialects
package import HTTP
package import NIOCore
package import NIOHTTP1
package import Observability
package import RouterCore
import Secrets

/// Turns an attempt into an HTTP exchange with a provider.
package struct UpstreamCaller: Sendable {
    /// How long each part of an attempt may take.
    package struct Timeouts: Sendable {
        package var connect: Duration
        package var firstByte: Duration
        package var stall: Duration
        /// All attempts together, until the first content byte.
        package var request: Duration
        /// One exchange from its first byte to its last.
        package var stream: Duration

        package init(connect: Duration, firstByte: Duration, stall: Duration, request: Duration, stream: Duration) {
            self.connect = connect
            self.firstByte = firstByte
            self.stall = stall
            self.request = request
            self.stream = stream
        }
    }

    /// What a request wants of a provider.
    package enum Purpose: Hashable, Sendable {
        case answer
        /// How many tokens the body has.
        case count
        /// Vectors of its texts.
        case embed
    }

    /// What an attempt sends.
    package struct Outgoing {
        var body: ByteBuffer
        var isStream: Bool
        var purpose: Purpose
        var dialect: Dialect
        /// The client's query without its question mark: `beta=true`.
        var query: Substring?
        var clientHeaders: HTTPHeaders
        var trace: TraceContext
        /// What is left of ``Timeouts/request``.
        var remaining: Duration
        /// Gives the attempt up from outside its task.
        var abort: NIOLoopBound<UpstreamAbort>?

        package init(
            body: ByteBuffer,
            isStream: Bool,
            purpose: Purpose = .answer,
            dialect: Dialect,
            query: Substring? = nil,
            clientHeaders: HTTPHeaders = [:],
            trace: TraceContext = .make(),
            remaining: Duration
        ) {
            self.body = body
            self.isStream = isStream
            self.purpose = purpose
            self.dialect = dialect
            self.query = query
            self.clientHeaders = clientHeaders
            self.trace = trace
            self.remaining = remaining
        }
    }

    /// The longest error body that is read.
    static let errorBodyLimit = 64 << 10
    static let userAgent = "keirouter/\(Version.current)"

    package let timeouts: Timeouts
    let egress: EgressClient
    private let tokens: GoogleTokens

    package init(client: UpstreamClient, timeouts: Timeouts) {
        egress = EgressClient(client)
        self.timeouts = timeouts
        tokens = GoogleTokens(egress: egress)
    }

    /// A candidate with what its requests are paid with.
    struct Authorized {
        let candidate: Candidate
        /// The candidate whose account's key a token was got for; `nil` where the key itself goes out.
        let owner: Candidate?
    }

    /// The candidate with what its requests are paid with: on Vertex AI a token stands in its key's place.
    ///
    /// - Throws: Why there is none.
    func authorized(
        _ candidate: Candidate,
        at endpoint: UpstreamEndpoint,
        insteadOf refused: String? = nil
    ) async throws(GoogleTokens.Refusal) -> Authorized {
        if let authorized = authorizedAtOnce(candidate) { return authorized }
        var account = candidate.account
        account.credential = Credential(
            try await tokens.token(for: candidate.account, at: endpoint, insteadOf: refused)
        )
        return Authorized(candidate: Candidate(target: candidate.target, account: account), owner: candidate)
    }

    /// A candidate whose key itself pays; `nil` for one that a token is got for.
    func authorizedAtOnce(_ candidate: Candidate) -> Authorized? {
        guard candidate.target.provider.connector != .vertex else { return nil }
        return Authorized(candidate: candidate, owner: nil)
    }

    /// Sends an attempt and returns once the head of the answer has come.
    ///
    /// A token that is refused although its time is not over is replaced, and the request sent once more.
    func send(
        _ outgoing: Outgoing,
        for authorized: Authorized,
        at endpoint: UpstreamEndpoint
    ) async throws(TransportFailure) -> UpstreamResponse {
        guard let owner = authorized.owner else {
            return try await exchange(outgoing, for: authorized.candidate, at: endpoint)
        }
        return try await send(outgoing, for: authorized.candidate, of: owner, at: endpoint)
    }

    @inline(never)
    private func send(
        _ outgoing: Outgoing,
        for candidate: Candidate,
        of owner: Candidate,
        at endpoint: UpstreamEndpoint
    ) async throws(TransportFailure) -> UpstreamResponse {
        let start = ContinuousClock.now
        let response = try await exchange(outgoing, for: candidate, at: endpoint)
        guard response.head.status == .unauthorized else { return response }
        let refused = candidate.account.credential?.secret
        guard let renewed = try? await authorized(owner, at: endpoint, insteadOf: refused),
            renewed.candidate.account.credential?.secret != refused
        else { return response }
        response.cancel()
        var again = outgoing
        again.remaining = max(.milliseconds(1), outgoing.remaining - (.now - start))
        return try await exchange(again, for: renewed.candidate, at: endpoint)
    }

    private func exchange(
        _ outgoing: Outgoing,
        for candidate: Candidate,
        at endpoint: UpstreamEndpoint
    ) async throws(TransportFailure) -> UpstreamResponse {
        var request: UpstreamRequest
        do throws(UpstreamError) {
            request = try self.request(outgoing, for: candidate, at: endpoint)
            request.abort = outgoing.abort
        } catch {
            throw TransportFailure(error)
        }
        let deadlines = UpstreamDeadlines(
            connect: min(timeouts.connect, outgoing.remaining),
            firstByte: min(timeouts.firstByte, outgoing.remaining),
            stall: timeouts.stall,
            total: outgoing.purpose == .answer ? timeouts.stream : outgoing.remaining
        )
        return try await egress.send(request, to: endpoint, deadlines: deadlines)
    }

    /// Makes the request of an attempt.
    ///
    /// - Throws: ``UpstreamError/malformed(_:)`` for what would break the message.
    package func request(
        _ outgoing: Outgoing,
        for candidate: Candidate,
        at endpoint: UpstreamEndpoint
    ) throws(UpstreamError) -> UpstreamRequest {
        let trace = HTTPHeaders([("traceparent", outgoing.trace.child().header)])
        let provider = candidate.target.provider
        let namesModel = provider.namesModelInPath(outgoing.dialect)
        let hasQuery = !outgoing.dialect.namesModelInPath && outgoing.query.map { !$0.isEmpty } ?? false
        let isForwarding = outgoing.dialect.forwardedHeaders.contains { outgoing.clientHeaders.contains(name: $0) }
        let signer = AmazonSigner(candidate)
        // What nothing of the client's enters is the same for every request with this account, unless it is signed or its
        // key is a token that changes.
        let isShared =
            !hasQuery && !isForwarding && signer == nil && provider.connector != .vertex
            && outgoing.purpose != .count
        let use = RequestHeads.Use(
            account: candidate.account.id,
            dialect: outgoing.dialect,
            isStream: outgoing.isStream,
            purpose: outgoing.purpose,
            model: namesModel ? candidate.target.model : ""
        )
        if isShared, let head = endpoint.heads.head(for: use) {
            return UpstreamRequest(head, headers: trace, body: outgoing.body)
        }
        var path = endpoint.basePath + Self.path(outgoing, for: candidate)
        if hasQuery, let query = outgoing.query { path += (path.contains("?") ? "&" : "?") + query }
        var headers = headers(outgoing, for: candidate)
        signer?.sign(.POST, path, outgoing.body, to: endpoint.origin, &headers)
        let head = try PreparedHead(.POST, path, headers: headers, to: endpoint.origin)
        if isShared { endpoint.heads.keep(head, for: use) }
        return UpstreamRequest(head, headers: trace, body: outgoing.body)
    }

    private static func path(_ outgoing: Outgoing, for candidate: Candidate) -> String {
        let provider = candidate.target.provider
        let model = candidate.target.model
        let own: String? =
            switch outgoing.purpose {
            case .answer: nil
            case .count: outgoing.dialect.countPath(model: model)
            case .embed: provider.embeddingsPath(outgoing.dialect, model: model, account: candidate.account)
            }
        return own
            ?? provider.requestPath(
                outgoing.dialect,
                model: model,
                isStream: outgoing.isStream,
                account: candidate.account
            )
    }

    private func headers(_ outgoing: Outgoing, for candidate: Candidate) -> HTTPHeaders {
        let provider = candidate.target.provider
        var headers = HTTPHeaders()
        headers.reserveCapacity(10)
        headers.add(name: "content-type", value: "application/json")
        let wanted = outgoing.isStream ? outgoing.dialect.framing.contentType : "application/json"
        headers.add(name: "accept", value: wanted)
        // Bytes pass through as they come: undoing and redoing a coding would only cost.
        headers.add(name: "accept-encoding", value: "identity")
        if provider.headers["user-agent"] == nil { headers.add(name: "user-agent", value: Self.userAgent) }
        addCredential(of: candidate, to: &headers)
        for (name, value) in provider.headers { headers.replaceOrAdd(name: name, value: value) }
        for name in outgoing.dialect.forwardedHeaders where provider.headers[name] == nil {
            for value in outgoing.clientHeaders[name] { headers.add(name: name, value: value) }
        }
        // Vertex AI is told the version in the body.
        let defaults = provider.connector == .vertex ? [] : outgoing.dialect.defaultHeaders
        for (name, value) in defaults where !headers.contains(name: name) {
            headers.add(name: name, value: value)
        }
        return headers
    }

    func addCredential(of candidate: Candidate, to headers: inout HTTPHeaders) {
        guard AmazonSigner(candidate) == nil,
            let (name, value) = candidate.target.provider.credentialHeader(candidate.account.credential)
        else { return }
        headers.add(name: name, value: value)
    }
}

extension UpstreamResponse {
    /// The beginning of the body, for errors; whatever goes wrong ends it.
    func beginning(limit: Int) async -> ByteBuffer {
        var body = ByteBuffer()
        while body.readableBytes < limit {
            guard let piece = try? await next() else { return body }
            body.writeImmutableBuffer(
                piece.getSlice(at: piece.readerIndex, length: min(piece.readableBytes, limit - body.readableBytes))
                    ?? piece
            )
        }
        cancel()
        return body
    }
}

extension TransportFailure {
    /// What the client's error means for the attempt.
    init(_ error: UpstreamError) {
        self =
            switch error {
            case .refusedByPolicy: .refusedByPolicy
            case .resolveFailed: .resolveFailed
            case .connectFailed: .connectFailed
            case .connectTimedOut: .connectTimedOut
            case .tlsFailed: .tlsFailed
            case .proxyFailed: .proxyFailed
            case .firstByteTimedOut: .firstByteTimedOut
            case .stalled: .stalled
            case .totalTimedOut: .totalTimedOut
            case .closedBeforeResponse, .closedMidBody: .closed
            case .malformed: .malformed
            case .tooLarge: .tooLarge
            case .cancelled: .cancelled
            }
    }

    /// One sentence for the operator.
    ///
    /// - Parameter pool: The proxies that the request was to go through.
    /// - Returns: The sentence.
    func explanation(behind pool: ProxyPool? = nil) -> String {
        switch self {
        case .refusedByPolicy: "its address is private; allow it with egress.allow_private or allow_private"
        case .resolveFailed: "its host name has no address"
        case .connectFailed: "nothing answers at its address"
        case .connectTimedOut: "connecting takes too long"
        case .tlsFailed: "its certificate is not trusted, or no version of TLS is common"
        case .proxyFailed: "the proxy refuses"
        case .proxiesDown: "every proxy of \"\(pool?.name ?? "its pool")\" is down, and nothing goes around them"
        case .firstByteTimedOut, .stalled, .totalTimedOut: "it does not answer in time"
        case .closed: "it closes the connection without an answer"
        case .malformed: "it does not speak HTTP/1.1"
        case .tooLarge: "its answer is too large"
        case .cancelled: "the test was cancelled"
        }
    }
}
