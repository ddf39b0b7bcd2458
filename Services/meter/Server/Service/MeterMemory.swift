package import Contracts
package import MeterCore
package import Secrets
import Synchronization

/// The meter's state under its one lock.
///
/// No call holds the lock across a wait; an admission is a few microseconds on the caller's event loop.
package final class MeterMemory: Sendable {
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

    package func renew(_ request: RenewRequest) -> RenewReply {
        let now = clock.now
        return state.withLock { $0.renew(request, now: now, signer: signer) }
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
