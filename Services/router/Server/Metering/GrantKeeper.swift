import Contracts
import PeerRPC

/// Asks the meter for the grants that the book wants, and gives account of those that have ended.
final class GrantKeeper: Sendable {
    static let deadline = Duration.seconds(2)
    private static let longestPause = Duration.seconds(2)

    private let client: RPCClient
    private let book: GrantBook
    private let grace: OutageGrace

    init(client: RPCClient, book: GrantBook, grace: OutageGrace) {
        self.client = client
        self.book = book
        self.grace = grace
    }

    /// Works until cancelled.
    func run() async {
        await withTaskGroup { group in
            group.addTask { await self.work() }
            group.addTask { await self.expire() }
            await group.waitForAll()
        }
    }

    private func work() async {
        var pause = Duration.milliseconds(50)
        for await _ in book.work.stream {
            var isDone = true
            for ask in book.takeAsks() { isDone = await self.ask(ask) && isDone }
            isDone = await giveAccount() && isDone
            guard !isDone else {
                pause = .milliseconds(50)
                continue
            }
            // The meter is away; what has ended meanwhile runs out there by itself should this take long.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
            book.work.continuation.yield()
        }
    }

    private func expire() async {
        for await _ in book.began.stream {
            while let next = book.endExpired(now: .now), !Task.isCancelled {
                try? await Task.sleep(until: next, clock: .continuous)
            }
        }
    }

    /// - Returns: Whether the meter answered.
    private func ask(_ ask: GrantBook.Ask) async -> Bool {
        let asked = ContinuousClock.now
        let ended = book.takeEnded()
        let request = GrantRequest(unit: ask.unit, requests: ask.requests, ended: ended)
        do throws(ServiceError) {
            let reply = try await client.call(MeterMethods.grant, request, deadline: asked + Self.deadline)
            if let terms = reply.terms, reply.grant != nil { grace.renew(terms, to: ask.unit, now: asked) }
            book.answered(ask, reply, asked: asked)
            return true
        } catch {
            book.putBack(ended)
            book.answered(ask, nil, asked: asked)
            // A meter that knows no grants is asked for none; only an outage is worth another try.
            return error.code != .unavailable && error.code != .deadlineExceeded
        }
    }

    /// Tells the meter of the grants that have ended, so that what they left is free.
    ///
    /// - Returns: Whether it knows of all of them.
    @discardableResult
    func giveAccount(within limit: Duration = GrantKeeper.deadline) async -> Bool {
        let none = AdmitRequest(
            requestID: "none",
            keySHA256: "",
            operation: .chat,
            requestedModel: "",
            estimatedInputTokens: 0
        )
        while true {
            let ended = book.takeEnded()
            guard !ended.isEmpty else { return true }
            do throws(ServiceError) {
                let request = GrantRequest(unit: none, requests: 0, ended: ended)
                _ = try await client.call(MeterMethods.grant, request, deadline: .now + limit)
            } catch {
                guard error.code == .unavailable || error.code == .deadlineExceeded else { continue }
                book.putBack(ended)
                return false
            }
        }
    }
}
