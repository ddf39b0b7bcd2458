package import Contracts

extension MeterState {
    /// The most reservations that one renewal names.
    package static let maximumRenewals = 100_000

    /// Prolongs leases, and takes up those of the meter's earlier life.
    ///
    /// A restarted meter knows no lease; an id that it signed before its start, announced within one lease's time and
    /// not settled meanwhile, is one again. Everything else that is not open is unknown.
    package mutating func renew(_ request: RenewRequest, now: Moment, signer: some ReservationSigner) -> RenewReply {
        expire(now)
        var unknown: [String] = []
        for id in request.reservations.prefix(Self.maximumRenewals) where !renew(id, now: now, signer: signer) {
            unknown.append(id)
        }
        unknown.append(contentsOf: request.reservations.dropFirst(Self.maximumRenewals))
        if gateUS != nil, awaited.remove(request.instance) != nil, awaited.isEmpty { gateUS = nil }
        return RenewReply(unknown: unknown)
    }

    private mutating func renew(_ id: String, now: Moment, signer: some ReservationSigner) -> Bool {
        guard let code = ReservationCode(id, signer: signer) else { return false }
        let expiresUS = now.uptimeUS + Self.leaseMS * 1000
        if leases.renew(serial: code.serial, until: expiresUS) { return true }
        if var lease = granted.close(serial: code.serial) {
            // A request has taken it, so it is a reservation as any other.
            lease.expiresUS = expiresUS
            leases.open(lease)
            return true
        }
        guard isEarlierLife(code), now.uptimeUS < announceUntilUS, !settledEarly.contains(code.serial),
            let index = byID[code.keyID]
        else { return false }
        _ = keys[index].requests.add(1, at: now.uptimeUS)
        let lease = Lease(
            serial: code.serial,
            key: index,
            requestID: nil,
            nanoUSD: code.nanoUSD.clamped(to: 0...Rates.maximumCost),
            tokens: code.tokens,
            slice: keys[index].tokens.add(code.tokens, at: now.uptimeUS),
            targets: [],
            expiresUS: expiresUS
        )
        hold(lease)
        leases.open(lease)
        return true
    }

    /// Keeps what records hold that could not be stored: until they can be, a budget is not free of what they cost.
    ///
    /// Their slots are free, for the requests are over: a store that is away does not use up a key's concurrency.
    /// Routers send such records again within a lease's time, and each time they are kept anew.
    package mutating func keepLeases(of records: [UsageRecord], now: Moment, signer: some ReservationSigner) {
        expire(now)
        for case let id? in records.lazy.map(\.reservationID) where renew(id, now: now, signer: signer) {
            guard let code = ReservationCode(id, signer: signer), let key = leases.endRequest(serial: code.serial)
            else { continue }
            keys[key].inUse -= 1
        }
    }

    /// Issued before this life began, and less than a day before.
    func isEarlierLife(_ code: ReservationCode) -> Bool {
        code.issuedMS < startedMS && code.issuedMS > startedMS - 86_400_000
    }

    // MARK: Holding

    /// Sets aside what a lease holds; the caller puts it into the table it belongs to.
    mutating func hold(_ lease: Lease) {
        keys[lease.key].inUse += 1
        keys[lease.key].reservedNanoUSD.addClamped(lease.nanoUSD)
        keys[lease.key].reservedTokens.addClamped(lease.tokens)
    }

    /// An open lease, whichever way it was given.
    func lease(serial: UInt64) -> Lease? {
        leases.lease(serial: serial) ?? granted.lease(serial: serial)
    }

    /// Ends a lease, whichever way it was given; what it held is still to be released.
    mutating func close(serial: UInt64) -> Lease? {
        leases.close(serial: serial) ?? granted.close(serial: serial)
    }

    /// Gives back what a lease that has been closed held, but not what it counted in the rate windows.
    mutating func release(_ lease: Lease) {
        if !lease.isOver { keys[lease.key].inUse -= 1 }
        keys[lease.key].reservedNanoUSD.addClamped(-lease.nanoUSD)
        keys[lease.key].reservedTokens.addClamped(-lease.tokens)
    }

    /// Ends the leases that have run out.
    package mutating func expire(_ now: Moment) {
        while let lease = leases.popExpired(at: now.uptimeUS) { release(lease) }
        while let lease = granted.popExpired(at: now.uptimeUS) { release(lease) }
        if now.uptimeUS >= announceUntilUS, !settledEarly.isEmpty { settledEarly = [] }
    }

    // MARK: After a restart

    /// Refuses keys with limits until routers have announced their leases or the wait is over.
    func waitForAnnouncements(key index: Int, now: Moment) throws(ServiceError) {
        guard let gateUS, now.uptimeUS < gateUS else { return }
        let plan = keys[index].plan
        let hasBudget = (plan?.limitNanoUSD ?? 0) > 0 || (plan?.limitTokens ?? 0) > 0
        guard hasBudget || !keys[index].limits.isUnlimited else { return }
        throw ServiceError(
            .unavailable,
            reason: "awaiting_routers",
            message: "the meter has just started and waits for routers to announce what is running",
            retry: .same(afterMilliseconds: max(1, (gateUS - now.uptimeUS) / 1000))
        )
    }
}
