import Contracts
import Dialects
import HTTP
import JSON
import NIOCore
import NIOHTTP1
import RouterCore

/// An admitted request: what its attempts work with and what its record says; confined to its event loop.
final class ChatSession {
    let call: ChatCall
    let parsed: ParsedChat
    let resolution: Resolution
    let admission: MeterLink.Admission
    let conversation: ConversationID
    let routing: RoutingTable
    /// What guard and savers know of it.
    let preparation: PreparationRequest
    /// The targets that the key may use, in the order in which they are tried.
    let targets: [RoutedTarget]
    /// Attempts that have ended.
    private(set) var attempts: [Attempt] = []
    var firstTokenMS: Int?
    /// What savers took from the request that went out last.
    private var savings: [Saving] = []
    /// Parameters that the last upstream's dialect could not carry.
    var lossy: [String] = []
    /// The body that was sent last, kept for the next account of the same target.
    private var sent: (target: RoutedTarget, body: AttemptBody)?

    init(
        call: ChatCall,
        parsed: ParsedChat,
        resolution: Resolution,
        admission: MeterLink.Admission,
        conversation: ConversationID,
        targets: [RoutedTarget],
        routing: RoutingTable
    ) {
        self.call = call
        self.parsed = parsed
        self.resolution = resolution
        self.admission = admission
        self.conversation = conversation
        self.routing = routing
        preparation = PreparationRequest(
            requestID: call.requestID,
            trace: call.trace,
            facts: parsed.facts,
            conversation: conversation,
            tenant: admission.reply.identity?.tenant ?? "",
            keyID: admission.reply.identity?.keyID ?? "",
            keyName: admission.reply.identity?.keyName ?? admission.reply.identity?.keyID ?? "",
            isHoldout: admission.reply.features.holdout
        )
        self.targets = targets
    }

    var isStream: Bool { parsed.facts.stream }

    /// Whether a provider is asked for a stream.
    func streams(from provider: Provider) -> Bool { provider.streams.asks(wanted: isStream) }

    /// Whether the key demands that nothing of the request is lost.
    var isStrict: Bool { admission.reply.features.strictLossless }

    /// Whether the client wants the probabilities of an answer's tokens.
    var asksForLogprobs: Bool { parsed.facts.asksForLogprobs }

    /// Where a request for a target comes from and goes.
    func scope(of target: RoutedTarget) -> RequestScope {
        RequestScope(
            tenant: preparation.tenant,
            key: preparation.keyName,
            chain: resolution.chain,
            provider: target.provider.id,
            model: target.model
        )
    }

    // MARK: The body

    /// What goes to a target: the client's bytes with everything that changes spliced in, or their translation.
    ///
    /// - Parameters:
    ///   - target: Where it goes; a provider without a dialect is not routed to.
    ///   - prepared: What guard and savers change.
    /// - Returns: The body; `nil` when it cannot be made.
    /// - Throws: ``DialectError`` when the request contradicts itself in the other dialect.
    func body(for target: RoutedTarget, _ prepared: PreparedEdits) throws(DialectError) -> AttemptBody? {
        guard let dialect = target.provider.dialect(for: call.dialect) else { return nil }
        // The same target is prepared the same way, whichever account it goes to.
        if let sent, sent.target == target { return sent.body }
        savings = prepared.savings
        let body =
            dialect == call.dialect ? splice(target, prepared.edits) : try translation(target, dialect, prepared.edits)
        guard let body else { return nil }
        lossy = body.lossy
        sent = (target, body)
        return body
    }

    private func splice(_ target: RoutedTarget, _ changes: [JSONEdit]) -> AttemptBody? {
        let own = RequestEdits(
            parsed.facts,
            model: target.model,
            asksForUsage: target.provider.reportsStreamUsageOnRequest,
            streams: streams(from: target.provider)
        )
        let edits = UnsignedThinking.apply(to: changes.isEmpty ? own.edits : changes + own.edits, parsed.facts)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(parsed.document.splicedCount(edits))
        guard (try? parsed.document.withPieces(edits, { bytes.writeBytes($0) })) != nil else { return nil }
        return AttemptBody(
            bytes: bytes,
            dialect: call.dialect,
            streams: streams(from: target.provider),
            hidesUsage: own.asksForUsage,
            context: nil,
            lossy: []
        )
    }

    private func translation(
        _ target: RoutedTarget,
        _ dialect: Dialect,
        _ changes: [JSONEdit]
    ) throws(DialectError) -> AttemptBody? {
        var document = parsed.document
        var facts = parsed.facts
        if !changes.isEmpty {
            guard let edited = try? JSONDocument(document.applying(changes)) else { return nil }
            document = edited
            facts = try Dialects.RequestFacts.read(edited, dialect: call.dialect, path: call.path)
        }
        facts.stream = streams(from: target.provider)
        let translated = try RequestTranslation.translate(
            document,
            facts,
            to: dialect,
            model: target.model,
            maxOutputTokens: routing.state.catalogue.model(provider: target.provider.id, id: target.model)?.maxOutput,
            asksForUsage: target.provider.reportsStreamUsageOnRequest,
            readsThinkTags: target.provider.writesThinkTags
        )
        return AttemptBody(
            bytes: ByteBuffer(bytes: translated.body),
            dialect: dialect,
            streams: facts.stream,
            hidesUsage: false,
            context: translated.context,
            lossy: translated.lossy
        )
    }

    // MARK: The record

    /// Takes note of how an attempt ended.
    func ended(_ attempt: Attempt) {
        attempts.append(attempt)
    }

    /// The attempt that begins now, as it is settled when nothing more is heard of it.
    ///
    /// What it used is unknown then, so it counts as what was reserved for it: a budget must not leak.
    func opening(_ candidate: Candidate) -> Attempt {
        let input = parsed.facts.estimatedInputTokens
        let reserved = admission.reply.reservation?.tokens ?? input
        return Attempt(
            n: attempts.count + 1,
            provider: candidate.target.provider.id,
            model: candidate.target.model,
            account: candidate.account.id,
            status: 0,
            reason: "interrupted",
            durationMS: 0,
            usage: TokenUsage(input: input, output: max(0, reserved - input)),
            usageSource: .estimated
        )
    }

    func record(_ outcome: Outcome, with opening: Attempt? = nil) -> UsageRecord {
        UsageRecord(
            requestID: call.requestID,
            reservationID: admission.reply.reservation?.id,
            keyID: admission.reply.identity?.keyID ?? "",
            outcome: outcome,
            dialect: call.dialect.rawValue,
            requestedModel: resolution.requested,
            chain: resolution.chain,
            conversation: conversation.description,
            startedUS: call.startedUS,
            firstTokenMS: firstTokenMS,
            totalMS: call.elapsedMS,
            attempts: opening.map { attempts + [$0] } ?? attempts,
            savings: savings,
            guardVerdict: preparation.guardSummary
        )
    }

    // MARK: The answer

    /// The headers of an answer that comes from a provider.
    func headers(from candidate: Candidate, contentType: String) -> HTTPHeaders {
        var headers = call.baseHeaders
        headers.add(name: "content-type", value: contentType)
        headers.add(name: "x-keirouter-provider", value: candidate.target.provider.id)
        headers.add(name: "x-keirouter-model", value: HeaderText.safe(candidate.target.model))
        headers.add(name: "x-keirouter-attempts", value: String(attempts.count + 1))
        if !lossy.isEmpty {
            headers.add(name: "x-keirouter-lossy", value: HeaderText.safe(lossy.joined(separator: ", ")))
        }
        if !call.route.isEmpty { headers.add(name: "x-keirouter-route", value: call.route.text) }
        if let fired = preparation.guardHeader { headers.add(name: "x-keirouter-guard", value: fired) }
        return headers
    }

    /// The headers of a stream.
    func streamHeaders(from candidate: Candidate?) -> HTTPHeaders {
        let contentType = call.form?.contentType ?? "text/event-stream; charset=utf-8"
        var headers: HTTPHeaders
        if let candidate {
            headers = self.headers(from: candidate, contentType: contentType)
        } else {
            headers = call.baseHeaders
            headers.add(name: "content-type", value: contentType)
        }
        headers.add(name: "cache-control", value: "no-cache")
        // nginx and its like would hold frames back otherwise.
        headers.add(name: "x-accel-buffering", value: "no")
        return headers
    }
}

/// Text that may stand in a header's value.
enum HeaderText {
    /// The text, with everything outside visible ASCII replaced by `?`.
    static func safe(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return text }
        return String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
