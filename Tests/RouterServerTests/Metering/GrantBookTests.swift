import Contracts
import RouterServer
import Testing

@Suite("The book of grants")
struct GrantBookTests {
    private static let start = ContinuousClock.now

    private static func request(
        _ number: Int = 0,
        key: String = "digest",
        model: String = "m",
        input: Int = 100,
        output: Int? = 100
    ) -> AdmitRequest {
        AdmitRequest(
            requestID: "req_\(number)",
            keySHA256: key,
            operation: .chat,
            requestedModel: model,
            targets: [Target(provider: "p", model: "a")],
            estimatedInputTokens: input,
            maxOutputTokens: output
        )
    }

    private static let terms = AdmitReply(
        admitted: true,
        identity: Identity(tenant: "default", keyID: "k", plan: "team"),
        targets: [0]
    )
    private static let admitted: AdmitReply = {
        var reply = terms
        reply.reservation = Reservation(id: "r", leaseMS: 60_000, nanoUSD: 5, tokens: 200)
        return reply
    }()

    private static func granted(_ id: String, _ requests: Int = 8) -> GrantReply {
        GrantReply(
            grant: Grant(id: id, requests: requests, useMS: 2000, nanoUSD: 7, tokens: 1000),
            terms: terms
        )
    }

    /// A book whose key was admitted twice in a short time.
    private static func busyBook() -> GrantBook {
        let book = GrantBook(outputReserve: 4096)
        book.note(admitted, to: request(1), now: start)
        book.note(admitted, to: request(2, input: 300), now: start + .milliseconds(100))
        return book
    }

    private static func bookWithGrant(_ requests: Int = 8) throws -> GrantBook {
        let book = busyBook()
        let ask = try #require(book.takeAsks().first)
        book.answered(ask, granted("g", requests), asked: start)
        return book
    }

    @Test("only a key that comes often is worth asking for, for the largest of its requests")
    func asking() throws {
        let slow = GrantBook(outputReserve: 4096)
        slow.note(Self.admitted, to: Self.request(1), now: Self.start)
        slow.note(Self.admitted, to: Self.request(2), now: Self.start + .milliseconds(300))
        #expect(slow.takeAsks().isEmpty)
        let asks = Self.busyBook().takeAsks()
        #expect(asks.count == 1)
        #expect(asks.first?.unit.estimatedInputTokens == 512 && asks.first?.unit.maxOutputTokens == 100)
        #expect(asks.first?.requests == 8)
    }

    @Test("each request takes a reservation of its own, with what it may use itself")
    func taking() throws {
        let book = try Self.bookWithGrant(3)
        let replies = (0..<4).map { book.take(Self.request($0), now: Self.start) }
        #expect(replies.map { $0?.reservation?.id } == ["g.0", "g.1", "g.2", nil])
        #expect(replies.first??.reservation?.tokens == 200 && replies.first??.reservation?.nanoUSD == 7)
        #expect(replies.first??.identity?.keyID == "k")
        #expect(book.takeEnded() == [EndedGrant(id: "g", used: 3)])
    }

    @Test(
        "a request that a unit does not cover is for the meter",
        arguments: [
            request(input: 513), request(output: 101), request(output: nil), request(key: "other"), request(model: "n"),
        ]
    )
    func fitting(_ request: AdmitRequest) throws {
        let book = try Self.bookWithGrant()
        #expect(book.take(request, now: Self.start) == nil)
        #expect(book.take(Self.request(), now: Self.start) != nil)
    }

    @Test("other targets than the grant's are for the meter")
    func targets() throws {
        let book = try Self.bookWithGrant()
        var request = Self.request()
        request.targets.append(Target(provider: "p", model: "b"))
        #expect(book.take(request, now: Self.start) == nil)
    }

    @Test("the next grant is asked for once, at half of this one, and twice as large when this one went fast")
    func refill() throws {
        let book = try Self.bookWithGrant()
        for number in 0..<3 { _ = book.take(Self.request(number), now: Self.start) }
        #expect(book.takeAsks().isEmpty)
        _ = book.take(Self.request(3), now: Self.start)
        _ = book.take(Self.request(4), now: Self.start)
        let asks = book.takeAsks()
        #expect(asks.map(\.requests) == [16])
        let ask = try #require(asks.first)
        book.answered(ask, Self.granted("h", 16), asked: Self.start)
        let ids = (5..<10).map { book.take(Self.request($0), now: Self.start)?.reservation?.id }
        #expect(ids == ["g.5", "g.6", "g.7", "h.0", "h.1"])
    }

    @Test("nothing is admitted after the time of a grant, and what is left goes back")
    func expiry() throws {
        let book = try Self.bookWithGrant()
        _ = book.take(Self.request(), now: Self.start)
        #expect(book.endExpired(now: Self.start + .seconds(1)) == Self.start + .seconds(2))
        #expect(book.take(Self.request(), now: Self.start + .seconds(2)) == nil)
        #expect(book.endExpired(now: Self.start + .seconds(2)) == nil)
        #expect(book.takeEnded() == [EndedGrant(id: "g", used: 1)])
    }

    @Test("what changes at the meter ends grants, and those on their way")
    func changes() throws {
        let book = try Self.bookWithGrant()
        for number in 0..<4 { _ = book.take(Self.request(number), now: Self.start) }
        let ask = try #require(book.takeAsks().first)
        #expect(!book.end(keySHA256: "other"))
        #expect(book.end(keySHA256: "digest"))
        #expect(book.take(Self.request(), now: Self.start) == nil)
        book.answered(ask, Self.granted("late"), asked: Self.start)
        #expect(book.take(Self.request(), now: Self.start) == nil)
        #expect(book.takeEnded() == [EndedGrant(id: "g", used: 4), EndedGrant(id: "late", used: 0)])
        let planned = try Self.bookWithGrant()
        planned.end(plan: "other")
        #expect(planned.take(Self.request(), now: Self.start) != nil)
        planned.end(plan: "team")
        #expect(planned.take(Self.request(), now: Self.start) == nil)
    }

    @Test("a refused grant is not asked for again at once")
    func refusal() throws {
        let book = Self.busyBook()
        let ask = try #require(book.takeAsks().first)
        book.answered(ask, GrantReply(), asked: Self.start)
        book.note(Self.admitted, to: Self.request(), now: Self.start + .milliseconds(200))
        #expect(book.takeAsks().isEmpty)
        book.note(Self.admitted, to: Self.request(), now: Self.start + .milliseconds(1100))
        book.note(Self.admitted, to: Self.request(), now: Self.start + .milliseconds(1200))
        #expect(book.takeAsks().count == 1)
    }
}
