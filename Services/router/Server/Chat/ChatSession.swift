import Contracts
import Dialects
import HTTP
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
    /// Those under way, as they are settled when nothing more is heard of them: one, or two of which one answers.
    private var open: [AttemptTiming] = []
    /// Whether a second target may be asked: what is reserved pays for it.
    let mayHedge: Bool
    /// What the client has of a stream that broke off, while another attempt goes on with it.
    private(set) var partial: PartialAnswer?
    /// What had passed when it broke off.
    private var brokenAt = Duration.zero
    /// Set while two attempts may answer.
    var race: HedgeRace?
    var firstTokenMS: Int?
    /// How often the input was reserved.
    private let reservedInputs: Int
    /// What savers took from the request that went out last.
    private(set) var savings: [Saving] = []
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
        routing: RoutingTable,
        mayHedge: Bool = false
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
        self.mayHedge = mayHedge && targets.count > 1
        reservedInputs = mayHedge ? 2 : 1
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
        // The same target is prepared the same way, whichever account it goes to.
        if let sent, sent.target == target { return sent.body }
        savings = prepared.savings
        var changes = prepared.edits
        if let partial {
            guard let edit = partial.edit(parsed.facts) else { return nil }
            changes.append(edit)
        }
        let body = try AttemptBody.make(
            parsed,
            client: call.dialect,
            path: call.path,
            for: target,
            changes,
            routing.state.catalogue
        )
        guard let body else { return nil }
        lossy = body.lossy
        sent = (target, body)
        return body
    }

    // MARK: Going on with a broken answer

    /// Whether a target's model goes on with what another one has begun, as far as the catalogue knows.
    func goesOn(_ target: RoutedTarget) -> Bool {
        let model = routing.state.catalogue.model(provider: target.provider.id, id: target.model)
        return streams(from: target.provider) && model?.abilities?.contains(.prefill) ?? false
    }

    /// Whether it is worth keeping what an answer says, for somebody to go on with when it breaks off.
    ///
    /// An answer that a guard looks at is not gone on with: what stands across the break would be seen by nobody. Nor is it
    /// twice.
    func mayGoOn(_ way: AnswerWay) -> Bool {
        isStream && way.streams && partial == nil && way.answerGuard == nil && parsed.facts.choiceCount == 1
            && targets.contains(where: goesOn)
    }

    /// The next attempt goes on with what the client has.
    func goesOn(with partial: PartialAnswer) {
        self.partial = partial
        sent = nil
        brokenAt = call.elapsed
    }

    /// How long the client has been waiting for content by now.
    var waiting: Duration { call.elapsed - brokenAt }

    // MARK: The record

    /// Attempts that have begun, the one that asks included.
    var begun: Int { attempts.count + open.count }

    /// Takes note of an attempt whose request leaves now.
    func began(_ timing: AttemptTiming) {
        open.append(timing)
    }

    /// Takes note of an attempt whose request does not leave after all.
    func took(back timing: AttemptTiming) {
        open.removeAll { $0 === timing }
    }

    /// Takes note of how an attempt ended.
    func ended(_ attempt: Attempt) {
        open.removeAll { $0.opening.n == attempt.n }
        attempts.append(attempt)
    }

    /// Lets an attempt answer, unless another one does: from here on it is the one that the client hears.
    func takes(_ way: AnswerWay, _ candidate: Candidate) -> Bool {
        if let race {
            guard let others = race.claim(candidate.target.name) else { return false }
            for other in others { call.route.hedged(other.name, afterMS: other.milliseconds) }
        }
        lossy = way.lossy
        savings = way.savings
        return true
    }

    /// The attempt that begins now, as it is settled when nothing more is heard of it.
    ///
    /// What it used is unknown then, so it counts as what was reserved for it: a budget must not leak.
    func opening(_ candidate: Candidate) -> Attempt {
        let input = parsed.facts.estimatedInputTokens
        let reserved = admission.reply.reservation?.tokens ?? input
        let output = open.isEmpty ? max(0, reserved - input * reservedInputs) : 0
        return Attempt(begun + 1, at: candidate, reserved: TokenUsage(input: input, output: output))
    }

    func record(_ outcome: Outcome) -> UsageRecord {
        UsageRecord(
            requestID: call.requestID,
            reservationID: admission.reply.reservation?.id,
            keyID: admission.reply.identity?.keyID ?? "",
            outcome: outcome,
            dialect: call.dialect.rawValue,
            requestedModel: resolution.requested,
            chain: resolution.chain,
            conversation: call.operation == .chat ? conversation.description : nil,
            startedUS: call.startedUS,
            firstTokenMS: firstTokenMS,
            totalMS: call.elapsedMS,
            attempts: open.isEmpty ? attempts : attempts + open.map(\.opening),
            savings: savings,
            guardVerdict: preparation.guardSummary
        )
    }

    // MARK: The answer

    /// The headers of an answer that comes from a provider.
    func headers(from candidate: Candidate, contentType: String) -> HTTPHeaders {
        var headers = call.baseHeaders
        // All at once: what is added by itself NIO looks through, and these are of the router's own making.
        headers.add(
            contentsOf: HTTPHeaders([
                ("content-type", contentType),
                ("x-keirouter-provider", candidate.target.provider.id),
                ("x-keirouter-model", HeaderText.safe(candidate.target.model, atMost: RouteNote.byteLimit)),
                ("x-keirouter-attempts", String(max(1, begun))),
            ])
        )
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
    /// The text's beginning, with everything outside visible ASCII replaced by `?`.
    static func safe(_ text: String, atMost limit: Int) -> String {
        guard text.utf8.count > limit else { return safe(text) }
        return safe(String(decoding: text.utf8.prefix(limit), as: UTF8.self)) + "..."
    }

    /// The text, with everything outside visible ASCII replaced by `?`.
    static func safe(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else { return text }
        return String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
