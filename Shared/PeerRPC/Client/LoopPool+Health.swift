import Contracts
import JSON
import NIOCore

/// Health checks: of servers in use, and of those that want to come back.
extension LoopPool {
    /// Tries a server that is outside the pool.
    func probe(_ token: Int) {
        checkHealth(of: token) { [weak self] isHealthy in
            guard let self else { return }
            balancer.probed(token, isHealthy: isHealthy, now: .now, jitter: jitter)
            armProbe()
            resumeWaiting()
        }
    }

    /// Asks a server for its health, whatever its standing.
    func checkHealth(of token: Int, _ whenDone: @escaping (Bool) -> Void) {
        let deadline = ContinuousClock.now + configuration.healthTimeout
        ask(token, HealthMethods.check.name, HealthCheck(), deadline: deadline) { whenDone($0.isHealthy) }
    }

    /// Sends a request to one server, whatever its standing; what comes of it teaches the pool nothing.
    private func ask(
        _ token: Int,
        _ method: String,
        _ parameters: some WireCodable,
        deadline: ContinuousClock.Instant,
        _ whenDone: @escaping (Result<JSONCursor, ServiceError>) -> Void
    ) {
        guard !isClosed, let connection = connection(to: token) else {
            whenDone(.failure(.clientClosed))
            return
        }
        let id = makeID()
        let request = ClientCall.Request(
            id: id,
            method: method,
            body: Messages.request(id: id, method: method, parameters),
            deadline: deadline,
            isIdempotent: false
        )
        let call = ClientCall(request, whenDone: whenDone)
        call.isProbe = true
        calls[id] = call
        timer.arm(deadline)
        put(call, on: connection)
    }

    /// Asks all servers the same, and reports their answers when the last is in.
    func askEach(
        _ method: String,
        _ parameters: some WireCodable,
        deadline: ContinuousClock.Instant,
        _ whenDone: @escaping @Sendable ([(server: String, answer: Result<JSONCursor, ServiceError>)]) -> Void
    ) {
        var missing = balancer.tokens.count
        var answers: [(server: String, answer: Result<JSONCursor, ServiceError>)] = []
        if missing == 0 { whenDone([]) }
        for token in balancer.tokens {
            let server = balancer.address(of: token)?.description ?? ""
            ask(token, method, parameters, deadline: deadline) { answer in
                missing -= 1
                answers.append((server, answer))
                if missing == 0 { whenDone(answers) }
            }
        }
    }

    /// Asks all servers, and reports whether one of them is healthy.
    func checkAny(_ whenDone: @escaping @Sendable (Bool) -> Void) {
        var missing = balancer.tokens.count
        var isReported = false
        if missing == 0 { whenDone(false) }
        for token in balancer.tokens {
            checkHealth(of: token) { isHealthy in
                missing -= 1
                guard !isReported, isHealthy || missing == 0 else { return }
                isReported = true
                whenDone(isHealthy)
            }
        }
    }

    /// Asks the servers in use, and lets go of those that do not answer well.
    func checkHealth(_ now: ContinuousClock.Instant) {
        healthDue = isUsed ? now + configuration.healthInterval : nil
        guard isUsed else { return }
        isUsed = false
        for token in balancer.availableTokens where connections[token]?.isOpen == true {
            checkHealth(of: token) { [weak self] isHealthy in
                guard let self, !isHealthy, !isClosed else { return }
                balancer.unhealthy(token, now: .now, jitter: jitter)
                connections.removeValue(forKey: token)?.retire()
                armProbe()
            }
        }
    }
}

extension Result<JSONCursor, ServiceError> {
    /// Whether a health check's answer lets its server stay.
    ///
    /// One that knows no health service is taken at its word
    /// that it answers.
    fileprivate var isHealthy: Bool {
        switch self {
        case .success(let status): status.member("status")?.equals("SERVING") == true
        case .failure(let error): error.code == .methodNotFound || error.code == .unimplemented
        }
    }
}
