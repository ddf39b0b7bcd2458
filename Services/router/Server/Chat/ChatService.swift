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
        let digest = try digest(of: call)
        try await checkKey(digest, beforeBodyOf: call)
        let parsed = try await read(call)
        let routing = dispatcher.routing
        let resolution = try await resolve(call, parsed, digest, routing.state)
        let (admission, mayHedge) = try await admit(call, parsed, digest, resolution)
        let conversation = conversation(call, parsed, admission)
        let session = ChatSession(
            call: call,
            parsed: parsed,
            resolution: resolution,
            admission: admission,
            conversation: conversation,
            targets: await order(resolution, admission, parsed, conversation, call, routing.state.catalogue),
            routing: routing,
            mayHedge: mayHedge
        )
        try await run(session)
    }

    // MARK: Steps

    func digest(of call: ChatCall) throws(RequestFailure) -> String {
        guard let key = call.key else { throw .error(ClientKey.missing) }
        guard APIKey.accepts(key) else { throw .error(ClientKey.unknown) }
        return APIKey.digestHex(key)
    }

    /// Does not read a stranger's large body: the meter must know the key first, unless it has admitted it before.
    private func checkKey(_ digest: String, beforeBodyOf call: ChatCall) async throws(RequestFailure) {
        let length = call.exchange.head.headers.first(name: "content-length").flatMap { Int($0) }
        guard length ?? .max > Self.strangersBody, !meter.hasAdmitted(keySHA256: digest) else { return }
        do throws(ClientError) {
            _ = try await meter.identify(keySHA256: digest)
        } catch {
            throw call.exchange.isClientGone ? .clientGone : .error(error)
        }
    }

    /// Reads and parses a body.
    func document(of call: ChatCall) async throws(RequestFailure) -> JSONDocument {
        let bytes: [UInt8]
        do throws(HTTPServerError) {
            bytes = try await call.exchange.bodyBytes()
        } catch {
            throw error == .clientGone ? .clientGone : .edge(error)
        }
        return try parse(bytes)
    }

    private func read(_ call: ChatCall) async throws(RequestFailure) -> ParsedChat {
        var document = try await document(of: call)
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

    private func resolve(
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ digest: String,
        _ state: RouterState
    ) async throws(RequestFailure) -> Resolution {
        let failure: ResolutionError
        do throws(ResolutionError) {
            return try ModelResolver.resolve(parsed.facts.model, in: state)
        } catch {
            failure = error
        }
        // What is configured here is told only to those whose key is good.
        let reply = try await ask(call, admission(call, parsed, digest, model: parsed.facts.model, targets: [])).reply
        if let denial = reply.denial, MeterLink.concernsKey(denial.reason) { throw .error(ClientError(denial)) }
        throw .error(failure.clientError(showingHint: true))
    }

    private func admit(
        _ call: ChatCall,
        _ parsed: ParsedChat,
        _ digest: String,
        _ resolution: Resolution
    ) async throws(RequestFailure) -> (MeterLink.Admission, mayHedge: Bool) {
        let targets = resolution.targets.map { Target(provider: $0.provider.id, model: $0.model) }
        var request = admission(call, parsed, digest, model: resolution.requested, targets: targets)
        var mayHedge = resolution.tree?.hedges ?? false && targets.count > 1
        // A second attempt that is given up costs its input and next to nothing beside it.
        if mayHedge { request.estimatedInputTokens *= 2 }
        var admission = try await ask(call, request)
        if mayHedge, let denial = admission.reply.denial, MeterLink.concernsUse(denial.reason) {
            // Near a limit there is one attempt at a time.
            mayHedge = false
            request.estimatedInputTokens = parsed.facts.estimatedInputTokens
            admission = try await ask(call, request)
        }
        if let denial = admission.reply.denial {
            metrics.denied(denial.reason)
            throw .error(ClientError(denial))
        }
        guard admission.reply.admitted, admission.reply.identity != nil else {
            throw .error(ClientError(.internal, "the meter gave no answer that can be used"))
        }
        return (admission, mayHedge)
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
        let headers = call.exchange.head.headers
        // Eight names are asked for, and hardly any request has one: their lengths tell in one pass.
        func bit(_ name: String) -> UInt64 { 1 << UInt64(min(name.utf8.count, 63)) }
        let lengths = headers.reduce(into: 0 as UInt64) { $0 |= bit($1.name) }
        return ConversationID.make(
            parsed.facts,
            keyID: admission.reply.identity?.keyID ?? "",
            client: call.client,
            header: { lengths & bit($0) == 0 ? nil : headers.first(name: $0) },
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
