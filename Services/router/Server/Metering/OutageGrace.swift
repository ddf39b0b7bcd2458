package import Contracts
import Synchronization

/// Admits known keys while the meter is away, within what it left them.
///
/// For a minute after the meter was last heard, a key that it admitted before stays admitted to the models it was admitted
/// to. Requests, tokens and running requests are counted here, and spending is held inside what was left at the key's
/// last admission. The cost of a request is not known here, so the dearest rate of the key's admissions for the same model is
/// taken twice.
package final class OutageGrace: Sendable {
    /// How long keys stay admitted.
    package static let length = Duration.seconds(60)
    /// Keys that are remembered.
    private static let keyLimit = 10_000
    /// Model names that are remembered of one key.
    private static let modelLimit = 32
    private static let costFactor = 2

    /// What an admission said about one model name.
    private struct Permission {
        var targets: [Target]
        /// Nano-dollars for a token, from the reservation, rounded up.
        var nanoPerToken: Int
    }

    private struct Key {
        var identity: Identity
        var features: Features
        var limits: LimitsState?
        var remaining: Remaining?
        var permissions: [String: Permission] = [:]
        var heard: ContinuousClock.Instant
        var running = 0
        /// Used here since the last admission by the meter.
        var requests = 0
        var tokens = 0
        var nanoUSD = 0

        /// A request has ended.
        mutating func end() {
            if running > 0 { running -= 1 }
        }

        /// Takes in what the meter granted.
        mutating func hear(
            _ reply: AdmitReply,
            _ identity: Identity,
            to request: AdmitRequest,
            now: ContinuousClock.Instant
        ) {
            self.identity = identity
            features = reply.features
            limits = reply.limits
            remaining = reply.remaining
            heard = now
            requests = 0
            tokens = 0
            nanoUSD = 0
            let rate = reply.reservation.map { ($0.nanoUSD + max(1, $0.tokens) - 1) / max(1, $0.tokens) } ?? 0
            let model = request.requestedModel
            guard let known = permissions[model], known.targets.count == reply.targets.count,
                zip(known.targets, reply.targets).allSatisfy({ $0 == request.target($1) })
            else {
                guard permissions[model] != nil || permissions.count < OutageGrace.modelLimit else { return }
                let targets = reply.targets.compactMap(request.target)
                let dearest = max(rate, permissions[model]?.nanoPerToken ?? 0)
                permissions[model] = Permission(targets: targets, nanoPerToken: dearest)
                return
            }
            if rate > known.nanoPerToken { permissions[model]?.nanoPerToken = rate }
        }
    }

    private struct State {
        var keys: [String: Key] = [:]
        var outageBegan: ContinuousClock.Instant?
    }

    private let outputReserve: Int
    private let state = Mutex(State())

    package init(outputReserve: Int) {
        self.outputReserve = outputReserve
    }

    // MARK: While the meter is there

    /// Remembers what the meter granted.
    package func remember(_ reply: AdmitReply, to request: AdmitRequest, now: ContinuousClock.Instant) {
        guard reply.admitted, let identity = reply.identity else { return }
        state.withLock { state in
            state.outageBegan = nil
            Self.makeRoom(&state, now: now)
            // In place: this happens for every request.
            state.keys[request.keySHA256, default: Key(identity: identity, features: reply.features, heard: now)]
                .hear(reply, identity, to: request, now: now)
            state.keys[request.keySHA256]?.running += 1
        }
    }

    /// Remembers what the meter said with a grant; its requests begin one by one, by ``began(keySHA256:)``.
    package func renew(_ terms: AdmitReply, to unit: AdmitRequest, now: ContinuousClock.Instant) {
        guard let identity = terms.identity else { return }
        state.withLock { state in
            state.outageBegan = nil
            state.keys[unit.keySHA256]?.hear(terms, identity, to: unit, now: now)
        }
    }

    /// A request of the key has begun on a grant.
    package func began(keySHA256: String) {
        state.withLock { state in
            guard let index = state.keys.index(forKey: keySHA256) else { return }
            state.keys.values[index].running += 1
        }
    }

    private static func makeRoom(_ state: inout State, now: ContinuousClock.Instant) {
        guard state.keys.count >= keyLimit else { return }
        state.keys = state.keys.filter { $0.value.running > 0 || now - $0.value.heard < length }
        if state.keys.count >= keyLimit, let any = state.keys.keys.first { state.keys[any] = nil }
    }

    /// Whether the meter has admitted this key, as far as is remembered.
    package func remembers(keySHA256: String) -> Bool {
        state.withLock { $0.keys[keySHA256] != nil }
    }

    /// A request of the key has ended.
    package func ended(keySHA256: String) {
        state.withLock { state in
            // One look-up and in place, for a key is large: this happens for every request.
            guard let index = state.keys.index(forKey: keySHA256) else { return }
            state.keys.values[index].end()
        }
    }

    /// The meter revoked a key, or changed one: it stays admitted on no memory of ours.
    package func forget(keySHA256: String) {
        state.withLock { $0.keys[keySHA256] = nil }
    }

    /// Changes may have been missed: nothing is permitted on what was heard before.
    package func distrust() {
        state.withLock { state in for digest in state.keys.keys { state.keys[digest]?.permissions = [:] } }
    }

    /// A plan changed: what its keys were left is out of date.
    package func forget(plan: String) {
        state.withLock { state in state.keys = state.keys.filter { $0.value.identity.plan != plan } }
    }

    // MARK: While it is away

    /// Whether the meter has admitted this key and the time of grace is not over.
    package func isKnown(keySHA256: String, now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            state.keys[keySHA256] != nil && now - (state.outageBegan ?? now) < Self.length
        }
    }

    /// Decides in the meter's place.
    ///
    /// - Returns: The decision, or `nil` when the key or the model is not known here or the time is over.
    package func admit(_ request: AdmitRequest, now: ContinuousClock.Instant) -> AdmitReply? {
        state.withLock { state in
            let began = state.outageBegan ?? now
            state.outageBegan = began
            guard now - began < Self.length, var key = state.keys[request.keySHA256],
                now - key.heard < Self.length * 2, let permission = key.permissions[request.requestedModel]
            else { return nil }
            let allowed = request.targets.indices.filter { permission.targets.contains(request.targets[$0]) }
            guard !allowed.isEmpty else { return nil }
            let output = min(request.maxOutputTokens ?? outputReserve, outputReserve)
            let tokens = max(0, request.estimatedInputTokens) + output
            let cost = tokens.multipliedReportingOverflow(by: permission.nanoPerToken * Self.costFactor)
            let nanoUSD = cost.overflow ? Int.max / 4 : cost.partialValue
            if let denial = Self.denial(key, tokens: tokens, nanoUSD: nanoUSD) {
                return AdmitReply(admitted: false, denial: denial, identity: key.identity, limits: key.limits)
            }
            key.requests += 1
            key.tokens += tokens
            key.nanoUSD += nanoUSD
            key.running += 1
            state.keys[request.keySHA256] = key
            return AdmitReply(
                admitted: true,
                identity: key.identity,
                targets: allowed,
                limits: key.limits,
                features: key.features
            )
        }
    }

    private static func denial(_ key: Key, tokens: Int, nanoUSD: Int) -> Denial? {
        if let left = key.remaining?.nanoUSD, key.nanoUSD + nanoUSD > left {
            return Denial(
                reason: .budgetExhausted,
                retryAfterMS: 5000,
                message: "the budget's last known remainder does not cover the request while the meter is away"
            )
        }
        if let left = key.remaining?.tokens, key.tokens + tokens > left {
            return Denial(
                reason: .budgetExhausted,
                retryAfterMS: 5000,
                message: "the token budget's last known remainder does not cover the request while the meter is away"
            )
        }
        if let rate = key.limits?.rpm, rate.limit > 0, key.requests >= rate.remaining {
            return Denial(reason: .rpm, retryAfterMS: max(1000, rate.resetMS), message: "the request limit is reached")
        }
        if let rate = key.limits?.tpm, rate.limit > 0, key.tokens + tokens > rate.remaining {
            return Denial(reason: .tpm, retryAfterMS: max(1000, rate.resetMS), message: "the token limit is reached")
        }
        if let concurrency = key.limits?.concurrency, concurrency.limit > 0, key.running >= concurrency.limit {
            return Denial(
                reason: .concurrency,
                retryAfterMS: 1000,
                message: "\(concurrency.limit) requests are running on this API key, as many as it may"
            )
        }
        return nil
    }
}

extension AdmitRequest {
    /// The target of an index that a reply names; `nil` when the request has none such.
    fileprivate func target(_ index: Int) -> Target? {
        targets.indices.contains(index) ? targets[index] : nil
    }
}
