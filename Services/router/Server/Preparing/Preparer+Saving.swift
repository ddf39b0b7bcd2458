import Contracts
import Dialects
import RouterCore

extension Preparer {
    /// Shorter texts are never made smaller, so nobody is asked about them.
    private static let smallestText = 256

    /// A text that savers may look at.
    private struct Candidate {
        /// Its place in the request.
        var index: Int
        /// What its form is known as: the text as the guard left it, and what it is the result of.
        var key: MemoryKey
        var isOld: Bool
    }

    /// Whether savers have nothing to do with a request: none is on or nothing is there for them, and its conversation was
    /// never theirs.
    ///
    /// Its key's settings are noted with that.
    func isLeftAlone(_ request: PreparationRequest, _ settings: SettingsRules) -> Bool {
        guard settings.directives.isEmpty, !conversations.knows(request.conversation) else { return false }
        let isChanged = epochs.note(request.keyID, epoch: settings.epoch) != settings.epoch
        if settings.origin == nil { return !isChanged || !request.segments.hasAssistantTurn }
        return !isChanged && !settings.takesUserMessages && !request.facts.mayHoldToolResults
    }

    /// Finds the form that each text goes out in; never fails, since the texts themselves will always do.
    func save(
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        _ settings: SettingsRules?,
        _ scope: RequestScope
    ) async -> SavedTexts {
        guard let settings else {
            conversations.passed(request.conversation, now: .now)
            return .untouched
        }
        if isLeftAlone(request, settings) { return .untouched }
        let inheritedEpoch = epochs.note(request.keyID, epoch: settings.epoch)
        let isChanged = inheritedEpoch != settings.epoch
        let isKnown = conversations.knows(request.conversation)
        let candidates = candidates(request, guarded, userMessages: settings.takesUserMessages)
        if candidates.isEmpty, settings.directives.isEmpty, !isKnown, !isChanged {
            return .untouched
        }
        let view = conversations.view(request.conversation, candidates.map(\.key))
        let inherited = isChanged ? origin(inheritedEpoch, settings, scope) : settings.origin
        let treatment = await treatment(request, settings, view, isChanged ? inherited : nil)
        let plan = SavingPlan(
            view,
            isOld: candidates.map(\.isOld),
            SavingPlan.Rules(
                current: settings.origin,
                inherited: inherited,
                hasAssistantTurn: request.segments.hasAssistantTurn,
                isHoldout: treatment.isHoldout
            )
        )
        var saved = SavedTexts(savings: Array(repeating: nil, count: request.segments.all.count))
        await fill(&saved, candidates, plan, settings, request, guarded)
        let directives = treatment.directives.filter { request.takes($0) }
        if treatment.isHeldOut { saved.heldOut = directives } else { saved.directives = directives }
        return saved
    }

    private func origin(_ epoch: String, _ settings: SettingsRules, _ scope: RequestScope) -> SavingOrigin {
        SavingOrigin(
            epoch: epoch,
            scopes: settings.scopes,
            chain: scope.chain,
            provider: scope.provider,
            model: scope.model
        )
    }

    // MARK: Treatment

    /// What is done to the conversation as a whole: as on its first turn.
    private func treatment(
        _ request: PreparationRequest,
        _ settings: SettingsRules,
        _ view: ConversationTable.View,
        _ inherited: SavingOrigin?
    ) async -> Treatment {
        if let first = view.treatment { return first }
        var treatment = Treatment(isHoldout: request.isHoldout)
        if view.isKnown {
            // It began without instructions: adding some now would change what its provider has cached.
        } else if treatment.isHoldout {
            // Left alone in every way.
        } else if let inherited, request.segments.hasAssistantTurn {
            let ask = compression(request, [], inherited)
            treatment.directives = await saverLink.directives(under: inherited, ask, trace: request.trace)
            treatment.isHeldOut = isDrawn(request.conversation, settings.holdout)
        } else {
            treatment.directives = settings.directives
            treatment.isHeldOut = isDrawn(request.conversation, settings.holdout)
        }
        return conversations.settle(request.conversation, treatment, now: .now)
    }

    /// Draws the conversations that go without instructions, each always the same.
    private func isDrawn(_ id: ConversationID, _ share: Double) -> Bool {
        share > 0 && Double(id.low % 10_000) < share * 10_000
    }

    // MARK: Texts

    private func candidates(
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        userMessages: Bool
    ) -> [Candidate] {
        let segments = request.segments.all
        var candidates: [Candidate] = []
        var parts = KeyParts()
        var keys: [MemoryKey] = []
        // By index: a copy of a text's description costs more than all that is asked of it.
        for index in segments.indices
        where segments[index].contentRange.count >= Self.smallestText && !segments[index].isObject {
            let isUsers = userMessages && segments[index].kind == .text && segments[index].role == "user"
            guard segments[index].kind == .toolResult || isUsers else { continue }
            if keys.isEmpty { keys = digests(of: request).keys }
            parts.reset()
            parts.add(keys[index])
            for edit in guarded.verdict(index)?.edits ?? [] {
                parts.add(UInt64(edit.range.lowerBound))
                parts.add(UInt64(edit.range.upperBound))
                parts.add(String(decoding: edit.bytes, as: UTF8.self))
            }
            parts.add(segments[index].toolName)
            parts.add(segments[index].isError)
            if isUsers { parts.add("user") }
            if let call = segments[index].call { parts.add(keys[call]) }
            candidates.append(Candidate(index: index, key: hash(parts), isOld: segments[index].isBeforeLastAssistant))
        }
        return candidates
    }

    private func memoryKey(_ text: MemoryKey, _ origin: SavingOrigin) -> MemoryKey {
        text.within(formContext(origin))
    }

    /// What the replacements of one set of settings are known under.
    private func formContext(_ origin: SavingOrigin) -> MemoryKey {
        var parts = KeyParts()
        parts.add("form")
        parts.add(origin.scopes)
        parts.add(origin.epoch)
        return hash(parts)
    }

    /// Looks up the replacements, asks for those that are missing, and takes note of what goes out.
    private func fill(
        _ saved: inout SavedTexts,
        _ candidates: [Candidate],
        _ plan: SavingPlan,
        _ settings: SettingsRules,
        _ request: PreparationRequest,
        _ guarded: GuardedTexts
    ) async {
        guard !candidates.isEmpty else { return }
        var forms = plan.forms
        var missing: [SavingOrigin: [Int]] = [:]
        var misses = 0
        var last: (origin: SavingOrigin, context: MemoryKey)?
        for (place, form) in forms.enumerated() {
            guard case .replaced(let origin) = form else { continue }
            // Most texts of a conversation were sent under the same settings.
            let context = last.flatMap { $0.origin == origin ? $0.context : nil } ?? formContext(origin)
            last = (origin, context)
            if let known = memory.saving(candidates[place].key.within(context)) {
                saved.savings[candidates[place].index] = known
                if known.bytes == nil { forms[place] = .original }
            } else {
                missing[origin, default: []].append(place)
                misses += 1
            }
        }
        metrics.saverRemembered(hits: candidates.count - misses, misses: misses)
        for (origin, places) in missing {
            let context = settings.wantsConversation && origin == settings.origin ? settings.patience : nil
            await ask(origin, places, candidates, request, guarded, context, &saved, &forms)
        }
        let settled = conversations.settle(
            request.conversation,
            zip(candidates, forms).map { ($0.key, $1) },
            now: .now
        )
        for (place, form) in settled.enumerated() where form != forms[place] {
            // Another request of the conversation sent this text first.
            let candidate = candidates[place]
            if case .replaced(let origin) = form {
                saved.savings[candidate.index] = memory.saving(memoryKey(candidate.key, origin))
            } else {
                saved.savings[candidate.index] = nil
            }
        }
    }

    /// Asks for replacements of texts under one set of settings.
    ///
    /// Where a saver needs the messages around the texts, the context is how long it may take.
    private func ask(
        _ origin: SavingOrigin,
        _ places: [Int],
        _ candidates: [Candidate],
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        _ context: Duration?,
        _ saved: inout SavedTexts,
        _ forms: inout [SentForm]
    ) async {
        let segments = request.segments.all
        let isReplay = places.contains { candidates[$0].isOld }
        let placeOf = Dictionary(places.map { (candidates[$0].index, $0) }) { first, _ in first }
        for batch in batches(of: places.map { candidates[$0].index }, segments) {
            let texts = batch.map { text(of: $0, request, guarded) }
            let bytes = batch.reduce(0) { $0 + segments[$1].contentRange.count }
            var ask = compression(request, texts, origin)
            let new = batch.filter { index in placeOf[index].map { !candidates[$0].isOld } ?? false }
            if context != nil, let first = new.first {
                ask.conversation = ContextMessages.conversation(request, guarded, first: first)
            }
            let reply = await saverLink.compress(
                ask,
                bytes: bytes + (ask.conversation?.messages.count ?? 0),
                isReplay: isReplay,
                patience: ask.conversation == nil ? .zero : context ?? .zero,
                trace: request.trace
            )
            guard let reply else {
                for index in batch { if let place = placeOf[index] { forms[place] = .original } }
                continue
            }
            let replacements = Dictionary(reply.replacements.map { ($0.segment, $0) }) { first, _ in first }
            for index in batch {
                guard let place = placeOf[index] else { continue }
                let saving = replacements[index].map { RememberedSaving($0, of: segments[index]) } ?? .original
                saved.savings[index] = saving
                // Who asks a server of its own may say something else the next time: what went out as it is stays so.
                if saving.bytes == nil { forms[place] = .original }
                memory.remember(saving, for: memoryKey(candidates[place].key, origin))
                guard reply.epoch != origin.epoch, saving.bytes != nil else { continue }
                // The settings have changed meanwhile, or are forgotten: what was made is known by what it was made under.
                var made = origin
                made.epoch = reply.epoch
                memory.remember(saving, for: memoryKey(candidates[place].key, made))
                forms[place] = .replaced(made)
            }
        }
    }

    private func text(of index: Int, _ request: PreparationRequest, _ guarded: GuardedTexts) -> CompressSegment {
        let segment = request.segments.all[index]
        let edits = guarded.verdict(index)?.edits ?? []
        return CompressSegment(
            id: index,
            role: segment.role,
            kind: segment.kind,
            toolName: segment.toolName,
            command: request.segments.command(of: index),
            isError: segment.isError,
            text: TextSplice.text(of: segment, with: edits) ?? segment.text
        )
    }

    private func compression(
        _ request: PreparationRequest,
        _ texts: [CompressSegment],
        _ origin: SavingOrigin
    ) -> CompressRequest {
        CompressRequest(
            requestID: request.requestID,
            scope: RequestScope(
                tenant: request.tenant,
                key: request.keyName,
                chain: origin.chain,
                provider: origin.provider,
                model: origin.model
            ),
            dialect: request.facts.dialect.rawValue,
            facts: Contracts.RequestFacts(
                hasTools: request.facts.hasTools,
                structuredOutput: request.isStructured,
                coding: request.facts.hasTools,
                holdout: false
            ),
            segments: texts,
            epoch: origin.epoch
        )
    }
}

extension RememberedSaving {
    convenience init(_ replacement: Replacement, of segment: TextSegment) {
        self.init(
            bytes: TextSplice.replacement(of: segment, with: replacement.text).bytes,
            saver: replacement.saver,
            rule: replacement.rule,
            tokensBefore: replacement.tokensBefore,
            tokensAfter: replacement.tokensAfter
        )
    }
}

extension PreparationRequest {
    /// Whether an instruction fits the request: none goes where the answer must follow a schema, and one about code only
    /// where code is worked on.
    fileprivate func takes(_ directive: AddedDirective) -> Bool {
        // An agent asks for a title or a summary without tools and for a few words; an instruction would cost more than it saves.
        let isAside = !facts.hasTools && (facts.maxOutputTokens ?? .max) <= 512
        guard !isStructured, !isAside else { return false }
        return directive.saver != "ponytail" || facts.hasTools
    }
}
