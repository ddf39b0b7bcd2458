import Contracts
import Dialects
import RouterCore

extension Preparer {
    /// Finds out what the guard says about a request's texts under one set of policies, and keeps it with the request.
    func judge(_ request: PreparationRequest, _ rules: GuardRules, _ scope: RequestScope) async {
        do throws(ClientError) {
            request.guarded[rules.key] = .success(try await inspect(request, rules, scope))
        } catch {
            request.guarded[rules.key] = .failure(error)
        }
    }

    private func inspect(
        _ request: PreparationRequest,
        _ rules: GuardRules,
        _ scope: RequestScope
    ) async throws(ClientError) -> GuardedTexts {
        let segments = request.segments.all
        let memoryKeys = verdictKeys(request, rules)
        var guarded = GuardedTexts(verdicts: Array(repeating: nil, count: segments.count))
        var asked: [Int] = []
        for index in segments.indices where segments[index].contentRange.count > (segments[index].isObject ? 2 : 0) {
            if rules.version != nil, let known = memory.verdict(memoryKeys[index]) {
                guarded.take(known, at: index)
            } else {
                asked.append(index)
            }
        }
        metrics.guardRemembered(hits: segments.count - asked.count, misses: asked.count)
        // What is known to be blocked needs no further question.
        guard guarded.block == nil, !asked.isEmpty else { return guarded }
        for batch in batches(of: asked, segments) {
            let answer = try await ask(batch, request, rules, scope, &guarded)
            for (index, verdict) in answer?.verdicts ?? [:] {
                guarded.take(verdict.verdict, at: index)
                if verdict.isCacheable { memory.remember(verdict.verdict, for: memoryKeys[index]) }
            }
            if guarded.block != nil { break }
        }
        return guarded
    }

    /// - Returns: The answer; `nil` where the texts pass unseen.
    private func ask(
        _ batch: [Int],
        _ request: PreparationRequest,
        _ rules: GuardRules,
        _ scope: RequestScope,
        _ guarded: inout GuardedTexts
    ) async throws(ClientError) -> InspectAnswer? {
        let segments = request.segments.all
        let inspect = InspectRequest(
            requestID: request.requestID,
            direction: .inbound,
            scope: scope,
            segments: batch.map { segments[$0].inspected(as: $0) }
        )
        let bytes = batch.reduce(0) { $0 + segments[$1].contentRange.count }
        let reason: String
        do throws(ServiceError) {
            let reply = try await guardLink.inspect(inspect, bytes: bytes, failure: rules.failure, trace: request.trace)
            do throws(InspectAnswer.Fault) {
                var answer = try InspectAnswer(reply, segments, asked: batch)
                if rules.version != reply.policyVersion { answer.forgetful() }
                guarded.take(reply, answer.action)
                return answer
            } catch {
                reason = error.reason
            }
        } catch {
            reason = error.reason
        }
        if let error = guardLink.failed(rules.failure, reason, requestID: request.requestID) { throw error }
        return nil
    }

    /// Verdict keys: what is decided depends on more than the text alone.
    private func verdictKeys(_ request: PreparationRequest, _ rules: GuardRules) -> [MemoryKey] {
        guard rules.version != nil else { return [] }
        var contexts = VerdictContexts()
        let segments = request.segments.all
        let keys = digests(of: request).keys
        return segments.indices.map { index in
            keys[index].within(contexts.key(segments[index]) { verdictContext(segments[index], rules) })
        }
    }

    private func verdictContext(_ segment: TextSegment, _ rules: GuardRules) -> MemoryKey {
        var parts = KeyParts()
        parts.add("verdict")
        parts.add(rules.key)
        parts.add(segment.role)
        parts.add(segment.kind.rawValue)
        parts.add(segment.toolName)
        parts.add(segment.isLastUser)
        return hash(parts)
    }

    /// Texts that go into one call each, none longer than a frame takes unless it is one text.
    func batches(of indices: [Int], _ segments: [TextSegment]) -> [[Int]] {
        var batches: [[Int]] = []
        var batch: [Int] = []
        var bytes = 0
        for index in indices {
            let count = segments[index].contentRange.count
            if !batch.isEmpty, bytes + count > batchLimit {
                batches.append(batch)
                batch = []
                bytes = 0
            }
            batch.append(index)
            bytes += count
        }
        if !batch.isEmpty { batches.append(batch) }
        return batches
    }
}

extension GuardedTexts {
    fileprivate mutating func take(_ verdict: RememberedVerdict, at index: Int) {
        guard verdict !== RememberedVerdict.allowed else { return }
        verdicts[index] = verdict
        action = action.stricter(verdict.action)
        if verdict.action == .block, block == nil { block = verdict.reason }
    }

    fileprivate mutating func take(_ reply: InspectReply, _ strictest: GuardAction) {
        action = action.stricter(strictest)
        if !reply.decisionID.isEmpty { decisionIDs.append(reply.decisionID) }
        if reply.action == .block, block == nil { block = reply.reason }
    }
}

extension TextSegment {
    fileprivate func inspected(as id: Int) -> InspectSegment {
        InspectSegment(id: id, role: role, kind: kind, toolName: toolName, lastUser: isLastUser, text: text)
    }
}

/// The keys of what texts are beside their words: a request has many texts and few kinds of them.
private struct VerdictContexts {
    /// Kinds that are kept apart; of a request with more, the rest is computed each time.
    private static let limit = 32

    private struct Entry {
        var role: String
        var kind: SegmentKind
        var toolName: String?
        var isLastUser: Bool
        var key: MemoryKey
    }

    private var entries: [Entry] = []

    mutating func key(_ segment: TextSegment, _ make: () -> MemoryKey) -> MemoryKey {
        for entry in entries
        where entry.isLastUser == segment.isLastUser && entry.kind == segment.kind && entry.role == segment.role
            && entry.toolName == segment.toolName
        {
            return entry.key
        }
        let entry = Entry(
            role: segment.role,
            kind: segment.kind,
            toolName: segment.toolName,
            isLastUser: segment.isLastUser,
            key: make()
        )
        if entries.count < Self.limit { entries.append(entry) }
        return entry.key
    }
}
