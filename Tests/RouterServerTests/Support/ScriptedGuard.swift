import Contracts
import PeerRPC
import Synchronization
import TestSupport

/// A guard on a real socket that masks one address and blocks one word, and keeps what it is asked.
final class ScriptedGuard: Sendable {
    static let address = "bob@example.org"
    static let placeholder = "<EMAIL_ADDRESS_ABCD2345>"
    static let forbidden = "forbidden"

    /// Which of the optional methods it has.
    struct Methods: Sendable {
        var policies = true
        var scan = true
    }

    private struct State {
        var list: PolicyList
        var lists = 0
        var inspected: [InspectRequest] = []
        var answer: (@Sendable (InspectRequest) throws(ServiceError) -> InspectReply)?
        var scanned: [ScanRequest] = []
        /// A scan ends in the middle after so many pieces, once.
        var breaksAfter: Int?
    }

    private let state: Mutex<State>
    private let server: PeerServer
    private let methods: Methods

    init(socket: String, methods: Methods = Methods(), list: PolicyList = .everything) {
        server = PeerServer(socket: socket)
        self.methods = methods
        state = Mutex(State(list: list))
    }

    var inspected: [InspectRequest] { state.withLock { $0.inspected } }
    /// The texts it was asked about, in order.
    var texts: [String] { inspected.flatMap { $0.segments.map(\.text) } }
    var scans: Int { scanned.count }
    /// What scans were opened with.
    var scanned: [ScanRequest] { state.withLock { $0.scanned } }

    func forget() {
        state.withLock { $0.inspected = [] }
    }

    func answer(_ body: (@Sendable (InspectRequest) throws(ServiceError) -> InspectReply)?) {
        state.withLock { $0.answer = body }
    }

    func breakScan(after pieces: Int) {
        state.withLock { $0.breaksAfter = pieces }
    }

    func put(_ list: PolicyList) {
        state.withLock { state in
            state.list = list
            state.lists += 1
        }
    }

    // MARK: Serving

    func start() async throws {
        var registry = RPCRegistry(service: ServiceDescription.guardService)
        registry.register(GuardMethods.inspect) { [self] request, _ throws(ServiceError) in
            let (answer, version) = state.withLock { state in
                state.inspected.append(request)
                return (state.answer, state.list.version)
            }
            if let answer { return try answer(request) }
            return Self.judge(request, version: version)
        }
        if methods.scan {
            registry.register(GuardMethods.scan) { [self] request, _, incoming, items throws(ServiceError) in
                try await scan(request, incoming, items)
            }
        }
        if methods.policies {
            registry.register(GuardMethods.policies) { [self] _, _, items throws(ServiceError) in
                var sent = -1
                while !Task.isCancelled {
                    let (list, number) = state.withLock { ($0.list, $0.lists) }
                    if number != sent {
                        sent = number
                        try await items.send(list)
                    }
                    try? await Task.sleep(for: .milliseconds(5))
                }
                return Empty()
            }
        }
        try await server.start(registry)
    }

    func stop() async {
        await server.stop()
    }

    // MARK: Judging

    static func judge(_ request: InspectRequest, version: String) -> InspectReply {
        var reply = InspectReply(decisionID: "d-\(request.requestID)", policyVersion: version, action: .allow)
        for segment in request.segments {
            var action = GuardAction.allow
            for range in segment.text.ranges(of: address) {
                let offsets = segment.text.offsets(of: range)
                reply.edits.append(TextEdit(segment: segment.id, range: offsets, replacement: placeholder))
                reply.findings.append(finding(segment.id, offsets, "EMAIL_ADDRESS", .mask))
                action = .mask
            }
            if let range = segment.text.firstRange(of: forbidden) {
                reply.findings.append(finding(segment.id, segment.text.offsets(of: range), "WORD", .block))
                reply.reason = "custom:WORD"
                action = .block
            }
            if action == .mask { reply.restores = [Restore(placeholder: placeholder, original: address)] }
            if (GuardAction.known.firstIndex(of: action) ?? 0) > (GuardAction.known.firstIndex(of: reply.action) ?? 0) {
                reply.action = action
            }
            reply.segments.append(SegmentVerdict(id: segment.id, action: action, cacheable: true))
        }
        return reply
    }

    private static func finding(_ segment: Int, _ range: Range<Int>, _ entity: String, _ action: GuardAction) -> Finding
    {
        Finding(
            segment: segment,
            detector: entity == "WORD" ? "custom" : "pii",
            entity: entity,
            range: range,
            action: action
        )
    }

    private func scan(
        _ request: ScanRequest,
        _ incoming: RPCIncoming<ScanChunk>,
        _ items: RPCItems<ScanRelease>
    ) async throws(ServiceError) -> ScanReply {
        var left = state.withLock { state -> Int? in
            state.scanned.append(request)
            defer { state.breaksAfter = nil }
            return state.breaksAfter
        }
        var windows: [String: ScriptedWindow] = [:]
        var order: [String] = []
        var strictest = GuardAction.allow
        while let chunk = try await incoming.next() {
            if let pieces = left {
                guard pieces > 0 else {
                    throw ServiceError(.unavailable, reason: "gone", message: "gone", origin: .peer)
                }
                left = pieces - 1
            }
            if windows[chunk.channel] == nil {
                windows[chunk.channel] = ScriptedWindow()
                order.append(chunk.channel)
            }
            let release = windows[chunk.channel, default: ScriptedWindow()].push(chunk.text, isLast: chunk.text.isEmpty)
            if release.action != .allow { strictest = release.action }
            try await items.send(release.with(channel: chunk.channel))
            if release.action == .block {
                return ScanReply(action: .block, decisionID: "scan", policyVersion: "1")
            }
        }
        for channel in order {
            let release = windows[channel, default: ScriptedWindow()].push("", isLast: true)
            if release.action != .allow { strictest = release.action }
            if !release.release.isEmpty || release.action != .allow {
                try await items.send(release.with(channel: channel))
            }
            if release.action == .block { break }
        }
        return ScanReply(action: strictest, decisionID: "scan", policyVersion: "1")
    }
}

/// The window of one channel: holds back what may be the beginning of a word.
struct ScriptedWindow {
    private var held: [UInt8] = []

    mutating func push(_ text: String, isLast: Bool) -> ScanRelease {
        held += text.utf8
        let words = [(Array(ScriptedGuard.address.utf8), true), (Array(ScriptedGuard.forbidden.utf8), false)]
        var out: [UInt8] = []
        var action = GuardAction.allow
        var findings: [Finding] = []
        var at = 0
        scanning: while at < held.count {
            for (word, masks) in words {
                if held[at...].starts(with: word) {
                    findings.append(
                        Finding(
                            detector: masks ? "pii" : "custom",
                            entity: masks ? "EMAIL_ADDRESS" : "WORD",
                            range: 0..<1,
                            action: masks ? .mask : .block
                        )
                    )
                    action = masks ? .mask : .block
                    guard masks else { break scanning }
                    out += ScriptedGuard.placeholder.utf8
                    at += word.count
                    continue scanning
                }
                if !isLast, word.starts(with: held[at...]) { break scanning }
            }
            out.append(held[at])
            at += 1
        }
        held.removeFirst(at)
        return ScanRelease(
            channel: "",
            release: String(decoding: out, as: UTF8.self),
            action: action,
            findings: findings
        )
    }
}

extension ScanRelease {
    fileprivate func with(channel: String) -> ScanRelease {
        var release = self
        release.channel = channel
        return release
    }
}

extension String {
    /// A range as offsets in UTF-8.
    func offsets(of range: Range<String.Index>) -> Range<Int> {
        let lower = utf8.distance(from: startIndex, to: range.lowerBound)
        return lower..<lower + utf8.distance(from: range.lowerBound, to: range.upperBound)
    }
}

extension PolicyList {
    /// One policy that looks both ways and may do anything.
    static let everything = PolicyList(
        version: "1",
        scopes: [PolicyScope(scope: "global", directions: [.inbound, .outbound], actions: [.mask, .block])]
    )
    /// One policy that only takes notes.
    static let watching = PolicyList(
        version: "1",
        scopes: [PolicyScope(scope: "global", directions: [.inbound, .outbound], actions: [.logOnly])]
    )
    static let none = PolicyList(version: "0")
}
