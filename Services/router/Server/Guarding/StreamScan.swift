import Contracts
import PeerRPC

/// One open scan of an answer at one guard; confined to its event loop.
final class StreamScan {
    /// One piece of text for the guard; longer ones are cut.
    private static let pieceLimit = 64 << 10
    /// How long an answer may take at all.
    private static let longest = Duration.seconds(3_600)

    private let call: RPCDuplexCall<ScanChunk, ScanRelease, ScanReply>
    private let watch: ScanWatch

    init(_ link: GuardLink, _ request: PreparationRequest, scope: RequestScope) async throws(ServiceError) {
        let call = try await link.client.duplex(
            GuardMethods.scan,
            ScanRequest(requestID: request.requestID, scope: scope, answerSchema: request.answerSchema),
            deadline: .now + Self.longest
        )
        self.call = call
        watch = ScanWatch { call.cancel() }
    }

    deinit {
        watch.stop()
        call.cancel()
    }

    /// Sends a text and waits for what it lets go: every piece is answered by one release of its channel.
    ///
    /// - Parameters:
    ///   - channel: The text's channel.
    ///   - text: The text; an empty one lets go all that is held back.
    ///   - take: Takes each release.
    /// - Throws: What ended the scan.
    func exchange(
        _ channel: String,
        _ text: String,
        _ take: (ScanRelease) -> Void
    ) async throws(ServiceError) {
        watch.began()
        defer { watch.ended() }
        guard text.utf8.count > Self.pieceLimit else { return try await pass(channel, text, take) }
        var rest = text[...]
        while !rest.isEmpty {
            let piece = Self.cut(&rest)
            try await pass(channel, piece, take)
            watch.began()
        }
    }

    private func pass(
        _ channel: String,
        _ text: String,
        _ take: (ScanRelease) -> Void
    ) async throws(ServiceError) {
        try await call.send(ScanChunk(channel: channel, text: text))
        while let release = try await call.next() {
            take(release)
            if release.channel == channel || release.action == .block { return }
        }
        throw Self.brokenOff
    }

    /// Ends the answer.
    ///
    /// - Parameter take: Takes what was still held back.
    /// - Returns: The verdict on all of it.
    /// - Throws: What ended the scan.
    func finish(_ take: (ScanRelease) -> Void) async throws(ServiceError) -> ScanReply {
        watch.began()
        defer { watch.ended() }
        await call.finish()
        while let release = try await call.next() { take(release) }
        return try await call.result()
    }

    /// The first piece of a long text, cut between characters.
    private static func cut(_ rest: inout Substring) -> String {
        var end = rest.utf8.index(rest.startIndex, offsetBy: pieceLimit, limitedBy: rest.endIndex) ?? rest.endIndex
        while end < rest.endIndex, rest.utf8[end] & 0xC0 == 0x80 { end = rest.utf8.index(after: end) }
        defer { rest = rest[end...] }
        return String(rest[..<end])
    }

    private static let brokenOff = ServiceError(
        .unavailable,
        reason: "scan_ended",
        message: "the guard ended a scan before its text",
        origin: .peer
    )
}
