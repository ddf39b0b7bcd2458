package import Contracts

extension MeterState {
    /// The most requests of one grant.
    package static let maximumGrant = 256
    /// The least: less than that is not worth a call.
    static let minimumGrant = 2
    /// A grant takes at most this part of what each limit has left, so that whoever comes meanwhile is not denied for what
    /// nobody has used yet.
    static let grantShare = 8
    /// How long a router admits requests from a grant.
    package static let grantUseMS = 2000
    /// How long a grant's reservations last until its router gives account of them; one that died holds them no longer.
    package static let grantLeaseMS = 5000
    /// The most grants that one call gives account of.
    static let maximumAccount = 1000

    /// Reserves ahead for a key that is far from every limit, and takes in the account of earlier grants.
    ///
    /// - Throws: ``ServiceError`` as ``admit(_:now:signer:)``.
    package mutating func grant(
        _ request: GrantRequest,
        now: Moment,
        signer: some ReservationSigner
    ) throws(ServiceError) -> GrantReply {
        expire(now)
        for ended in request.ended.prefix(Self.maximumAccount) { end(ended, now: now, signer: signer) }
        guard request.requests > 0 else { return GrantReply() }
        try Self.check(request.unit)
        guard let index = byDigest[request.unit.keySHA256] else { return GrantReply() }
        keys[index].turnPeriod(at: now.epochUS)
        guard Self.standing(of: keys[index], at: now) == nil else { return GrantReply() }
        try waitForAnnouncements(key: index, now: now)
        guard case .success(let offer) = offer(for: request.unit, key: index),
            shortage(offer, key: index, now: now) == nil
        else { return GrantReply() }
        let wanted = min(request.requests, Self.maximumGrant)
        let count = room(for: offer, key: index, atMost: wanted, now: now)
        guard count >= Self.minimumGrant else { return GrantReply() }
        let grant = take(count, offer, key: index, now: now, signer: signer)
        return GrantReply(grant: grant, terms: terms(of: offer, key: index, now: now))
    }

    /// How many requests of a size fit into the share of a grant.
    private mutating func room(for offer: Offer, key index: Int, atMost wanted: Int, now: Moment) -> Int {
        var count = wanted
        func bound(_ left: Int, by unit: Int) {
            if unit > 0 { count = min(count, left / Self.grantShare / unit) }
        }
        let limits = keys[index].limits
        if limits.concurrency > 0 { bound(limits.concurrency - keys[index].inUse, by: 1) }
        if limits.rpm > 0 { bound(limits.rpm - keys[index].requests.used(at: now.uptimeUS), by: 1) }
        if limits.tpm > 0 { bound(limits.tpm - keys[index].tokens.used(at: now.uptimeUS), by: offer.tokens) }
        if keys[index].plan?.hardCutoff == true {
            if let left = keys[index].remainingNanoUSD { bound(left, by: offer.nanoUSD) }
            if let left = keys[index].remainingTokens { bound(left, by: offer.tokens) }
        }
        return count
    }

    private mutating func take(
        _ count: Int,
        _ offer: Offer,
        key index: Int,
        now: Moment,
        signer: some ReservationSigner
    ) -> Grant {
        let first = nextSerial(now)
        lastSerial += UInt64(count - 1)
        _ = keys[index].requests.add(count, at: now.uptimeUS)
        let slice = keys[index].tokens.add(offer.tokens * count, at: now.uptimeUS)
        for serial in first...lastSerial {
            let lease = Lease(
                serial: serial,
                key: index,
                requestID: nil,
                nanoUSD: offer.nanoUSD,
                tokens: offer.tokens,
                slice: slice,
                targets: [],
                expiresUS: now.uptimeUS + Self.grantLeaseMS * 1000
            )
            hold(lease)
            granted.open(lease)
        }
        let terms = keys[index].terms
        let code = ReservationCode(
            serial: first,
            keyID: terms.id,
            nanoUSD: offer.nanoUSD,
            tokens: offer.tokens,
            requests: count
        )
        let untilExpiry = terms.expiresUS.map { max(0, ($0 - now.epochUS) / 1000) } ?? .max
        return Grant(
            id: code.encoded(by: signer),
            requests: count,
            useMS: min(Self.grantUseMS, untilExpiry),
            nanoUSD: offer.nanoUSD,
            tokens: offer.tokens
        )
    }

    /// Keeps what requests of a grant have taken as any reservation is kept, and takes the others back.
    private mutating func end(_ ended: EndedGrant, now: Moment, signer: some ReservationSigner) {
        guard let code = ReservationCode(grant: ended.id, signer: signer) else { return }
        for number in 0..<code.requests {
            guard var lease = granted.close(serial: code.serial + UInt64(number)) else { continue }
            if number < ended.used {
                lease.expiresUS = now.uptimeUS + Self.leaseMS * 1000
                leases.open(lease)
            } else {
                release(lease)
                keys[lease.key].requests.correct(by: -1, slice: lease.slice, at: now.uptimeUS)
                keys[lease.key].tokens.correct(by: -lease.tokens, slice: lease.slice, at: now.uptimeUS)
            }
        }
    }
}
