package import Contracts
package import PortalCore
import Secrets
import Synchronization

/// A teammate's way in: a key is shown once, and what stays is a session bound to the key's id.
package final class MemberAccess: Sendable {
    /// Asks whose key has this SHA-256; the answer has no key when it is none that may be used.
    package typealias Identify = @Sendable (_ sha256: String) async throws(ServiceError) -> String?
    /// Asks for a key by its id; `nil` when there is none.
    package typealias Look = @Sendable (_ id: String) async throws(ServiceError) -> KeyItem?

    /// How long a key is taken to be as it was.
    private static let freshUS = 5_000_000
    /// Keys that are remembered.
    private static let remembered = 1024

    private struct Seen: Sendable {
        var atUS: Int
        var isLive: Bool
    }

    private let sessions: SessionKeeper
    private let clock: PortalClock
    private let identify: Identify
    private let look: Look
    private let limiter = Mutex(SignInLimiter())
    private let seen = Mutex<[String: Seen]>([:])

    package init(sessions: SessionKeeper, clock: PortalClock, identify: @escaping Identify, look: @escaping Look) {
        self.sessions = sessions
        self.clock = clock
        self.identify = identify
        self.look = look
    }

    /// Whose key it is; the text is hashed here and goes no further.
    package func check(_ text: String, peer: String) async -> Result<String, EntryError> {
        let now = clock.nowUS
        if let wait = limiter.withLock({ $0.attempt(by: peer, at: now) }) {
            return .failure(.tooMany(retrySeconds: max(1, (wait + 999_999) / 1_000_000)))
        }
        guard APIKey.accepts(text) else { return .failure(.wrongKey) }
        do throws(ServiceError) {
            guard let keyID = try await identify(APIKey.digestHex(text)) else { return .failure(.wrongKey) }
            limiter.withLock { $0.succeeded(peer) }
            return .success(keyID)
        } catch {
            limiter.withLock { $0.withdraw(peer) }
            return .failure(.unavailable)
        }
    }

    /// Whether a session's key may still be used; where it may not, the sessions of the key end.
    ///
    /// - Throws: ``ServiceError`` when the meter cannot be asked: then nothing is shown, and the session stays.
    package func isLive(_ session: PortalSession) async throws(ServiceError) -> Bool {
        guard let keyID = session.keyID else { return false }
        let now = clock.nowUS
        if let last = seen.withLock({ $0[keyID] }), now - last.atUS < Self.freshUS { return last.isLive }
        let key = try await look(keyID)
        let isLive = key.map { $0.revokedUS == nil && ($0.expiresUS ?? .max) > now } ?? false
        seen.withLock { seen in
            if seen.count >= Self.remembered { seen.removeAll() }
            seen[keyID] = Seen(atUS: now, isLive: isLive)
        }
        if !isLive { try await sessions.endAll(ofKey: keyID) }
        return isLive
    }

    /// A key was changed: what is remembered of it is old.
    package func forget(_ keyID: String) {
        seen.withLock { $0[keyID] = nil }
    }
}
