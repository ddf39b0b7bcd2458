import Contracts
import PeerRPC
import Synchronization
import TestSupport

/// A saver on a real socket whose replacement is a function of text and settings alone, and which keeps what it is asked.
final class ScriptedSaver: Sendable {
    private struct State {
        var settings: SaverSettings
        var puts = 0
        var asked: [CompressRequest] = []
        var answer: (@Sendable (CompressRequest) async throws(ServiceError) -> CompressReply)?
    }

    private let state: Mutex<State>
    private let server: PeerServer

    init(socket: String, settings: SaverSettings = .on("e1")) {
        server = PeerServer(socket: socket)
        state = Mutex(State(settings: settings))
    }

    var asked: [CompressRequest] { state.withLock { $0.asked } }
    var texts: [String] { asked.flatMap { $0.segments.map(\.text) } }

    func forget() {
        state.withLock { $0.asked = [] }
    }

    func put(_ settings: SaverSettings) {
        state.withLock { state in
            state.settings = settings
            state.puts += 1
        }
    }

    func answer(_ body: (@Sendable (CompressRequest) async throws(ServiceError) -> CompressReply)?) {
        state.withLock { $0.answer = body }
    }

    /// What a text becomes.
    static func small(_ text: String, _ epoch: String) -> String {
        "\(epoch): \(text.prefix(12))… [\(text.utf8.count) bytes]"
    }

    static func reply(_ request: CompressRequest, epoch: String) -> CompressReply {
        let replacements = request.segments.filter { !$0.isError }.map { segment in
            Replacement(
                segment: segment.id,
                text: small(segment.text, epoch),
                saver: "rtk",
                rule: "test",
                tokensBefore: segment.text.utf8.count / 4,
                tokensAfter: 10
            )
        }
        return CompressReply(epoch: epoch, replacements: replacements)
    }

    func start() async throws {
        var registry = RPCRegistry(service: ServiceDescription.saver)
        registry.register(SaverMethods.compress) { [self] request, _ throws(ServiceError) in
            let (answer, epoch) = state.withLock { state in
                state.asked.append(request)
                return (state.answer, state.settings.epoch)
            }
            if let answer { return try await answer(request) }
            // Earlier settings are known by their names: those of an epoch "off…" have no saver.
            let wanted = request.epoch ?? epoch
            return wanted.hasPrefix("off") ? CompressReply(epoch: wanted) : Self.reply(request, epoch: wanted)
        }
        registry.register(SaverMethods.settings) { [self] _, _, items throws(ServiceError) in
            var sent = -1
            while !Task.isCancelled {
                let (settings, number) = state.withLock { ($0.settings, $0.puts) }
                if number != sent {
                    sent = number
                    try await items.send(settings)
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
            return Empty()
        }
        try await server.start(registry)
    }

    func stop() async {
        await server.stop()
    }
}

extension SaverSettings {
    /// Tool results are made smaller everywhere.
    static func on(_ epoch: String) -> SaverSettings {
        SaverSettings(epoch: epoch, scopes: [SaverScope(scope: "global", savers: ["rtk"])])
    }

    /// Nothing is on.
    static func off(_ epoch: String) -> SaverSettings {
        SaverSettings(epoch: epoch)
    }

    /// Answers are asked to be short, texts are left alone.
    static func terse(_ epoch: String, _ text: String) -> SaverSettings {
        SaverSettings(
            epoch: epoch,
            scopes: [SaverScope(scope: "global", savers: ["terse"])],
            directivesByScope: ["global": [Directive(saver: "terse", level: "on", text: text, tokens: 9)]]
        )
    }
}
