package import Contracts

extension MeterState {
    /// The most targets that one admission may name.
    package static let maximumTargets = 256
    /// The longest request id that is taken.
    package static let maximumRequestIDLength = 128

    /// Decides whether a request may run, and reserves what it may use.
    ///
    /// A denial consumes nothing. The same request id gets the same reservation while it is open.
    ///
    /// - Throws: ``ServiceError`` with status UNAVAILABLE while routers are still to announce their leases,
    ///   INVALID_ARGUMENT for a malformed request, ALREADY_EXISTS for a request id that another key holds.
    package mutating func admit(
        _ request: AdmitRequest,
        now: Moment,
        signer: some ReservationSigner
    ) throws(ServiceError) -> AdmitReply {
        try Self.check(request)
        expire(now)
        guard let index = byDigest[request.keySHA256] else {
            return denied(Self.unknownKey, key: nil, now: now)
        }
        keys[index].turnPeriod(at: now.epochUS)
        if let refusal = Self.standing(of: keys[index], at: now) { return denied(refusal, key: index, now: now) }
        if let lease = leases.lease(requestID: request.requestID) {
            guard lease.key == index else {
                throw ServiceError(
                    .alreadyExists,
                    reason: "request_id_reused",
                    message: "another key holds this request id"
                )
            }
            return admitted(lease, now: now, signer: signer)
        }
        try waitForAnnouncements(key: index, now: now)
        switch offer(for: request, key: index) {
        case .failure(let refusal):
            return denied(refusal, key: index, now: now)
        case .success(let offer):
            if let refusal = shortage(offer, key: index, now: now) { return denied(refusal, key: index, now: now) }
            return admitted(take(offer, for: request, key: index, now: now), now: now, signer: signer)
        }
    }

    static func check(_ request: AdmitRequest) throws(ServiceError) {
        guard isRequestID(request.requestID) else {
            let message = "request_id: 1 to 128 visible ASCII characters"
            throw ServiceError(.invalidArgument, reason: "bad_request_id", message: message)
        }
        guard request.targets.count <= maximumTargets else {
            throw ServiceError(.invalidArgument, reason: "too_many_targets", message: "targets: at most 256")
        }
    }

    static func isRequestID(_ text: String) -> Bool {
        guard (1...maximumRequestIDLength).contains(text.utf8.count) else { return false }
        var text = text
        return text.withUTF8 { $0.allSatisfy { $0 >= 0x21 && $0 <= 0x7E } }
    }

    static let unknownKey = Refusal(.unknownKey, "this API key is not known here")

    static func standing(of key: KeyState, at now: Moment) -> Refusal? {
        if key.terms.revokedUS != nil { return Refusal(.revoked, "this API key was revoked") }
        if let expires = key.terms.expiresUS, expires <= now.epochUS {
            return Refusal(.expired, "this API key has expired")
        }
        // Limits that cannot be found must not turn into no limits.
        if let plan = key.terms.plan, key.plan == nil {
            return Refusal(.revoked, "the plan \(plan) of this API key does not exist")
        }
        return nil
    }

    // MARK: Offer

    /// What a request would hold.
    struct Offer {
        var targets: [Int]
        var nanoUSD: Int
        var tokens: Int
    }

    private func outputReserve(_ request: AdmitRequest) -> Int {
        let generates = request.operation == .chat
        let wanted = request.maxOutputTokens ?? (generates ? policy.outputReserve : 0)
        return wanted.clamped(to: 0...max(0, policy.outputReserve))
    }

    /// The permitted targets and the cost of the dearest.
    mutating func offer(for request: AdmitRequest, key index: Int) -> Result<Offer, Refusal> {
        var permitted = keys[index].allowance.permitted(requested: request.requestedModel, targets: request.targets)
        guard !permitted.isEmpty else {
            return .failure(Refusal(.modelNotAllowed, "this API key may not use the requested model"))
        }
        let needsPrice = (keys[index].plan?.limitNanoUSD ?? 0) > 0
        let input = request.estimatedInputTokens.clamped(to: 0...Rates.maximumTokens)
        let output = outputReserve(request)
        var dearest = 0
        permitted.removeAll { target in
            guard let price = prices.price(for: request.targets[target]) else { return needsPrice }
            let cost = price.rates(promptTokens: input).reserve(inputTokens: input, outputTokens: output)
            dearest = max(dearest, cost)
            return false
        }
        guard !permitted.isEmpty else {
            return .failure(
                Refusal(.unpriced, "no price is known for the requested model, and this key's plan has a limit in USD")
            )
        }
        return .success(Offer(targets: permitted, nanoUSD: dearest, tokens: input + output))
    }

    // MARK: Room

    /// Why an offer does not fit, or `nil` when it does; looks only.
    mutating func shortage(_ offer: Offer, key index: Int, now: Moment) -> Refusal? {
        if let refusal = budgetShortage(offer, key: keys[index], now: now) { return refusal }
        let limits = keys[index].limits
        if limits.concurrency > 0, keys[index].inUse >= limits.concurrency {
            let message = "\(limits.concurrency) requests are running on this API key, as many as it may"
            return Refusal(.concurrency, message, retryAfterMS: 1000)
        }
        if limits.rpm > 0, keys[index].requests.used(at: now.uptimeUS) >= limits.rpm {
            let delay = keys[index].requests.delayMS(for: 1, limit: limits.rpm, at: now.uptimeUS)
            return Refusal(.rpm, "the limit of \(limits.rpm) requests per minute is reached", retryAfterMS: delay)
        }
        if limits.tpm > 0, keys[index].tokens.used(at: now.uptimeUS) > limits.tpm - offer.tokens {
            let delay = keys[index].tokens.delayMS(for: offer.tokens, limit: limits.tpm, at: now.uptimeUS)
            return Refusal(.tpm, "the limit of \(limits.tpm) tokens per minute is reached", retryAfterMS: delay)
        }
        return nil
    }

    private func budgetShortage(_ offer: Offer, key: KeyState, now: Moment) -> Refusal? {
        guard let plan = key.plan, plan.hardCutoff else { return nil }
        let noMoney = key.remainingNanoUSD.map { offer.nanoUSD > $0 || $0 == 0 } ?? false
        let noTokens = key.remainingTokens.map { offer.tokens > $0 || $0 == 0 } ?? false
        guard noMoney || noTokens else { return nil }
        let budget = plan.period.rawValue + (noMoney ? " budget" : " token budget")
        return Refusal(
            .budgetExhausted,
            "the \(budget) of this API key does not cover the request",
            retryAfterMS: key.periodEndUS.map { max(0, ($0 - now.epochUS) / 1000) }
        )
    }

    // MARK: Taking

    private mutating func take(_ offer: Offer, for request: AdmitRequest, key index: Int, now: Moment) -> Lease {
        _ = keys[index].requests.add(1, at: now.uptimeUS)
        let lease = Lease(
            serial: nextSerial(now),
            key: index,
            requestID: request.requestID,
            nanoUSD: offer.nanoUSD,
            tokens: offer.tokens,
            slice: keys[index].tokens.add(offer.tokens, at: now.uptimeUS),
            targets: offer.targets,
            expiresUS: now.uptimeUS + Self.leaseMS * 1000
        )
        hold(lease)
        leases.open(lease)
        return lease
    }

    /// Milliseconds since the epoch and a counter, always above the last.
    mutating func nextSerial(_ now: Moment) -> UInt64 {
        lastSerial = max(lastSerial + 1, UInt64(max(0, now.epochUS / 1000)) << 20)
        return lastSerial
    }
}

/// Why a request may not run.
struct Refusal: Error {
    var reason: Denial.Reason
    var message: String
    var retryAfterMS: Int?

    init(_ reason: Denial.Reason, _ message: String, retryAfterMS: Int? = nil) {
        self.reason = reason
        self.message = message
        self.retryAfterMS = retryAfterMS
    }
}
