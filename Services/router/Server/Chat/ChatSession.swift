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
    /// The targets that the key may use, in order.
    let targets: [RoutedTarget]
    /// Attempts that have ended.
    private(set) var attempts: [Attempt] = []
    var firstTokenMS: Int?
    /// The body sent for a model's name, kept for the next account of the same target.
    private var spliced: (model: String, asksForUsage: Bool, body: ByteBuffer, hidesUsage: Bool)?

    init(
        call: ChatCall,
        parsed: ParsedChat,
        resolution: Resolution,
        admission: MeterLink.Admission,
        conversation: ConversationID,
        routing: RoutingTable
    ) {
        self.call = call
        self.parsed = parsed
        self.resolution = resolution
        self.admission = admission
        self.conversation = conversation
        self.routing = routing
        targets = admission.reply.targets.compactMap {
            resolution.targets.indices.contains($0) ? resolution.targets[$0] : nil
        }
    }

    var isStream: Bool { parsed.facts.stream }

    /// The client's bytes with the upstream's name for the model, and whatever else this target needs, spliced in.
    ///
    /// - Returns: The body, and whether the usage frame that it asks for is kept from the client.
    func body(for target: RoutedTarget) -> (bytes: ByteBuffer, hidesUsage: Bool)? {
        let asks = target.provider.reportsStreamUsageOnRequest
        if let spliced, spliced.model == target.model, spliced.asksForUsage == asks {
            return (spliced.body, spliced.hidesUsage)
        }
        let edits = RequestEdits(parsed.facts, model: target.model, asksForUsage: asks)
        var bytes = ByteBuffer()
        bytes.reserveCapacity(parsed.document.splicedCount(edits.edits))
        guard (try? parsed.document.withPieces(edits.edits, { bytes.writeBytes($0) })) != nil else { return nil }
        spliced = (target.model, asks, bytes, edits.asksForUsage)
        return (bytes, edits.asksForUsage)
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
            attempts: opening.map { attempts + [$0] } ?? attempts
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
        return headers
    }

    /// The headers of a stream.
    func streamHeaders(from candidate: Candidate?) -> HTTPHeaders {
        let contentType = "text/event-stream; charset=utf-8"
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
