import Contracts

extension MeterState {
    /// The one tenant there is.
    package static let tenant = "default"

    mutating func admitted(_ lease: Lease, now: Moment, signer: some ReservationSigner) -> AdmitReply {
        let terms = keys[lease.key].terms
        let code = ReservationCode(serial: lease.serial, keyID: terms.id, nanoUSD: lease.nanoUSD, tokens: lease.tokens)
        return AdmitReply(
            admitted: true,
            identity: Self.identity(terms),
            targets: lease.targets,
            reservation: Reservation(
                id: code.encoded(by: signer),
                leaseMS: max(0, (lease.expiresUS - now.uptimeUS) / 1000),
                nanoUSD: lease.nanoUSD,
                tokens: lease.tokens
            ),
            remaining: remaining(key: lease.key),
            limits: limits(key: lease.key, now: now),
            features: features(keys[lease.key])
        )
    }

    /// What each admission of a grant says.
    mutating func terms(of offer: Offer, key index: Int, now: Moment) -> AdmitReply {
        AdmitReply(
            admitted: true,
            identity: Self.identity(keys[index].terms),
            targets: offer.targets,
            remaining: remaining(key: index),
            limits: limits(key: index, now: now),
            features: features(keys[index])
        )
    }

    mutating func denied(_ refusal: Refusal, key index: Int?, now: Moment) -> AdmitReply {
        let denial = Denial(reason: refusal.reason, retryAfterMS: refusal.retryAfterMS, message: refusal.message)
        guard let index else { return AdmitReply(admitted: false, denial: denial) }
        return AdmitReply(
            admitted: false,
            denial: denial,
            identity: Self.identity(keys[index].terms),
            remaining: remaining(key: index),
            limits: limits(key: index, now: now),
            features: features(keys[index])
        )
    }

    private static func identity(_ terms: KeyTerms) -> Identity {
        Identity(tenant: tenant, project: terms.project, keyID: terms.id, keyName: terms.name, plan: terms.plan)
    }

    private func remaining(key index: Int) -> Remaining {
        Remaining(nanoUSD: keys[index].remainingNanoUSD, tokens: keys[index].remainingTokens)
    }

    private func features(_ key: KeyState) -> Features {
        let cache = key.plan?.cache ?? ""
        return Features(
            cache: cache.isEmpty ? policy.cache : cache,
            strictLossless: key.terms.strictLossless || key.plan?.strictLossless == true
        )
    }

    /// The state of each limit that holds for a key.
    private mutating func limits(key index: Int, now: Moment) -> LimitsState {
        let limits = keys[index].limits
        var state = LimitsState()
        if limits.rpm > 0 {
            state.rpm = Rate(
                limit: limits.rpm,
                remaining: max(0, limits.rpm - keys[index].requests.used(at: now.uptimeUS)),
                resetMS: keys[index].requests.resetMS(at: now.uptimeUS)
            )
        }
        if limits.tpm > 0 {
            state.tpm = Rate(
                limit: limits.tpm,
                remaining: max(0, limits.tpm - min(limits.tpm, keys[index].tokens.used(at: now.uptimeUS))),
                resetMS: keys[index].tokens.resetMS(at: now.uptimeUS)
            )
        }
        if limits.concurrency > 0 {
            state.concurrency = Concurrency(limit: limits.concurrency, inUse: keys[index].inUse)
        }
        return state
    }
}
