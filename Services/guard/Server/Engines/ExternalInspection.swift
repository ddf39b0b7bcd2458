import Contracts
import GuardCore
import PeerRPC

/// Decides which texts of a request an engine outside is asked about, and what happens when it does not answer.
struct ExternalInspection: Sendable {
    /// Longer texts are looked through by the native detectors: the analyzer reads a few kilobytes in the time there is.
    static let longestText = 8 * 1024
    /// All texts of a request together.
    static let longestRequest = 64 * 1024

    /// `nil` where none is configured, which is as if it did not answer.
    let presidio: PresidioEngine?
    let moderation: ModerationEngine?
    let topics: TopicEngine
    let figures: DecisionFigures

    /// Asks about the texts of a request.
    ///
    /// - Parameters:
    ///   - request: What is inspected.
    ///   - external: What to look for.
    ///   - policy: Says what happens when there is no answer.
    /// - Returns: What was found, by segment.
    /// - Throws: UNAVAILABLE when there is no answer and the native detectors may not stand in; the router then does what the policy's
    ///   `on_failure` says.
    func look(
        _ request: InspectRequest,
        _ external: ExternalPlan,
        _ policy: EffectivePolicy
    ) async throws(ServiceError) -> ExternalLook {
        let places = Self.places(request)
        guard !places.isEmpty else { return .none }
        do throws(EngineFault) {
            guard let presidio else { throw .notConfigured(PresidioEngine.setting) }
            let lists = try await presidio.analyze(
                places.map { request.segments[$0].text },
                entities: external.entities,
                minimumScore: external.minimumScore
            )
            return ExternalLook(matches: Dictionary(uniqueKeysWithValues: zip(places, lists)))
        } catch {
            figures.missed(PlanBuilder.presidio)
            guard Self.mayStandIn(policy, external) else { throw Self.unavailable(PlanBuilder.presidio, error) }
            return ExternalLook(missed: Set(places))
        }
    }

    /// Asks how toxic the texts of a request are; the native detector looks beside it, so it stands in unless the policy is closed.
    ///
    /// - Parameters:
    ///   - request: What is inspected.
    ///   - policy: Says what happens when there is no answer.
    /// - Returns: What was found, by segment; or UNAVAILABLE.
    func moderate(_ request: InspectRequest, _ policy: EffectivePolicy) async -> Result<ExternalLook, ServiceError> {
        // The operator's own texts insult nobody.
        let places = Self.places(request).filter { !Inspector.isOwn(request.segments[$0]) }
        return await beside(PlanBuilder.openAI, places, policy) { () async throws(EngineFault) in
            guard let moderation else { throw .notConfigured(ModerationEngine.setting) }
            return try await moderation.moderate(places.map { request.segments[$0].text })
        }
    }

    /// Asks which topics the texts of a request are near to; their words tell where there is no answer, unless the policy is closed.
    ///
    /// - Parameters:
    ///   - request: What is inspected.
    ///   - plan: The topics, and which texts are asked about.
    ///   - policy: Says what happens when there is no answer.
    /// - Returns: The topics by segment; or UNAVAILABLE.
    func relate(
        _ request: InspectRequest,
        _ plan: MeaningPlan,
        _ policy: EffectivePolicy
    ) async -> Result<ExternalLook, ServiceError> {
        let bench = ThreadBench.current
        let places = Self.places(request).filter { plan.asks(about: request.segments[$0], bench) }
        return await beside(PlanBuilder.embedding, places, policy) { () async throws(EngineFault) in
            try await topics.relate(places.map { request.segments[$0].text }, plan)
        }
    }

    /// Asks an engine beside which the native detectors look anyway.
    private func beside(
        _ engine: String,
        _ places: [Int],
        _ policy: EffectivePolicy,
        _ ask: () async throws(EngineFault) -> [[ExternalMatch]]
    ) async -> Result<ExternalLook, ServiceError> {
        guard !places.isEmpty else { return .success(.none) }
        do throws(EngineFault) {
            let lists = try await ask()
            return .success(ExternalLook(matches: Dictionary(uniqueKeysWithValues: zip(places, lists))))
        } catch {
            figures.missed(engine)
            guard policy.onFailure != "closed" else { return .failure(Self.unavailable(engine, error)) }
            return .success(ExternalLook(missed: Set(places)))
        }
    }

    private static func unavailable(_ engine: String, _ fault: EngineFault) -> ServiceError {
        ServiceError(
            .unavailable,
            reason: "engine_unavailable",
            message: "the \(engine) engine of the policy does not answer: \(fault)",
            retry: .same(afterMilliseconds: 500)
        )
    }

    /// Whether the native detectors do instead: never under `closed`, and under `auto` where they know all that is at stake.
    private static func mayStandIn(_ policy: EffectivePolicy, _ external: ExternalPlan) -> Bool {
        switch policy.onFailure {
        case "open": true
        case "closed": false
        default: external.hasSubstitute
        }
    }

    /// The segments whose texts are sent: words of people and of models, not the bulk that tools bring.
    private static func places(_ request: InspectRequest) -> [Int] {
        var left = longestRequest
        return request.segments.indices.filter { index in
            let segment = request.segments[index]
            let size = segment.text.utf8.count
            guard segment.kind != .toolArguments, segment.kind != .toolResult, (1...longestText).contains(size),
                size <= left
            else { return false }
            left -= size
            return true
        }
    }
}
