package import Contracts
package import MeterCore
package import Secrets
import Synchronization

/// The meter's state under its one lock.
///
/// No call holds the lock across a wait; an admission is a few microseconds on the caller's event loop.
package final class MeterMemory: Sendable {
    /// Records or reservations that are worked on under one lock.
    static let stretch = 64

    package let clock: MeterClock
    package let signer: ReservationTagger
    private let state: Mutex<MeterState>

    package init(state: sending MeterState, clock: MeterClock, signer: ReservationTagger) {
        self.state = Mutex(state)
        self.clock = clock
        self.signer = signer
    }

    package func admit(_ request: AdmitRequest) throws(ServiceError) -> AdmitReply {
        let now = clock.now
        return try state.withLock { state throws(ServiceError) in
            try state.admit(request, now: now, signer: signer)
        }
    }

    package func grant(_ request: GrantRequest) throws(ServiceError) -> GrantReply {
        let now = clock.now
        return try state.withLock { state throws(ServiceError) in
            try state.grant(request, now: now, signer: signer)
        }
    }

    /// What targets charge for short prompts.
    package func rates(_ request: RatesRequest) -> RatesReply {
        let rates = state.withLock { state in
            request.targets.map { target in
                state.prices.price(for: target).map { TargetRates(inputNano: $0.input, outputNano: $0.output) }
                    ?? TargetRates()
            }
        }
        return RatesReply(rates: rates)
    }

    /// Renews a stretch at a time: a router may hold thousands, and admissions are not to wait for all of them.
    package func renew(_ request: RenewRequest) -> RenewReply {
        let now = clock.now
        var reply = RenewReply()
        var rest = request.reservations[...]
        while rest.count > Self.stretch {
            let part = RenewRequest(instance: "", reservations: Array(rest.prefix(Self.stretch)))
            reply.unknown += state.withLock { $0.renew(part, now: now, signer: signer) }.unknown
            rest = rest.dropFirst(Self.stretch)
        }
        // The router has announced all that it holds only with the last of them.
        let last = RenewRequest(instance: request.instance, reservations: Array(rest))
        reply.unknown += state.withLock { $0.renew(last, now: now, signer: signer) }.unknown
        return reply
    }

    package func view(keyID: String) -> MeterState.KeyView? {
        let now = clock.now
        return state.withLock { $0.view(keyID: keyID, now: now) }
    }

    /// Reads or changes the state; the closure must not wait.
    package func withState<Result: Sendable, Failure: Error>(
        _ body: (inout MeterState, Moment) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let now = clock.now
        return try state.withLock { state throws(Failure) in try body(&state, now) }
    }
}

/// Tags reservation ids with a key of the installation's own.
package struct ReservationTagger: ReservationSigner {
    private let key: Subkey

    package init(key: Subkey) {
        self.key = key
    }

    package func tag(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        keyedHash(key, bytes)
    }
}
