package import Contracts
import DequeModule
import JSON
package import Logging
import PortalCore
import Synchronization

/// What open pages hear of: one look at the newest rows of a list for all of them, twice a second while anybody listens.
package final class EventFeed: Sendable {
    /// The numbers of the feed.
    package struct Limits: Sendable {
        /// Pages that listen at once.
        package var listeners = 64
        /// Events that wait for one page; a page that reads slower is told to load itself anew.
        package var waiting = 64
        /// Events that a page which comes back may still have.
        package var kept = 256
        /// How often the ledger is looked at.
        package var interval = Duration.milliseconds(500)
        /// How often the sums of today are asked for while rows come.
        package var figures = Duration.seconds(2)
        /// How often a page hears that there is nothing.
        package var heartbeat = Duration.seconds(15)

        package init() {}
    }

    /// One row of the list, as pages get it.
    package struct Row: Sendable {
        package var id: String
        /// Its JSON.
        package var data: String

        package init(id: String, _ item: some WireCodable) {
            self.id = id
            var writer = JSONWriter()
            item.write(to: &writer)
            data = String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// Asks for the newest rows, the newest first.
    package typealias Rows = @Sendable () async throws(ServiceError) -> [Row]

    /// Asks for sums that change with the rows, as JSON.
    package typealias Figures = @Sendable () async throws(ServiceError) -> String

    private struct Event: Sendable {
        var number: Int
        var frame: [UInt8]
    }

    private struct State {
        var listeners: [Int: AsyncStream<Piece>.Continuation] = [:]
        var nextListener = 0
        var nextEvent = 1
        var kept: Deque<Event> = []
        var seen: Set<String> = []
        /// Whether the list has been looked at since somebody began to listen.
        var isPrimed = false
        var isStale = false
        /// Whether rows came since the sums were asked for.
        var isFiguresDue = false
        var figuresAt: ContinuousClock.Instant?
        var isClosed = false
    }

    /// What goes to a page.
    enum Piece: Sendable {
        case event(number: Int, frame: [UInt8])
        case heartbeat
    }

    package let limits: Limits
    /// What an event with a row is called.
    private let name: String
    private let rows: Rows
    private let figures: Figures?
    private let logger: Logger
    /// Tells events of this process from those of the one before.
    private let epoch = Tokens.name()
    private let state = Mutex(State())
    private let wake = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    package init(
        _ name: String,
        limits: Limits = Limits(),
        logger: Logger,
        rows: @escaping Rows,
        figures: Figures? = nil
    ) {
        self.name = name
        self.limits = limits
        self.figures = figures
        self.rows = rows
        self.logger = logger
    }

    /// Pages that listen now.
    package var listeners: Int { state.withLock { $0.listeners.count } }

    // MARK: Listening

    /// Begins to listen.
    ///
    /// - Parameter last: The `Last-Event-ID` of a page that comes back.
    /// - Returns: The page's place.
    /// - Throws: ``ServiceError`` when as many listen as may.
    func subscribe(after last: String?) throws(ServiceError) -> EventSubscription {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Piece.self,
            bufferingPolicy: .bufferingNewest(limits.waiting)
        )
        let limit = limits.listeners
        let result = state.withLock { state -> (id: Int, missed: [Event], isWhole: Bool)? in
            guard !state.isClosed, state.listeners.count < limit else { return nil }
            let id = state.nextListener
            state.nextListener += 1
            state.listeners[id] = continuation
            let (missed, isWhole) = missed(after: last, state)
            return (id, missed, isWhole)
        }
        guard let result else {
            throw ServiceError(
                .unavailable,
                reason: "too_many_listeners",
                message: "\(limit) pages are live already; close some, or reload this one now and then",
                retry: .same(afterMilliseconds: 30_000)
            )
        }
        wake.continuation.yield()
        let id = result.id
        return EventSubscription(
            stream: stream,
            opening: opening(result.missed, isWhole: result.isWhole),
            last: state.withLock { $0.nextEvent - 1 }
        ) { [weak self] in self?.leave(id) }
    }

    private func leave(_ id: Int) {
        state.withLock { state in
            state.listeners.removeValue(forKey: id)?.finish()
            guard state.listeners.isEmpty else { return }
            // Whoever comes next loads the page first.
            state.isPrimed = false
            state.seen.removeAll()
            state.kept.removeAll()
        }
    }

    /// Ends every stream; none begins any more.
    package func close() {
        let open = state.withLock { state in
            state.isClosed = true
            defer { state.listeners.removeAll() }
            return Array(state.listeners.values)
        }
        for continuation in open { continuation.finish() }
        wake.continuation.finish()
    }

    /// The events after one; `false` when some of them are not kept any more.
    private func missed(after last: String?, _ state: borrowing State) -> ([Event], Bool) {
        guard let last else { return ([], true) }
        let parts = last.split(separator: "-")
        guard parts.count == 2, parts[0] == epoch, let number = Int(parts[1]), number < state.nextEvent else {
            return ([], false)
        }
        let events = state.kept.filter { $0.number > number }
        return (Array(events), events.count == state.nextEvent - 1 - number)
    }

    private func opening(_ missed: [Event], isWhole: Bool) -> [UInt8] {
        var bytes = Array("retry: 3000\n\n".utf8)
        if !isWhole { bytes += Self.frame(id: nil, "resync", "{}") }
        for event in missed { bytes += event.frame }
        return bytes
    }

    // MARK: Looking

    /// Looks at the list while anybody listens; returns when the feed is closed or the task cancelled.
    package func run() async {
        for await _ in wake.stream {
            var beat = ContinuousClock.now + limits.heartbeat
            while listeners > 0, !Task.isCancelled {
                await look()
                await lookAtFigures()
                if ContinuousClock.now >= beat {
                    beat = .now + limits.heartbeat
                    send(.heartbeat)
                }
                do { try await Task.sleep(for: limits.interval) } catch { return }
            }
        }
    }

    private func look() async {
        let items: [Row]
        do throws(ServiceError) {
            items = try await rows()
        } catch {
            let isNew = state.withLock { state in
                defer { state.isStale = true }
                return !state.isStale
            }
            if isNew { publish("stale", "{}") }
            return
        }
        let (fresh, isBack) = state.withLock { state -> ([Row], Bool) in
            let fresh = state.isPrimed ? items.filter { !state.seen.contains($0.id) } : []
            // What has left the page of newest rows does not come back.
            state.seen = Set(items.map(\.id))
            state.isPrimed = true
            if !fresh.isEmpty { state.isFiguresDue = true }
            defer { state.isStale = false }
            return (fresh, state.isStale)
        }
        if isBack { publish("live", "{}") }
        for row in fresh.reversed() { publish(name, row.data) }
    }

    /// Sends the sums after new rows, not more often than ``Limits/figures``.
    private func lookAtFigures() async {
        guard let figures else { return }
        let pause = limits.figures
        let isDue = state.withLock { state in
            guard state.isFiguresDue, state.figuresAt.map({ .now - $0 >= pause }) ?? true else { return false }
            state.isFiguresDue = false
            state.figuresAt = .now
            return true
        }
        guard isDue else { return }
        do throws(ServiceError) {
            publish("figures", try await figures())
        } catch {
            logger.debug("figures not sent", metadata: ["error": "\(error.reason)"])
        }
    }

    /// Gives an event to every page and keeps it for those that come back.
    package func publish(_ name: String, _ data: String) {
        let kept = limits.kept
        let (piece, listeners) = state.withLock { state in
            let number = state.nextEvent
            state.nextEvent += 1
            let frame = Self.frame(id: "\(epoch)-\(number)", name, data)
            state.kept.append(Event(number: number, frame: frame))
            if state.kept.count > kept { state.kept.removeFirst() }
            return (Piece.event(number: number, frame: frame), Array(state.listeners.values))
        }
        for continuation in listeners { continuation.yield(piece) }
    }

    private func send(_ piece: Piece) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for continuation in listeners { continuation.yield(piece) }
    }

    /// An event on the wire; JSON has no line breaks outside of strings, and in them it escapes them.
    static func frame(id: String?, _ name: String, _ data: String) -> [UInt8] {
        let id = id.map { "id: \($0)\n" } ?? ""
        return Array("\(id)event: \(name)\ndata: \(data)\n\n".utf8)
    }
}

/// One page's place in the feed.
struct EventSubscription: Sendable {
    let stream: AsyncStream<EventFeed.Piece>
    /// What is sent before anything else.
    let opening: [UInt8]
    /// The number of the last event before this place.
    let last: Int
    /// Gives the place up.
    let leave: @Sendable () -> Void
}
