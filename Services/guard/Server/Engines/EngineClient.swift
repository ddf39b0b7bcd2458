import HTTP
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Why an engine outside gave no answer that can be used; fixed phrases, nothing of what was sent.
struct EngineFault: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String

    static let resting = EngineFault(description: "it failed before and is left alone for a moment")
    static let unreadable = EngineFault(description: "its answer is not what such an engine says")

    /// - Parameter setting: The configuration's key that names the engine.
    /// - Returns: The fault of an engine that is not configured.
    static func notConfigured(_ setting: String) -> EngineFault {
        EngineFault(description: "\(setting) is not set")
    }
}

/// Calls an engine outside, over connections that stay open.
///
/// One that fails several times in a row is left alone for a moment, so that not every request waits for it in vain.
final class EngineClient: Sendable {
    /// An answer is never this long for the texts that are sent.
    private static let longestAnswer = 4 << 20

    private let address: EngineAddress
    private let client: UpstreamClient
    private let group: any EventLoopGroup
    private let standing: EngineStanding

    init(_ address: EngineAddress, group: any EventLoopGroup, logger: Logger) {
        self.address = address
        self.group = group
        standing = EngineStanding(address.name, logger: logger)
        let place = HTTP.HostPort(host: address.origin.host, port: address.origin.port)
        client = UpstreamClient(group: group, egress: EgressPolicy(declared: [place]), logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
    }

    /// Sends a JSON document and reads the answer.
    ///
    /// - Parameters:
    ///   - body: The document.
    ///   - read: Reads the answer; `nil` for one that is none.
    /// - Returns: What was read.
    /// - Throws: ``EngineFault`` when it does not answer in time, or not properly.
    func ask<Answer>(_ body: [UInt8], read: ([UInt8]) -> Answer?) async throws(EngineFault) -> Answer {
        try await standing.watch { () async throws(EngineFault) -> Answer in
            let answer = try await post(ByteBuffer(bytes: body))
            guard let value = read(answer) else { throw .unreadable }
            return value
        }
    }

    private func post(_ body: ByteBuffer) async throws(EngineFault) -> [UInt8] {
        // Connections belong to a loop; the call that waits for the answer moves there for so long.
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.next()
        let result: Result<[UInt8], EngineFault> = await withTaskExecutorPreference(LoopExecutor(loop)) {
            await exchange(body)
        }
        return try result.get()
    }

    private func exchange(_ body: ByteBuffer) async -> Result<[UInt8], EngineFault> {
        let time = address.timeout
        var headers: HTTPHeaders = ["Content-Type": "application/json", "Accept": "application/json"]
        headers.add(contentsOf: address.headers)
        let request = UpstreamRequest(
            method: .POST,
            path: address.path,
            headers: headers,
            body: body
        )
        do throws(UpstreamError) {
            let deadlines = UpstreamDeadlines(connect: time, firstByte: time, stall: time, total: time)
            let response = try await client.send(request, to: address.origin, deadlines: deadlines)
            let status = response.head.status.code
            guard status == 200 else {
                response.cancel()
                return .failure(EngineFault(description: "it answered with status \(status)"))
            }
            let answer = try await response.collect(limit: Self.longestAnswer)
            return .success(Array(answer.readableBytesView))
        } catch {
            return .failure(EngineFault(description: Self.phrase(error)))
        }
    }

    private static func phrase(_ error: UpstreamError) -> String {
        switch error {
        case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut: "it did not answer in time"
        case .cancelled: "the caller is gone"
        case .refusedByPolicy: "its address may not be dialed"
        case .resolveFailed: "its name has no address"
        case .connectFailed, .tlsFailed: "it cannot be connected to"
        default: "it broke off its answer"
        }
    }
}
