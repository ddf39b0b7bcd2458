import Contracts
import Dialects
import JSON
package import RouterCore
package import Secrets

/// Puts a request through guard and savers before it goes to a provider: first the guard, then the savers on what it left.
///
/// Only texts that are not remembered cross a socket, so a turn costs what is new in it.
package final class Preparer: Sendable {
    /// How often the memory's figures are read.
    private static let samplePause = Duration.seconds(1)

    let guardLink: GuardLink
    let saverLink: SaverLink
    let memory: SegmentMemory
    let conversations: ConversationTable
    let epochs: EpochBook
    let doctor: CacheDoctor
    let metrics: PreparationMetrics
    private let hashKey: Subkey
    private let textHash: TextHash
    /// The most bytes of text that one call carries; a frame takes them also when every one is escaped.
    let batchLimit: Int

    /// - Parameters:
    ///   - guardLink: The guard.
    ///   - saverLink: The savers.
    ///   - memory: What is remembered of texts.
    ///   - conversations: What conversations have sent.
    ///   - epochs: Under which settings keys were last served.
    ///   - prefixes: What conversations sent last.
    ///   - hashKey: What texts are hashed with.
    ///   - maximumFrame: The longest frame that the services take.
    ///   - metrics: Where it is counted.
    package init(
        guardLink: GuardLink,
        saverLink: SaverLink,
        memory: SegmentMemory,
        conversations: ConversationTable,
        epochs: EpochBook,
        prefixes: PrefixTable = PrefixTable(),
        hashKey: Subkey,
        maximumFrame: Int,
        metrics: PreparationMetrics
    ) {
        self.guardLink = guardLink
        self.saverLink = saverLink
        self.memory = memory
        self.conversations = conversations
        self.epochs = epochs
        doctor = CacheDoctor(table: prefixes)
        self.hashKey = hashKey
        textHash = TextHash(hashKey)
        self.metrics = metrics
        batchLimit = max(1, min(8 << 20, maximumFrame / 8))
    }

    /// Follows policies and settings until cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.guardLink.run() }
            group.addTask { await self.saverLink.run() }
            group.addTask { await self.sample() }
            await group.waitForAll()
        }
    }

    /// Whether policies and settings are known.
    package var isReady: Bool { guardLink.isReady && saverLink.isReady }

    private func sample() async {
        repeat { metrics.sample(memory, conversations) } while (try? await Task.sleep(for: Self.samplePause)) != nil
    }

    /// Prepares a request that nobody has to be asked about: no policy looks at it, nothing in it is for savers, and it is too
    /// small for its provider's cache to have lost anything.
    ///
    /// - Returns: What changes in it, which is nothing; `nil` where that is for ``prepare(_:for:others:)`` to find out.
    @inline(never)
    func preparedAtOnce(_ request: PreparationRequest, for scope: RequestScope) -> PreparedEdits? {
        guard guardLink.isReady, request.facts.embedding == nil, !CacheDoctor.looksAt(request) else { return nil }
        let rules = guardLink.rules(.inbound, scope)
        guard !rules.isActive, rules.version == nil, let settings = saverLink.rules(scope),
            isLeftAlone(request, settings)
        else { return nil }
        return PreparedEdits()
    }

    /// Prepares a request for one target.
    ///
    /// The guard is asked about the policies of all targets before the first attempt, so that a later one starts at once.
    ///
    /// - Parameters:
    ///   - request: The request; it keeps what was found out for the next target.
    ///   - scope: Where it goes.
    ///   - others: Where it may go afterwards.
    /// - Returns: What changes in it.
    /// - Throws: ``ClientError`` when a policy blocks it, or when nobody can judge it and it must not pass unseen.
    func prepare(
        _ request: PreparationRequest,
        for scope: RequestScope,
        others: [RequestScope] = []
    ) async throws(ClientError) -> PreparedEdits {
        if !guardLink.isReady { await guardLink.waitForPolicies() }
        let rules = guardLink.rules(.inbound, scope)
        let guarded = try await judged(request, rules, scope)
        if rules.version != nil {
            for other in others {
                let rules = guardLink.rules(.inbound, other)
                // What it comes to is told when the request goes there.
                if rules.isActive, request.guarded[rules.key] == nil { await judge(request, rules, other) }
            }
        }
        return await assemble(request, rules, guarded, scope)
    }

    /// The guard's part, which may end the request.
    private func judged(
        _ request: PreparationRequest,
        _ rules: GuardRules,
        _ scope: RequestScope
    ) async throws(ClientError) -> GuardedTexts {
        guard rules.isActive else { return .untouched }
        if request.guarded[rules.key] == nil { await judge(request, rules, scope) }
        guard let outcome = request.guarded[rules.key] else { return .untouched }
        let guarded: GuardedTexts
        do throws(ClientError) {
            guarded = try outcome.get()
        } catch {
            throw error
        }
        request.note(guarded.action)
        for id in guarded.decisionIDs { request.note(.allow, decisionID: id) }
        for verdict in guarded.verdicts {
            guard let verdict, verdict !== RememberedVerdict.allowed else { continue }
            request.note(verdict.action, decisionID: verdict.decisionID, fired: verdict.fired)
        }
        if let reason = guarded.block { throw Self.blocked(reason) }
        return guarded
    }

    /// What the client is told of a block; the reason names detector and entity and is empty where the policy hides it.
    static func blocked(_ reason: String) -> ClientError {
        let message = "the request was blocked by a content policy"
        return ClientError(.contentPolicy, reason.isEmpty ? message : "\(message): \(reason)")
    }

    private func assemble(
        _ request: PreparationRequest,
        _ rules: GuardRules,
        _ guarded: GuardedTexts,
        _ scope: RequestScope
    ) async -> PreparedEdits {
        // Texts that vectors are made of are no conversation: savers leave them, and no prompt cache knows them.
        guard request.facts.embedding == nil else {
            return EditAssembly(request: request, guarded: guarded, saved: .untouched).edits()
        }
        let settings = saverLink.rules(scope)
        let key = outcomeKey(rules, settings)
        if let known = request.prepared[key] { return known }
        let saved = await save(request, guarded, settings, scope)
        var edits = EditAssembly(request: request, guarded: guarded, saved: saved).edits()
        // What the first target's cache has lost; a later target has a cache of its own.
        if request.prepared.isEmpty, CacheDoctor.looksAt(request) {
            let target = "\(scope.provider ?? "")/\(scope.model ?? "")"
            let loss = doctor.loss(request, digests(of: request), guarded, saved, target: target) { hash($0) }
            if let loss { edits.savings.append(loss) }
        }
        request.prepared[key] = edits
        metrics.saved(edits.savings)
        return edits
    }

    private func outcomeKey(_ rules: GuardRules, _ settings: SettingsRules?) -> MemoryKey {
        var parts = KeyParts()
        parts.add(rules.isActive)
        parts.add(rules.key)
        parts.add(settings?.epoch)
        parts.add(settings?.scopes ?? MemoryKey(high: 0, low: 0))
        return hash(parts)
    }

    // MARK: Keys

    func hash(_ parts: KeyParts) -> MemoryKey {
        parts.bytes.withUnsafeBytes { hash($0) }
    }

    func hash(_ bytes: UnsafeRawBufferPointer) -> MemoryKey {
        var hasher = KeyedHasher(hashKey)
        hasher.append(bytes)
        return MemoryKey(hasher.finish())
    }

    /// What the texts of a request are known as; they are read once.
    func digests(of request: PreparationRequest) -> TextDigests {
        if let known = request.digests { return known }
        let digests = TextDigests(request.facts, request.segments.all, textHash)
        request.digests = digests
        return digests
    }
}
