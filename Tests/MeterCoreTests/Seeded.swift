import Contracts
import MeterCore
import Testing

/// SplitMix64: the same numbers for the same seed, everywhere.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A keyed checksum that stands in for the real tag.
struct TestSigner: ReservationSigner {
    var key: UInt64 = 0x5EED

    func tag(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        var first = key ^ 0xCBF2_9CE4_8422_2325
        var second = ~key
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
            second = (second &+ UInt64(byte) &+ first) &* 0x9E37_79B9_7F4A_7C15
        }
        return (first, second)
    }
}

extension Moment {
    /// 24 November 2026, 04:00 UTC, a Tuesday.
    static let start = Moment(epochUS: 1_795_492_800_000_000, uptimeUS: 1_000_000_000)

    func plus(seconds: Double) -> Moment {
        advanced(byMilliseconds: Int((seconds * 1000).rounded()))
    }
}

/// A state with one key on one plan, and prices for `acme/small` (1 and 2 USD) and `acme/large` (10 and 20 USD).
struct Fixture {
    static let digest = String(repeating: "ab", count: 32)
    static let keyID = "key_test"
    static let small = Target(provider: "acme", model: "small")
    static let large = Target(provider: "acme", model: "large")
    static let mystery = Target(provider: "acme", model: "mystery")

    var state: MeterState
    let signer = TestSigner()

    init(
        plan: PlanTerms? = nil,
        policy: LimitPolicy = LimitPolicy(isEnabled: true, rpm: 0, tpm: 0, concurrency: 0),
        now: Moment = .start,
        awaited: Set<String> = [],
        isFresh: Bool = true
    ) {
        state = MeterState(policy: policy, now: now, awaited: awaited, isFresh: isFresh)
        let dollar = 1_000_000_000
        state.prices.set(Price(input: dollar, output: 2 * dollar, source: .declared), id: "acme/small")
        state.prices.set(Price(input: 10 * dollar, output: 20 * dollar, source: .declared), id: "acme/large")
        if let plan { state.setPlan(plan, now: now) }
        state.setKey(KeyTerms(id: Self.keyID, ordinal: 1, digest: Self.digest, plan: plan?.name), now: now)
    }

    mutating func admit(
        _ id: String,
        model: String = "small",
        targets: [Target] = [Fixture.small],
        input: Int = 1000,
        output: Int? = 1000,
        digest: String = Fixture.digest,
        operation: Contracts.Operation = .chat,
        at now: Moment = .start
    ) throws(ServiceError) -> AdmitReply {
        let request = AdmitRequest(
            requestID: id,
            keySHA256: digest,
            operation: operation,
            requestedModel: model,
            targets: targets,
            estimatedInputTokens: input,
            maxOutputTokens: output
        )
        return try state.admit(request, now: now, signer: signer)
    }

    mutating func view(at now: Moment) throws -> MeterState.KeyView {
        let view = state.view(keyID: Self.keyID, now: now)
        return try #require(view)
    }

    mutating func price(_ record: UsageRecord, at now: Moment = .start) throws(RecordRefusal) -> PricedRecord {
        try state.price(record, now: now, signer: signer)
    }

    mutating func settle(
        _ id: String,
        reservation: String?,
        usage: TokenUsage = TokenUsage(input: 1000, output: 1000),
        target: Target = Fixture.small,
        isNew: Bool = true,
        at now: Moment = .start
    ) throws(RecordRefusal) -> PricedRecord {
        let record = Self.record(id, reservation: reservation, usage: usage, target: target, at: now)
        let priced = try state.price(record, now: now, signer: signer)
        state.apply(priced, isNew: isNew, now: now, signer: signer)
        return priced
    }

    static func record(
        _ id: String,
        reservation: String? = nil,
        usage: TokenUsage = TokenUsage(input: 1000, output: 1000),
        target: Target = Fixture.small,
        at now: Moment = .start
    ) -> UsageRecord {
        UsageRecord(
            requestID: id,
            reservationID: reservation,
            keyID: keyID,
            outcome: .ok,
            dialect: "openai",
            requestedModel: target.model,
            startedUS: now.epochUS,
            totalMS: 10,
            attempts: [
                Attempt(
                    n: 1,
                    provider: target.provider,
                    model: target.model,
                    account: "main",
                    status: 200,
                    durationMS: 10,
                    usage: usage,
                    usageSource: .provider
                )
            ]
        )
    }
}
