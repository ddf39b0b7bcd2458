/// What one admitted request holds until it is settled or its lease runs out.
package struct Lease: Sendable {
    package var serial: UInt64
    /// Which key holds it, as an index into the state's keys.
    package var key: Int
    /// Known only to the meter that admitted it, not after a re-announcement.
    package var requestID: String?
    package var nanoUSD: Int
    package var tokens: Int
    /// The slice of the key's token window that the tokens were counted in.
    package var slice: Int
    package var targets: [Int]
    package var expiresUS: Int
    /// Whether the request runs no more, and only what it cost is not in the ledger yet.
    package fileprivate(set) var isOver = false

    package init(
        serial: UInt64,
        key: Int,
        requestID: String?,
        nanoUSD: Int,
        tokens: Int,
        slice: Int,
        targets: [Int],
        expiresUS: Int
    ) {
        self.serial = serial
        self.key = key
        self.requestID = requestID
        self.nanoUSD = nanoUSD
        self.tokens = tokens
        self.slice = slice
        self.targets = targets
        self.expiresUS = expiresUS
    }
}

/// The open leases, in the order in which they run out.
///
/// Every lease lasts equally long from its start or renewal, so a list with new and renewed ones at its end is always in
/// order: each operation is constant work. The list's links live in the array beside the leases.
package struct LeaseTable: Sendable {
    private struct Place {
        var lease: Lease?
        var before = -1
        var after = -1
    }

    private var places: [Place] = []
    private var free: [Int] = []
    private var bySerial: [UInt64: Int] = [:]
    private var byRequest: [String: Int] = [:]
    private var oldest = -1
    private var youngest = -1

    package init() {}

    package var count: Int { bySerial.count }

    package func lease(serial: UInt64) -> Lease? {
        bySerial[serial].flatMap { places[$0].lease }
    }

    package func lease(requestID: String) -> Lease? {
        byRequest[requestID].flatMap { places[$0].lease }
    }

    /// Adds a lease at the end; it must not run out before any that is there.
    package mutating func open(_ lease: Lease) {
        let place: Int
        if let reused = free.popLast() {
            place = reused
        } else {
            place = places.count
            places.append(Place())
        }
        places[place].lease = lease
        bySerial[lease.serial] = place
        if let requestID = lease.requestID { byRequest[requestID] = place }
        link(place)
    }

    /// Lets a lease run until a later instant; `false` when there is none.
    package mutating func renew(serial: UInt64, until expiresUS: Int) -> Bool {
        guard let place = bySerial[serial] else { return false }
        places[place].lease?.expiresUS = expiresUS
        unlink(place)
        link(place)
        return true
    }

    /// Notes that a lease's request runs no more; the lease goes on.
    ///
    /// - Returns: The key whose slot that frees; `nil` when it was known, or there is no such lease.
    package mutating func endRequest(serial: UInt64) -> Int? {
        guard let place = bySerial[serial], let lease = places[place].lease, !lease.isOver else { return nil }
        places[place].lease?.isOver = true
        return lease.key
    }

    /// Ends a lease and hands it back; `nil` when it has ended before.
    package mutating func close(serial: UInt64) -> Lease? {
        guard let place = bySerial[serial] else { return nil }
        return close(place: place)
    }

    /// Ends the oldest lease if it has run out by then.
    package mutating func popExpired(at uptimeUS: Int) -> Lease? {
        guard oldest >= 0, let lease = places[oldest].lease, lease.expiresUS <= uptimeUS else { return nil }
        return close(place: oldest)
    }

    private mutating func close(place: Int) -> Lease? {
        guard let lease = places[place].lease else { return nil }
        unlink(place)
        places[place].lease = nil
        free.append(place)
        bySerial[lease.serial] = nil
        if let requestID = lease.requestID { byRequest[requestID] = nil }
        return lease
    }

    private mutating func link(_ place: Int) {
        places[place].before = youngest
        places[place].after = -1
        if youngest >= 0 { places[youngest].after = place } else { oldest = place }
        youngest = place
    }

    private mutating func unlink(_ place: Int) {
        let before = places[place].before
        let after = places[place].after
        if before >= 0 { places[before].after = after } else { oldest = after }
        if after >= 0 { places[after].before = before } else { youngest = before }
    }
}
