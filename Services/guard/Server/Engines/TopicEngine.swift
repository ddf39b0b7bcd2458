import Contracts
import GuardCore
import Logging
import NIOCore
import PeerRPC
import Synchronization

/// Tells which topics texts are near to, with vectors that the router has a provider's model make.
final class TopicEngine: Sendable {
    static let setting = "topics.embedder"
    /// What a request waits for vectors.
    private static let requestTime = Duration.milliseconds(300)
    /// What the vectors of topics may take when no request waits.
    private static let topicTime = Duration.seconds(10)
    private static let keptTopics = 1024
    private static let keptTexts = 1024
    /// Policies whose topics wait to be asked for.
    private static let waiting = 16

    private let endpoint: RPCEndpoint?
    private let configuration: RPCClientConfiguration
    private let group: any EventLoopGroup
    private let logger: Logger
    private let standing: EngineStanding
    private let topics = VectorMemory(most: keptTopics)
    private let texts = VectorMemory(most: keptTexts)
    /// Made when it is first needed: most guards have no such policy.
    private let client = Mutex<RPCClient?>(nil)
    private let late = AsyncStream.makeStream(of: MeaningPlan.self, bufferingPolicy: .bufferingNewest(waiting))

    init(
        _ endpoint: RPCEndpoint?,
        _ configuration: RPCClientConfiguration,
        group: any EventLoopGroup,
        logger: Logger
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.group = group
        self.logger = logger
        standing = EngineStanding(PlanBuilder.embedding, logger: logger)
    }

    func shutdown() async {
        late.continuation.finish()
        let client = client.withLock { client in
            defer { client = nil }
            return client
        }
        await client?.shutdown()
    }

    /// How near texts are to the topics of a policy.
    ///
    /// Vectors of topics that take longer than a request waits are asked for again by ``run()``, with more time.
    ///
    /// - Parameters:
    ///   - asked: At least one text.
    ///   - plan: The topics and the model.
    /// - Returns: One list for each text, with every topic; every match is about the whole text.
    /// - Throws: ``EngineFault`` when there are no vectors in time, or none that can be compared.
    func relate(_ asked: [String], _ plan: MeaningPlan) async throws(EngineFault) -> [[ExternalMatch]] {
        guard let model = plan.embedder else { throw .notConfigured(Self.setting) }
        let phrases = plan.topics.map(MeaningPlan.phrase)
        var missing = phrases.filter { topics.vector($0, model) == nil }
        let strange = asked.filter { texts.vector($0, model) == nil }
        do throws(EngineFault) {
            let limit = EmbedRequest.mostTexts
            guard missing.count + strange.count <= limit else { throw .tooMany(missing.count + strange.count, limit) }
            if !missing.isEmpty || !strange.isEmpty {
                let vectors = try await vectors(of: missing + strange, model, within: Self.requestTime)
                for (phrase, vector) in zip(missing, vectors) { topics.keep(vector, of: phrase, model) }
                for (text, vector) in zip(strange, vectors.dropFirst(missing.count)) {
                    texts.keep(vector, of: text, model)
                }
                missing = []
            }
        } catch {
            if !missing.isEmpty { late.continuation.yield(plan) }
            throw error
        }
        return try compare(asked, plan, phrases, model)
    }

    private func compare(
        _ asked: [String],
        _ plan: MeaningPlan,
        _ phrases: [String],
        _ model: String
    ) throws(EngineFault) -> [[ExternalMatch]] {
        let known = phrases.map { topics.vector($0, model) }
        var lists: [[ExternalMatch]] = []
        for text in asked {
            guard let vector = texts.vector(text, model) else { throw .unreadable }
            var matches: [ExternalMatch] = []
            for (topic, other) in zip(plan.topics, known) {
                guard let other, let cosine = vector.cosine(other) else { throw .unreadable }
                let score = min(1, max(0, cosine))
                matches.append(ExternalMatch(entity: topic, range: 0..<text.utf8.count, score: score))
            }
            lists.append(matches)
        }
        return lists
    }

    // MARK: Topics

    /// Asks for the vectors of topics that no request could wait for, until cancelled.
    func run() async {
        for await plan in late.stream {
            let isComplete = await learn(plan)
            if !isComplete { try? await Task.sleep(for: EngineStanding.rest) }
        }
    }

    /// - Returns: Whether all vectors are there.
    private func learn(_ plan: MeaningPlan) async -> Bool {
        guard let model = plan.embedder else { return true }
        let missing = plan.topics.map(MeaningPlan.phrase).filter { topics.vector($0, model) == nil }
        for start in stride(from: 0, to: missing.count, by: EmbedRequest.mostTexts) {
            let some = Array(missing[start..<min(start + EmbedRequest.mostTexts, missing.count)])
            guard let vectors = try? await fetch(some, model, within: Self.topicTime) else { return false }
            for (phrase, vector) in zip(some, vectors) { topics.keep(vector, of: phrase, model) }
        }
        return true
    }

    // MARK: The router

    private func vectors(
        of texts: [String],
        _ model: String,
        within time: Duration
    ) async throws(EngineFault) -> [UnitVector] {
        try await standing.watch { () async throws(EngineFault) in try await fetch(texts, model, within: time) }
    }

    private func fetch(
        _ texts: [String],
        _ model: String,
        within time: Duration
    ) async throws(EngineFault) -> [UnitVector] {
        let reply: EmbedReply
        do throws(ServiceError) {
            reply = try await connected().call(
                RouterMethods.embed,
                EmbedRequest(model: model, texts: texts),
                deadline: .now + time
            )
        } catch {
            throw EngineFault(description: Self.phrase(error))
        }
        let vectors = reply.vectors.compactMap { UnitVector($0) }
        guard vectors.count == texts.count, reply.vectors.count == texts.count else { throw .unreadable }
        return vectors
    }

    private func connected() throws(ServiceError) -> RPCClient {
        guard let endpoint else {
            throw ServiceError(.unavailable, reason: "no_router", message: "no router is configured")
        }
        return client.withLock { client in
            if let client { return client }
            let fresh = RPCClient(endpoint: endpoint, group: group, configuration: configuration, logger: logger)
            client = fresh
            return fresh
        }
    }

    private static func phrase(_ error: ServiceError) -> String {
        switch error.code {
        case .deadlineExceeded: "it did not answer in time"
        case .unavailable: "the router cannot reach it (\(error.reason))"
        case .cancelled: "the caller is gone"
        default: "the router refuses: \(error.reason)"
        }
    }
}

extension EngineFault {
    /// - Returns: The fault of more texts and topics than one request can ask for.
    fileprivate static func tooMany(_ count: Int, _ limit: Int) -> EngineFault {
        EngineFault(description: "\(count) texts and topics have no vectors, and a request asks for \(limit) at most")
    }
}
