import Contracts
import Dialects
import HTTP
import JSON
package import Logging
import NIOCore
import NIOHTTP1
import Observability
import RouterCore
package import Secrets

/// A chat request from its head to its last byte, in the order of architecture.md section 3.
package final class ChatService: Sendable {
    /// Bodies up to this size are read before the key is known to be good: most requests then ask the meter once.
    private static let strangersBody = 64 << 10

    let dispatcher: Dispatcher
    let meter: MeterLink
    let settler: SpoolSettler
    let spool: Spool
    let caller: UpstreamCaller
    let preparer: Preparer
    let metrics: RouterMetrics
    let logger: Logger
    /// How long a stream may be silent before a comment keeps it open.
    let keepAlive: Duration
    /// What texts have been counted to.
    let counts: CountMemory
    private let limits: JSONLimits
    private let conversationHash: TextHash

    package init(
        dispatcher: Dispatcher,
        meter: MeterLink,
        settler: SpoolSettler,
        spool: Spool,
        caller: UpstreamCaller,
        preparer: Preparer,
        metrics: RouterMetrics,
        maximumBody: Int,
        conversationKey: Subkey,
        keepAlive: Duration,
        logger: Logger
    ) {
        self.keepAlive = keepAlive
        self.dispatcher = dispatcher
        self.meter = meter
        self.settler = settler
        self.spool = spool
        self.caller = caller
        self.preparer = preparer
        self.metrics = metrics
        conversationHash = TextHash(conversationKey)
        let countHash = TextHash(.random())
        counts = CountMemory { text in MemoryKey(text.withUnsafeBytes { countHash.hash($0) }) }
        self.logger = logger
        // Of two equal names a provider may read the other one, past every check made here.
        limits = JSONLimits(maximumBytes: maximumBody, duplicateKeys: .reject)
    }

    /// Serves one request; every failure but a lost client is thrown.
    func serve(_ call: ChatCall) async throws(RequestFailure) {
        let session = try await session(for: call)
        try await run(session)
    }

    /// Takes a request as far as its first attempt.
    ///
    /// A function of its own, so that nobody keeps room for these steps while a provider is waited for. A small request of a
    /// busy key waits for none of them: what may have to be waited for is asked at once first.
    @inline(never)
    private func session(for call: ChatCall) async throws(RequestFailure) -> ChatSession {
        let digest = try digest(of: call)
        if isStranger(digest, withBodyOf: call) { try await checkKey(digest, of: call) }
        let document: JSONDocument
        if let ready = try documentAtHand(of: call) {
            document = ready
        } else {
            document = try await self.document(of: call)
        }
        let parsed = try read(document, of: call)
        let routing = dispatcher.routing
        let resolution: Resolution
        do throws(ResolutionError) {
            resolution = try ModelResolver.resolve(parsed.facts.model, in: routing.state)
        } catch {
            throw await unresolved(error, call, parsed, digest)
        }
        let targets = resolution.targets.map { Target(provider: $0.provider.id, model: $0.model) }
        var request = self.admission(call, parsed, digest, model: resolution.requested, targets: targets)
        var mayHedge = resolution.tree?.hedges ?? false && targets.count > 1
        // A second attempt that is given up costs its input and next to nothing beside it.
        if mayHedge { request.estimatedInputTokens *= 2 }
        let admission: MeterLink.Admission
        if let granted = meter.admitAtOnce(request) {
            admission = granted
        } else {
            let asked = try await admit(call, parsed, request, mayHedge: mayHedge)
            admission = asked.0
            mayHedge = asked.mayHedge
        }
        try check(admission)
        let conversation = conversation(call, parsed, admission)
        let costs = await goByCost(resolution, admission) ? self.costs(resolution, parsed) : [:]
        return ChatSession(
            call: call,
            parsed: parsed,
            resolution: resolution,
            admission: admission,
            conversation: conversation,
            targets: order(resolution, admission, parsed, conversation, call, routing.state.catalogue, costs),
            routing: routing,
            mayHedge: mayHedge
        )
    }

    // MARK: Steps

    func digest(of call: ChatCall) throws(RequestFailure) -> String {
        let sent = ClientKey.Sent(call)
        if let known = call.exchange.connectionMemory as? KnownKey, known.sent == sent { return known.digest }
        guard let key = sent.key else { throw .error(ClientKey.missing) }
        guard APIKey.accepts(key) else { throw .error(ClientKey.unknown) }
        let known = KnownKey(sent: sent, digest: APIKey.digestHex(key))
        call.exchange.connectionMemory = known
        return known.digest
    }

    /// Whether a large body is not read before the meter has said that it knows the key, for it has not admitted it lately.
    private func isStranger(_ digest: String, withBodyOf call: ChatCall) -> Bool {
        call.exchange.declaredLength ?? .max > Self.strangersBody && !meter.hasAdmitted(keySHA256: digest)
    }

    @inline(never)
    private func checkKey(_ digest: String, of call: ChatCall) async throws(RequestFailure) {
        do throws(ClientError) {
            _ = try await meter.identify(keySHA256: digest)
        } catch {
            throw call.exchange.isClientGone ? .clientGone : .error(error)
        }
    }

    /// Reads and parses a body.
    @inline(never)
    func document(of call: ChatCall) async throws(RequestFailure) -> JSONDocument {
        let bytes: [UInt8]
        do throws(HTTPServerError) {
            bytes = try await call.exchange.bodyBytes()
        } catch {
            throw error == .clientGone ? .clientGone : .edge(error)
        }
        return try parse(bytes)
    }

    /// Parses a body that has come with its head; `nil` where it has to be waited for.
    private func documentAtHand(of call: ChatCall) throws(RequestFailure) -> JSONDocument? {
        let bytes: [UInt8]?
        do throws(HTTPServerError) {
            bytes = try call.exchange.bodyBytesAtHand()
        } catch {
            throw error == .clientGone ? .clientGone : .edge(error)
        }
        guard let bytes else { return nil }
        return try parse(bytes)
    }

    private func read(_ document: JSONDocument, of call: ChatCall) throws(RequestFailure) -> ParsedChat {
        var document = document
        do throws(DialectError) {
            if call.operation == .embeddings {
                return ParsedChat(document: document, facts: try Dialects.RequestFacts.readEmbeddings(document))
            }
            if call.isLegacy {
                let chat = try LegacyCompletions.chatRequest(document)
                document = (try? JSONDocument(chat)) ?? document
            }
            return ParsedChat(
                document: document,
                facts: try Dialects.RequestFacts.read(document, dialect: call.dialect, path: call.path)
            )
        } catch {
            throw .error(ClientError(error))
        }
    }

    private func parse(_ bytes: [UInt8]) throws(RequestFailure) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(bytes, limits: limits)
        } catch {
            throw .error(ClientError(error))
        }
    }

    /// What the client of a model's name that stands for nothing is told.
    @inline(never)
    private func unresolved(
        _ failure: ResolutionError,
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ digest: String
    ) async -> RequestFailure {
        do throws(RequestFailure) {
            // What is configured here is told only to those whose key is good.
            let request = admission(call, parsed, digest, model: parsed.facts.model, targets: [])
            let reply = try await ask(call, request).reply
            if let denial = reply.denial, MeterLink.concernsKey(denial.reason) { return .error(ClientError(denial)) }
            return .error(failure.clientError(showingHint: true))
        } catch {
            return error
        }
    }

    /// Asks the meter.
    ///
    /// - Returns: Its answer, and whether what is reserved pays for two attempts side by side.
    @inline(never)
    private func admit(
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ request: AdmitRequest,
        mayHedge: Bool
    ) async throws(RequestFailure) -> (MeterLink.Admission, mayHedge: Bool) {
        let admission = try await ask(call, request)
        guard mayHedge, let denial = admission.reply.denial, MeterLink.concernsUse(denial.reason) else {
            return (admission, mayHedge)
        }
        // Near a limit there is one attempt at a time.
        var request = request
        request.estimatedInputTokens = parsed.facts.estimatedInputTokens
        return (try await ask(call, request), false)
    }

    private func check(_ admission: MeterLink.Admission) throws(RequestFailure) {
        if let denial = admission.reply.denial {
            metrics.denied(denial.reason)
            throw .error(ClientError(denial))
        }
        guard admission.reply.admitted, admission.reply.identity != nil else {
            throw .error(ClientError(.internal, "the meter gave no answer that can be used"))
        }
    }

    private func admission(
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ digest: String,
        model: String,
        targets: [Target]
    ) -> AdmitRequest {
        AdmitRequest(
            requestID: call.requestID,
            keySHA256: digest,
            operation: call.operation,
            requestedModel: model,
            targets: targets,
            estimatedInputTokens: parsed.facts.estimatedInputTokens,
            maxOutputTokens: parsed.facts.maxOutputTokens.map {
                $0.multipliedReportingOverflow(by: parsed.facts.choiceCount).overflow
                    ? $0 : $0 * parsed.facts.choiceCount
            },
            client: call.client
        )
    }

    private func ask(_ call: ChatCall, _ request: AdmitRequest) async throws(RequestFailure) -> MeterLink.Admission {
        do throws(ClientError) {
            return try await meter.admit(request, trace: call.trace)
        } catch {
            guard call.exchange.isClientGone else { throw .error(error) }
            abandon(request, call)
            throw .clientGone
        }
    }

    /// The client went away while the meter was asked: it may have admitted all the same.
    ///
    /// The same request id gets the same reservation, which is then given back as a cancelled request.
    private func abandon(_ request: AdmitRequest, _ call: ChatCall) {
        let record = UsageRecord(
            requestID: call.requestID,
            keyID: "",
            outcome: .cancelled,
            dialect: call.dialect.rawValue,
            requestedModel: request.requestedModel,
            startedUS: call.startedUS,
            totalMS: call.elapsedMS
        )
        let trace = call.trace
        Task { [self] in
            guard let admission = try? await meter.admitAgain(request, trace: trace), admission.reply.admitted,
                let identity = admission.reply.identity
            else { return }
            var record = record
            record.keyID = identity.keyID
            record.reservationID = admission.reply.reservation?.id
            close(record, admission)
        }
    }

    private func conversation(
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ admission: MeterLink.Admission
    ) -> ConversationID {
        ConversationID.make(
            parsed.facts,
            keyID: admission.reply.identity?.keyID ?? "",
            client: call.client,
            header: { call.exchange.field($0) },
            hash: { seed in seed.withUnsafeBytes { conversationHash.hash($0) } }
        )
    }

    // MARK: Ending

    /// Puts the record where it survives this process, and lets the meter have it.
    func close(_ record: UsageRecord, _ admission: MeterLink.Admission) {
        meter.ended(admission)
        do throws(SpoolError) {
            if let refusal = try spool.close(record) {
                logger.error(
                    "a record is in memory alone until the meter has it",
                    metadata: ["keirouter.request.id": "\(record.requestID)", "error": "\(refusal)"]
                )
            }
            settler.wake()
        } catch {
            logger.critical(
                "a record could not be kept",
                metadata: ["keirouter.request.id": "\(record.requestID)", "error": "\(error)"]
            )
        }
    }
}
