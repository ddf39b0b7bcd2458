import Contracts
import Dialects
import JSON
import RouterCore

/// What is done to the answer of one attempt: the outbound policies, and the placeholders of the request; a reference, as most
/// attempts have none and keep room for it all the same.
final class AnswerGuard {
    let link: GuardLink
    let rules: GuardRules
    let scope: RequestScope
    let request: PreparationRequest
    let restores: [Restore]

    init(link: GuardLink, rules: GuardRules, scope: RequestScope, request: PreparationRequest, restores: [Restore]) {
        self.link = link
        self.rules = rules
        self.scope = scope
        self.request = request
        self.restores = restores
    }

    /// The way of a stream.
    func scan() -> AnswerScan {
        AnswerScan(link, rules, scope, request, restores: restores)
    }

    /// A text of a whole answer.
    struct Text {
        var kind: SegmentKind
        var text: String
    }

    /// Judges a whole answer.
    ///
    /// - Parameter texts: Its texts.
    /// - Returns: What each of them reads afterwards; `nil` where nothing changes.
    /// - Throws: ``ScanFailure`` when none of it may be released.
    func inspect(_ texts: [Text]) async throws(ScanFailure) -> [String?] {
        var outcome: [String?] = Array(repeating: nil, count: texts.count)
        if rules.isActive, !texts.isEmpty {
            let segments = texts.enumerated().map { place, text in
                InspectSegment(id: place, role: "assistant", kind: text.kind, text: text.text)
            }
            for (place, edits) in try await TextInspection.edits(
                of: segments,
                rules,
                scope,
                link,
                request,
                isWhole: true
            ) {
                let edited = TextInspection.text(texts[place].text, with: edits)
                try check(texts[place], edited)
                outcome[place] = edited
            }
        }
        guard !restores.isEmpty else { return outcome }
        for (place, text) in texts.enumerated() {
            let before = outcome[place] ?? text.text
            var restorer = PlaceholderRestorer(restores, isJSON: text.kind == .toolArguments)
            let after = restorer.push(before) + restorer.flush()
            if after != before { outcome[place] = after }
        }
        return outcome
    }

    /// Arguments that a mask has broken must not be acted on.
    private func check(_ text: Text, _ edited: String) throws(ScanFailure) {
        guard text.kind == .toolArguments, (try? JSONDocument(Array(text.text.utf8))) != nil,
            (try? JSONDocument(Array(edited.utf8))) == nil
        else { return }
        request.note(.block)
        throw .blocked("masking would break the arguments of a tool call")
    }
}

extension Preparer {
    /// What is to be done to the answer of an attempt; `nil` when it can be passed on as it is.
    func answerGuard(_ request: PreparationRequest, _ edits: PreparedEdits, _ scope: RequestScope) -> AnswerGuard? {
        let rules = guardLink.rules(.outbound, scope)
        guard rules.isActive || !edits.restores.isEmpty else { return nil }
        return AnswerGuard(link: guardLink, rules: rules, scope: scope, request: request, restores: edits.restores)
    }
}
