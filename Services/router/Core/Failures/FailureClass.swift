package import Dialects

/// What an upstream's failure leads to: where to go next, and who is left alone for how long.
package struct FailureClass: Hashable, Sendable {
    /// Where the request goes next, as long as no content byte has reached the client.
    package enum Action: Hashable, Sendable {
        /// The next account, of the same target or another one.
        case nextAccount
        /// The next target: no other account of this one would do better.
        case nextTarget
        /// Nowhere: the client gets this failure.
        case stop
    }

    package let action: Action
    /// Who is left alone; `nil` for nobody.
    package let pause: Pause?
    /// What happened, for the client.
    package let fault: UpstreamFault
    /// The `reason` of records and metrics, in snake_case.
    package let reason: String
    /// Whether the provider's error rate rises.
    package let countsAsProviderFailure: Bool
    /// Whether the upstream's own body goes to the client: the request is at fault and the body is in its dialect.
    package var passesBody: Bool { fault.kind.isClientFault && fault.isDialectShaped }

    /// Who is left alone, and how long.
    package struct Pause: Hashable, Sendable {
        package enum Scope: Hashable, Sendable {
            /// The account for all models.
            case account
            /// The account for this model.
            case model
        }

        package enum Length: Hashable, Sendable {
            /// As long as the provider said.
            case exactly(Duration)
            /// This long, whatever came before.
            case fixed(Duration)
            /// This long at first, twice as long each further time, up to the limit.
            case growing(from: Duration, limit: Duration)
        }

        package let scope: Scope
        package let length: Length
        /// Whether the pause gives way when nobody else is left: true where it is our guess and not the
        /// provider's word.
        package let givesWay: Bool
    }

    /// The longest time a provider can send an account away for.
    package static let longestRetryAfter = Duration.seconds(24 * 3600)

    /// Classifies a response, or an error inside one.
    ///
    /// - Parameters:
    ///   - fault: What was read from it.
    ///   - retryAfter: What the response's headers ask for, see ``RetryAfter``.
    package init(_ fault: UpstreamFault, retryAfter: Duration? = nil) {
        self.init(
            fault: fault,
            reason: fault.kind.rawValue,
            action: Self.action(after: fault.kind),
            pause: Self.pause(after: fault.kind, retryAfter: retryAfter)
        )
    }

    /// Classifies a response by its status and body.
    package init(
        status: Int,
        body: some Collection<UInt8>,
        dialect: Dialect,
        retryAfter: Duration? = nil
    ) {
        let fault = UpstreamFault.read(status: status, body: body, dialect: dialect)
        self.init(fault, retryAfter: retryAfter ?? fault.retryAfter.map { .seconds($0) })
    }

    /// Classifies a failure below the response.
    ///
    /// - Parameters:
    ///   - failure: What happened.
    ///   - message: What the client is told of it; `nil`: what the kind of failure says.
    package init(_ failure: TransportFailure, message: String? = nil) {
        let fault = UpstreamFault(kind: failure.kind, message: message)
        switch failure {
        case .cancelled: self.init(fault: fault, reason: failure.rawValue, action: .stop, pause: nil)
        case .refusedByPolicy:
            self.init(fault: fault, reason: failure.rawValue, action: .nextTarget, pause: nil)
        case .tooLarge: self.init(fault: fault, reason: failure.rawValue, action: .nextTarget, pause: nil)
        default:
            self.init(
                fault: fault,
                reason: failure.rawValue,
                action: .nextAccount,
                pause: Pause(scope: .account, length: Self.outage, givesWay: true)
            )
        }
    }

    private init(fault: UpstreamFault, reason: String, action: Action, pause: Pause?) {
        self.fault = fault
        self.reason = reason
        self.action = action
        self.pause = pause
        countsAsProviderFailure =
            switch fault.kind {
            case .overloaded, .serverError, .timeout, .malformed, .truncated: true
            case .transport: !Self.ownDecisions.contains(reason)
            case .rateLimited, .quotaExhausted, .authentication, .modelNotFound, .contextTooLong, .requestTooLarge,
                .contentPolicy, .badRequest:
                false
            }
    }

    /// What ends an attempt without the provider's doing.
    private static let ownDecisions: Set<String> = [
        TransportFailure.cancelled.rawValue, TransportFailure.refusedByPolicy.rawValue,
        TransportFailure.proxiesDown.rawValue,
    ]
    private static let outage = Pause.Length.growing(from: .seconds(30), limit: .seconds(300))
    private static let rate = Pause.Length.growing(from: .seconds(2), limit: .seconds(300))

    private static func action(after kind: FailureKind) -> Action {
        switch kind {
        case .badRequest, .contentPolicy: .stop
        case .contextTooLong, .requestTooLarge: .nextTarget
        // Access to a model is often an account's, not the provider's: another account may have it.
        case .modelNotFound, .rateLimited, .quotaExhausted, .authentication, .overloaded, .serverError, .timeout,
            .transport,
            .malformed, .truncated:
            .nextAccount
        }
    }

    private static func pause(after kind: FailureKind, retryAfter: Duration?) -> Pause? {
        let asked = retryAfter.map { min(max($0, .zero), longestRetryAfter) }
        switch kind {
        case .rateLimited:
            return Pause(scope: .account, length: asked.map { .exactly($0) } ?? rate, givesWay: false)
        case .quotaExhausted:
            let length = max(asked ?? .zero, .seconds(30 * 60))
            return Pause(scope: .account, length: .fixed(length), givesWay: false)
        case .authentication: return Pause(scope: .account, length: .fixed(.seconds(300)), givesWay: false)
        case .modelNotFound: return Pause(scope: .model, length: .fixed(.seconds(300)), givesWay: true)
        case .overloaded, .serverError, .timeout:
            return Pause(scope: .model, length: asked.map { .exactly($0) } ?? outage, givesWay: true)
        case .transport, .malformed, .truncated:
            return Pause(scope: .model, length: outage, givesWay: true)
        case .contextTooLong, .requestTooLarge, .contentPolicy, .badRequest: return nil
        }
    }
}
