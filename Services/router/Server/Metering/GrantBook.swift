package import Contracts
import Synchronization

/// Admissions that the meter has granted ahead, by key and requested model.
///
/// A key that asks often for one model is worth a grant: the meter sets so many equal reservations aside, and each request
/// takes one from here without waiting for a call. The first requests, those larger than the grant's unit, and all requests
/// of a key that is near a limit are admitted by the meter itself. Nothing is admitted here that the meter has not
/// reserved, so limits hold exactly, with any number of routers.
package final class GrantBook: Sendable {
    /// Two admissions by the meter within this time make a grant worth asking for.
    private static let busy = Duration.milliseconds(250)
    /// How long a refused grant is not asked for again.
    private static let quiet = Duration.seconds(1)
    /// Requests of the first grant; doubled while grants are used up quickly.
    private static let smallest = 8
    /// Several times what arrives in one turn of a busy loop: a grant that ends in the middle of it leaves the rest of the turn's
    /// requests to be admitted one by one.
    private static let largest = 256
    /// The least input tokens of a unit, so that small differences do not matter.
    private static let smallestUnit = 256
    /// Keys and models that are remembered.
    private static let subjectLimit = 10_000

    /// What a grant is for.
    package struct Subject: Hashable, Sendable {
        var keySHA256: String
        var model: String
    }

    /// A grant to ask for.
    package struct Ask: Sendable {
        package var subject: Subject
        package var unit: AdmitRequest
        package var requests: Int
        /// Which state of the book it was asked in: what was granted before a change is not used after it.
        package var generation: Int
    }

    /// A grant that requests are admitted from; confined to the book's lock.
    private final class Live {
        let grant: Grant
        let terms: AdmitReply
        let unit: AdmitRequest
        let until: ContinuousClock.Instant
        private(set) var used = 0

        init(_ grant: Grant, terms: AdmitReply, unit: AdmitRequest, until: ContinuousClock.Instant) {
            self.grant = grant
            self.terms = terms
            self.unit = unit
            self.until = until
        }

        var left: Int { grant.requests - used }
        var account: EndedGrant { EndedGrant(id: grant.id, used: used) }

        func fits(_ request: AdmitRequest, output: Int) -> Bool {
            request.operation == unit.operation && request.estimatedInputTokens <= unit.estimatedInputTokens
                && output <= unit.maxOutputTokens ?? 0 && request.targets == unit.targets
        }

        /// Takes the next reservation, of no more tokens than the request may use.
        func take(tokens: Int) -> AdmitReply {
            var id = ""
            id.reserveCapacity(grant.id.utf8.count + 8)
            id += grant.id
            id += "."
            id += String(used)
            var reply = terms
            reply.reservation = Reservation(
                id: id,
                leaseMS: GrantBook.leaseMS,
                nanoUSD: grant.nanoUSD,
                tokens: min(grant.tokens, tokens)
            )
            used += 1
            return reply
        }
    }

    private struct Entry {
        /// In the order in which they were granted.
        var live: [Live] = []
        var size = GrantBook.smallest
        var isAsking = false
        var lastAdmitted: ContinuousClock.Instant
        var lastGranted: ContinuousClock.Instant?
        var quietUntil: ContinuousClock.Instant
        /// The largest that requests were since the last asking.
        var input = 0
        var output = 0

        var left: Int { live.reduce(0) { $0 + $1.left } }
        var plan: String? { live.first?.terms.identity?.plan }
        /// Whether it is time for the next grant.
        var isLow: Bool { !isAsking && left <= size / 2 }

        mutating func sawRequest(input: Int, output: Int) {
            self.input = max(self.input, input)
            self.output = max(self.output, output)
        }
    }

    private struct State {
        var entries: [Subject: Entry] = [:]
        var asks: [Ask] = []
        var ended: [EndedGrant] = []
        var generation = 0
    }

    private let outputReserve: Int
    private let state = Mutex(State())
    /// Says that there is something to ask or to account for.
    let work = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// Says that a grant has come, which runs out some time.
    let began = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameter outputReserve: The most output tokens that the meter reserves for a request.
    package init(outputReserve: Int) {
        self.outputReserve = outputReserve
    }

    // MARK: On the request path

    /// Admits a request from a grant; `nil` when it is for the meter to decide.
    package func take(_ request: AdmitRequest, now: ContinuousClock.Instant) -> AdmitReply? {
        let (reply, asks) = state.withLock { state in
            let subject = Subject(keySHA256: request.keySHA256, model: request.requestedModel)
            guard let index = state.entries.index(forKey: subject), !state.entries.values[index].live.isEmpty else {
                return (nil as AdmitReply?, false)
            }
            return take(request, at: index, now: now, in: &state)
        }
        if asks { work.continuation.yield() }
        return reply
    }

    private func take(
        _ request: AdmitRequest,
        at index: Dictionary<Subject, Entry>.Index,
        now: ContinuousClock.Instant,
        in state: inout State
    ) -> (AdmitReply?, Bool) {
        let output = outputTokens(request)
        state.entries.values[index].sawRequest(input: request.estimatedInputTokens, output: output)
        while let first = state.entries.values[index].live.first {
            guard first.left > 0, first.until > now else {
                state.entries.values[index].live.removeFirst()
                state.ended.append(first.account)
                continue
            }
            guard first.fits(request, output: output) else { break }
            let reply = first.take(tokens: request.estimatedInputTokens + output)
            return (reply, refill(request, at: index, now: now, in: &state))
        }
        return (nil, false)
    }

    /// What the meter makes of every reservation that a request has taken; only renewals count on it.
    private static let leaseMS = 60_000

    /// Asks for the next grant when half of this one is used.
    private func refill(
        _ request: AdmitRequest,
        at index: Dictionary<Subject, Entry>.Index,
        now: ContinuousClock.Instant,
        in state: inout State
    ) -> Bool {
        guard state.entries.values[index].isLow, now >= state.entries.values[index].quietUntil else { return false }
        if let last = state.entries.values[index].lastGranted, now - last < Self.busy {
            state.entries.values[index].size = min(Self.largest, state.entries.values[index].size * 2)
        }
        ask(request, at: index, in: &state)
        return true
    }

    private func ask(_ request: AdmitRequest, at index: Dictionary<Subject, Entry>.Index, in state: inout State) {
        var unit = request
        unit.estimatedInputTokens = Self.unit(state.entries.values[index].input)
        unit.maxOutputTokens = state.entries.values[index].output
        state.entries.values[index].isAsking = true
        state.entries.values[index].input = 0
        state.entries.values[index].output = 0
        state.asks.append(
            Ask(
                subject: state.entries.keys[index],
                unit: unit,
                requests: state.entries.values[index].size,
                generation: state.generation
            )
        )
    }

    /// The next power of two: requests of nearly the same size fit the same unit.
    private static func unit(_ tokens: Int) -> Int {
        guard tokens > smallestUnit, tokens < 1 << 40 else { return max(smallestUnit, tokens) }
        return 1 << (Int.bitWidth - (tokens - 1).leadingZeroBitCount)
    }

    private func outputTokens(_ request: AdmitRequest) -> Int {
        min(max(0, request.maxOutputTokens ?? outputReserve), outputReserve)
    }

    /// Takes note of an admission by the meter: a key that comes often is worth a grant.
    package func note(_ reply: AdmitReply, to request: AdmitRequest, now: ContinuousClock.Instant) {
        guard reply.admitted, reply.reservation != nil, request.operation == .chat else { return }
        let asks = state.withLock { state in
            let subject = Subject(keySHA256: request.keySHA256, model: request.requestedModel)
            guard let index = state.entries.index(forKey: subject) else {
                Self.makeRoom(&state)
                var entry = Entry(lastAdmitted: now, quietUntil: now)
                entry.sawRequest(input: request.estimatedInputTokens, output: outputTokens(request))
                state.entries[subject] = entry
                return false
            }
            let isBusy = now - state.entries.values[index].lastAdmitted < Self.busy
            state.entries.values[index].lastAdmitted = now
            state.entries.values[index].sawRequest(
                input: request.estimatedInputTokens,
                output: outputTokens(request)
            )
            guard isBusy, state.entries.values[index].isLow, now >= state.entries.values[index].quietUntil else {
                return false
            }
            ask(request, at: index, in: &state)
            return true
        }
        if asks { work.continuation.yield() }
    }

    private static func makeRoom(_ state: inout State) {
        guard state.entries.count >= subjectLimit else { return }
        state.entries = state.entries.filter { !$0.value.live.isEmpty || $0.value.isAsking }
        if state.entries.count >= subjectLimit, let any = state.entries.keys.first { end([any], in: &state) }
    }

    // MARK: Ending

    /// Ends the grants of a key, which the meter is about to be told.
    ///
    /// - Returns: Whether any of their reservations was left.
    package func end(keySHA256: String) -> Bool {
        forget { subject, _ in subject.keySHA256 == keySHA256 }
    }

    /// Ends the grants of a plan's keys.
    package func end(plan: String) {
        _ = forget { _, ofPlan in ofPlan == plan }
    }

    /// Ends all grants: changes may have been missed.
    package func endAll() {
        _ = forget { _, _ in true }
    }

    private func forget(_ isMeant: @Sendable (Subject, _ ofPlan: String?) -> Bool) -> Bool {
        let (hadLeft, hasEnded) = state.withLock { state in
            state.generation += 1
            let before = state.ended.count
            var meant: [Subject] = []
            var left = 0
            for (subject, entry) in state.entries where isMeant(subject, entry.plan) {
                meant.append(subject)
                left += entry.left
            }
            Self.end(meant, in: &state)
            return (left > 0, state.ended.count > before)
        }
        if hasEnded { work.continuation.yield() }
        return hadLeft
    }

    private static func end(_ subjects: [Subject], in state: inout State) {
        for subject in subjects {
            guard let entry = state.entries.removeValue(forKey: subject) else { continue }
            state.ended += entry.live.map(\.account)
        }
    }

    // MARK: For the keeper

    /// Takes out what is to be asked for.
    package func takeAsks() -> [Ask] {
        state.withLock { state in
            defer { state.asks = [] }
            return state.asks
        }
    }

    /// Takes out grants that have ended and that the meter has not heard of, so many at most.
    package func takeEnded(atMost limit: Int = 500) -> [EndedGrant] {
        state.withLock { state in
            let taken = Array(state.ended.prefix(limit))
            state.ended.removeFirst(taken.count)
            return taken
        }
    }

    /// Puts back what the meter could not be told.
    func putBack(_ ended: [EndedGrant]) {
        state.withLock { $0.ended = ended + $0.ended }
    }

    /// Takes in what the meter answered to an ask; `nil` when it did not.
    package func answered(_ ask: Ask, _ reply: GrantReply?, asked: ContinuousClock.Instant) {
        let hasGrant = state.withLock { state in
            guard let index = state.entries.index(forKey: ask.subject), ask.generation == state.generation else {
                if let index = state.entries.index(forKey: ask.subject) { state.entries.values[index].isAsking = false }
                // Granted before something changed: given back as it is.
                if let grant = reply?.grant { state.ended.append(EndedGrant(id: grant.id, used: 0)) }
                return false
            }
            state.entries.values[index].isAsking = false
            guard let grant = reply?.grant, let terms = reply?.terms, grant.requests > 0, terms.identity != nil else {
                state.entries.values[index].quietUntil = asked + Self.quiet
                return false
            }
            state.entries.values[index].lastGranted = asked
            state.entries.values[index].live.append(
                Live(grant, terms: terms, unit: ask.unit, until: asked + .milliseconds(grant.useMS))
            )
            return true
        }
        if hasGrant { began.continuation.yield() } else { work.continuation.yield() }
    }

    /// Ends the grants whose time is over, and says when the next one's is.
    package func endExpired(now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (next, hasEnded) = state.withLock { state in
            let before = state.ended.count
            var next: ContinuousClock.Instant?
            for index in state.entries.indices {
                for live in state.entries.values[index].live where live.until <= now {
                    state.ended.append(live.account)
                    if live.left * 2 > live.grant.requests {
                        state.entries.values[index].size = max(Self.smallest, state.entries.values[index].size / 2)
                    }
                }
                state.entries.values[index].live.removeAll { $0.until <= now }
                for live in state.entries.values[index].live { next = min(next ?? live.until, live.until) }
            }
            return (next, state.ended.count > before)
        }
        if hasEnded { work.continuation.yield() }
        return next
    }
}
