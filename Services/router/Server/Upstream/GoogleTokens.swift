import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import Observability
import RouterCore
import Secrets
import Synchronization

/// Access tokens for the service accounts of Google Cloud, each kept until shortly before it ends.
///
/// One request fetches an account's token while the others of that account wait for it, or use the old one as long as it is
/// good. Source: "Using OAuth 2.0 for Server to Server Applications", the HTTP/REST part.
final class GoogleTokens: Sendable {
    /// Why there is no token.
    struct Refusal: Error {
        let status: Int
        let failure: FailureClass
    }

    private static let deadline = Duration.seconds(10)
    private static let answerLimit = 64 << 10
    private static let tokenLimit = 8 << 10
    /// Tokens kept; those that have ended go first.
    private static let limit = 1024

    private struct Key: Hashable {
        let account: String
        /// A changed key gets a token of its own.
        let secret: String
    }

    private typealias Answer = Result<String, Refusal>

    private struct Entry {
        var token = ""
        var life: TokenLife?
        var isFetching = false
        /// Told `nil` where they have to look again.
        var waiting: [Int: CheckedContinuation<Answer?, Never>] = [:]
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var lastWaiter = 0
    }

    private enum Step {
        case use(String)
        case fetch
        case wait(Int)
    }

    private let egress: EgressClient
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameters:
    ///   - egress: Sends the requests.
    ///   - clock: What time it is.
    init(egress: EgressClient, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.egress = egress
        self.clock = clock
    }

    /// The token for an account.
    ///
    /// - Parameters:
    ///   - account: Whose key is a service account's JSON.
    ///   - endpoint: Where the account's requests go; its proxy is gone through here too.
    ///   - refused: A token of the account that its provider does not take any more.
    /// - Returns: What goes into `Authorization` behind `Bearer`.
    /// - Throws: ``Refusal``, as an attempt at the provider fails.
    func token(
        for account: Account,
        at endpoint: UpstreamEndpoint,
        insteadOf refused: String? = nil
    ) async throws(Refusal) -> String {
        let key = Key(account: account.id, secret: account.credential?.secret ?? "")
        if let refused { drop(refused, of: key) }
        while true {
            switch state.withLock({ Self.step(&$0, key, clock()) }) {
            case .use(let token): return token
            case .fetch:
                let answer = await fetch(key, endpoint)
                return try settle(key, answer).get()
            case .wait(let waiter):
                if let answer = await wait(key, waiter) { return try answer.get() }
                if Task.isCancelled { throw Self.cancelled }
            }
        }
    }

    private static var cancelled: Refusal { Refusal(status: 0, failure: FailureClass(TransportFailure.cancelled)) }

    private static func step(_ state: inout State, _ key: Key, _ now: ContinuousClock.Instant) -> Step {
        var entry = state.entries[key] ?? Entry()
        defer { state.entries[key] = entry }
        if let life = entry.life, life.isGood(now), entry.isFetching || !life.isDue(now) { return .use(entry.token) }
        if entry.isFetching {
            state.lastWaiter += 1
            return .wait(state.lastWaiter)
        }
        entry.isFetching = true
        if state.entries.count >= limit {
            state.entries = state.entries.filter { $0.value.isFetching || $0.value.life?.isGood(now) ?? false }
        }
        return .fetch
    }

    /// Forgets a token, unless another one has come in its place.
    private func drop(_ token: String, of key: Key) {
        state.withLock { state in
            if state.entries[key]?.token == token { state.entries[key]?.life = nil }
        }
    }

    // MARK: Waiting

    private func wait(_ key: Key, _ waiter: Int) async -> Answer? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = state.withLock { state in
                    // The fetch may have ended in between.
                    guard state.entries[key]?.isFetching ?? false else { return true }
                    state.entries[key]?.waiting[waiter] = continuation
                    return false
                }
                if isLate { continuation.resume(returning: nil) }
                if Task.isCancelled { leave(key, waiter) }
            }
        } onCancel: {
            leave(key, waiter)
        }
    }

    private func leave(_ key: Key, _ waiter: Int) {
        state.withLock { $0.entries[key]?.waiting.removeValue(forKey: waiter) }?.resume(returning: nil)
    }

    /// Tells those who wait; while the old token is good, a fetch that failed is no reason to fail.
    ///
    /// - Returns: What the one who fetched uses.
    private func settle(_ key: Key, _ answer: Result<Token, Refusal>) -> Answer {
        let (waiting, old) = state.withLock { state in
            let now = clock()
            var entry = state.entries[key] ?? Entry()
            let waiting = entry.waiting.values
            entry.waiting = [:]
            entry.isFetching = false
            var old: String?
            if case .success(let token) = answer {
                entry.token = token.token
                entry.life = TokenLife(seconds: token.seconds, from: now)
            } else if entry.life?.isGood(now) ?? false {
                entry.life?.postpone(now)
                old = entry.token
            }
            state.entries[key] = entry
            return (waiting, old)
        }
        // A client that has left says nothing about the token: another request fetches it.
        var told: Answer? = answer.map(\.token)
        if case .failure(let refusal) = answer, refusal.failure.reason == TransportFailure.cancelled.rawValue {
            told = nil
        }
        for continuation in waiting { continuation.resume(returning: told) }
        return old.map { .success($0) } ?? answer.map(\.token)
    }

    // MARK: Fetching

    private struct Token {
        var token: String
        var seconds: Int
    }

    private func fetch(_ key: Key, _ endpoint: UpstreamEndpoint) async -> Result<Token, Refusal> {
        guard let account = try? ServiceAccountJSON.read(key.secret),
            let assertion = try? account.assertion(now: Int(WallClock.now() / 1_000_000)),
            let (place, path) = Self.place(account.tokenURI, beside: endpoint)
        else { return .failure(Self.refusal(0, "the service account cannot be used")) }
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
        let request = UpstreamRequest(
            method: .POST,
            path: path,
            headers: [
                "content-type": "application/x-www-form-urlencoded", "accept": "application/json",
                "user-agent": UpstreamCaller.userAgent,
            ],
            body: ByteBuffer(string: form)
        )
        let limit = Self.deadline
        let deadlines = UpstreamDeadlines(connect: limit, firstByte: limit, stall: limit, total: limit)
        do throws(TransportFailure) {
            let response = try await egress.send(request, to: place, deadlines: deadlines)
            return Self.read(Int(response.head.status.code), try await response.whole(limit: Self.answerLimit))
        } catch {
            let message = "no token is to be had: \(error.explanation(behind: endpoint.way?.pool))"
            return .failure(Refusal(status: 0, failure: FailureClass(error, message: message)))
        }
    }

    /// Where tokens are asked for: without TLS only where the provider itself is, as a server of the operator's own may be.
    private static func place(_ url: String, beside endpoint: UpstreamEndpoint) -> (UpstreamEndpoint, String)? {
        let provider = endpoint.origin
        guard var origin = UpstreamOrigin(url: url, proxy: provider.proxy), let parts = try? URLParts(url) else {
            return nil
        }
        let isBeside = origin.host == provider.host && origin.port == provider.port
        guard origin.scheme == .https || (isBeside && provider.scheme == .http) else { return nil }
        origin.allowsPrivate = isBeside && provider.allowsPrivate
        return (endpoint.at(origin), parts.path.hasPrefix("/") ? parts.path : "/" + parts.path)
    }

    private static func read(_ status: Int, _ body: [UInt8]) -> Result<Token, Refusal> {
        let root = try? JSONDocument(body).root
        guard status == 200 else {
            let message = root?["error_description"]?.string ?? root?["error"]?.string
            // Of the account, not of the request that waits for the token.
            if (400..<500).contains(status), status != 408, status != 429 { return .failure(refusal(status, message)) }
            let failure = FailureClass(status: status, body: body, dialect: .gemini)
            return .failure(Refusal(status: status, failure: failure))
        }
        guard let token = root?["access_token"]?.string, (1...tokenLimit).contains(token.utf8.count),
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            let fault = UpstreamFault(kind: .malformed, status: status, message: "no access token in the answer")
            return .failure(Refusal(status: status, failure: FailureClass(fault)))
        }
        return .success(Token(token: token, seconds: root?["expires_in"]?.integer ?? 3600))
    }

    private static func refusal(_ status: Int, _ message: String?) -> Refusal {
        let fault = UpstreamFault(kind: .authentication, status: status, message: message)
        return Refusal(status: status, failure: FailureClass(fault))
    }
}

/// How long a token is used.
struct TokenLife: Hashable, Sendable {
    /// A token that ends sooner than this is replaced, one with a short life in the second half of it.
    static let margin = Duration.seconds(300)
    /// A wrong number is no reason to fetch at every request, nor never again.
    private static let bounds = 60...12 * 3600

    /// How long a token that could not be replaced is used on before the next try.
    static let patience = Duration.seconds(10)

    private let end: ContinuousClock.Instant
    private var renewal: ContinuousClock.Instant

    init(seconds: Int, from now: ContinuousClock.Instant) {
        let length = Duration.seconds(min(max(seconds, Self.bounds.lowerBound), Self.bounds.upperBound))
        end = now + length
        renewal = now + max(length - Self.margin, length / 2)
    }

    /// Whether the provider still takes it.
    func isGood(_ now: ContinuousClock.Instant) -> Bool { now < end }

    /// Puts the replacement off, for it has just failed.
    mutating func postpone(_ now: ContinuousClock.Instant) { renewal = now + Self.patience }

    /// Whether the next request replaces it.
    func isDue(_ now: ContinuousClock.Instant) -> Bool { now >= renewal }
}
