package import Contracts
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The router's memory of what it owes the meter; it survives the death of the process.
///
/// Before the first upstream byte of an attempt ``open(_:)`` notes what to settle should nothing more be heard of the
/// request; ``close(_:)`` notes how it ended. Closed records are handed out by ``batch(limit:)`` until the meter has
/// applied them and ``settled(_:)`` forgets them. A segment whose requests are all settled is deleted.
package final class Spool: Sendable {
    /// Sizes of the spool.
    package struct Limits: Sendable {
        /// Bytes in one segment file.
        package var segment = 1 << 20
        /// Bytes in all segment files: past it requests are refused, for their cost could not be kept.
        package var total = 256 << 20

        package init() {}
    }

    /// What is known of one request; a reference, as it stands in the queue too.
    ///
    /// Confined to the spool's lock.
    private final class Request {
        let id: String
        let key: String
        let reservation: String?
        /// What is sent to the meter, once the request is closed.
        var payload: [UInt8] = []
        var segment: Int
        var isClosed = false
        var isSettled = false

        init(_ record: UsageRecord, segment: Int) {
            id = record.requestID
            key = record.keyID
            reservation = record.reservationID
            self.segment = segment
        }
    }

    /// A record that waits for the meter, as it is sent there.
    package struct Closed: Hashable, Sendable {
        package let requestID: String
        package let json: [UInt8]

        package var record: UsageRecord? { SpoolEntry.decode(json) }
    }

    private struct State {
        var segments: [Int: SpoolSegment] = [:]
        var current: SpoolSegment
        /// The last segment that was settled whole, kept to be filled again.
        var spare: SpoolSegment?
        var requests: [String: Request] = [:]
        /// How many closed requests of each key wait.
        var waiting: [String: Int] = [:]
        /// Closed requests in the order in which they ended; those already settled are skipped.
        var queue: [Request] = []
        var queueStart = 0
    }

    /// The folder of this router's segments.
    package let folder: String
    private let limits: Limits
    private let lock: SpoolLock
    private let state: Mutex<State>

    /// Makes this router's folder, which must not be in use.
    package init(root: String, instance: String, limits: Limits = Limits()) throws(SpoolError) {
        folder = root + "/" + instance
        self.limits = limits
        mkdir(root, 0o700)
        mkdir(folder, 0o700)
        lock = try SpoolLock(folder: folder)
        let first = try SpoolSegment(number: Self.lastNumber(in: folder) + 1, folder: folder, capacity: limits.segment)
        state = Mutex(State(segments: [first.number: first], current: first))
    }

    /// Requests that are open or wait to be settled.
    package var count: Int { state.withLock { $0.requests.count } }

    /// The reservations of requests that the meter has not settled.
    package var reservations: [String] { state.withLock { $0.requests.values.compactMap(\.reservation) } }

    /// Whether a request of this key has ended and is not settled.
    package func isWaiting(key: String) -> Bool {
        state.withLock { $0.waiting[key] != nil }
    }

    /// Segment files in use.
    package var segmentCount: Int { state.withLock { $0.segments.count } }

    // MARK: Notes

    /// Notes that an attempt is about to be sent.
    ///
    /// - Parameter record: What to settle if the request is never closed: outcome `interrupted`, usage estimated. A
    ///   later attempt of the same request replaces it.
    /// - Throws: ``SpoolError`` when it cannot be kept; the attempt must not be sent then.
    package func open(_ record: UsageRecord) throws(SpoolError) {
        try note(.open, record)
    }

    /// Notes how a request ended.
    ///
    /// - Returns: Why it is in memory alone, for the disk has no room: it settles all the same, but should this process
    ///   die before that, the request settles as it was opened.
    /// - Throws: ``SpoolError`` when there is no room for a request that was not opened.
    @discardableResult
    package func close(_ record: UsageRecord) throws(SpoolError) -> SpoolError? {
        try note(.close, record)
    }

    @discardableResult
    private func note(_ kind: SpoolEntry.Kind, _ record: UsageRecord) throws(SpoolError) -> SpoolError? {
        let payload = SpoolEntry.encode(record, as: kind)
        return try state.withLock { state throws(SpoolError) -> SpoolError? in
            let opened = kind == .close ? state.requests[record.requestID] : nil
            var refusal: SpoolError?
            let segment: Int
            do throws(SpoolError) {
                segment = try append(kind, payload, to: &state)
            } catch {
                guard let opened else { throw error }
                refusal = error
                segment = opened.segment
            }
            let request = opened ?? Request(record, segment: segment)
            let before = opened ?? state.requests.updateValue(request, forKey: request.id)
            if let before, before.isClosed {
                // What was said last stays said.
                state.requests[request.id] = before
                return refusal
            }
            state.segments[segment]?.live += 1
            if let before { release(before.segment, in: &state) }
            request.segment = segment
            guard kind == .close else { return nil }
            request.isClosed = true
            request.payload = payload
            state.queue.append(request)
            state.waiting[request.key, default: 0] += 1
            return refusal
        }
    }

    // MARK: Settling

    /// The oldest closed records that the meter has not applied; the same ones until ``settled(_:)`` names them.
    package func batch(limit: Int = 500) -> [Closed] {
        state.withLock { state in
            var batch: [Closed] = []
            for request in state.queue[state.queueStart...] where !request.isSettled {
                guard batch.count < limit else { break }
                batch.append(Closed(requestID: request.id, json: request.payload))
            }
            return batch
        }
    }

    /// Forgets requests that the meter has applied, or refused for good.
    package func settled(_ requestIDs: [String]) {
        state.withLock { state in
            for id in requestIDs {
                guard let request = state.requests.removeValue(forKey: id) else { continue }
                guard request.isClosed else {
                    state.requests[id] = request
                    continue
                }
                request.isSettled = true
                request.payload = []
                // It spares an adopter from sending the record again. Without it (no room, or deleted before the
                // close) the meter is asked once more and applies it once all the same.
                _ = try? append(.settled, Array(id.utf8), to: &state)
                if let index = state.waiting.index(forKey: request.key) {
                    state.waiting.values[index] -= 1
                    if state.waiting.values[index] <= 0 { state.waiting.remove(at: index) }
                }
                release(request.segment, in: &state)
            }
            while state.queueStart < state.queue.count, state.queue[state.queueStart].isSettled {
                state.queueStart += 1
            }
            if state.queueStart > 1_024, state.queueStart * 2 > state.queue.count {
                state.queue.removeFirst(state.queueStart)
                state.queueStart = 0
            }
        }
    }

    /// Deletes the folder when nothing waits in it; nobody may note anything after that.
    package func removeIfEmpty() {
        state.withLock { state in
            guard state.requests.isEmpty else { return }
            for segment in state.segments.values { segment.remove() }
            state.spare?.remove()
            SpoolFolder.delete(folder)
        }
    }

    // MARK: Segments

    /// Appends an entry to the current segment or to a new one, and says which.
    private func append(
        _ kind: SpoolEntry.Kind,
        _ payload: [UInt8],
        to state: inout State
    ) throws(SpoolError) -> Int {
        if state.current.append(kind, payload) { return state.current.number }
        // Only what begins is refused: what was begun must be able to end, and ending is what makes room.
        guard kind != .open || (state.segments.count + 1) * limits.segment <= limits.total else {
            throw SpoolError(operation: "grow", path: folder, code: ENOSPC)
        }
        let full = state.current
        let next = try segment(number: full.number + 1, for: payload, in: &state)
        state.segments[next.number] = next
        state.current = next
        drop(full, in: &state)
        guard next.append(kind, payload) else {
            throw SpoolError(operation: "grow", path: next.path, code: EFBIG)
        }
        return next.number
    }

    private func segment(
        number: Int,
        for payload: [UInt8],
        in state: inout State
    ) throws(SpoolError) -> SpoolSegment {
        let length = SpoolEntry.length(payload: payload.count)
        if let spare = state.spare, spare.capacity >= length {
            state.spare = nil
            if spare.rename(to: number, folder: folder) { return spare }
            spare.remove()
        }
        return try SpoolSegment(number: number, folder: folder, capacity: max(limits.segment, length))
    }

    private func release(_ number: Int, in state: inout State) {
        guard let segment = state.segments[number] else { return }
        segment.live -= 1
        drop(segment, in: &state)
    }

    /// Takes out a segment that holds nothing unsettled and is not written to any more.
    private func drop(_ segment: SpoolSegment, in state: inout State) {
        guard segment.live == 0, segment !== state.current else { return }
        state.segments[segment.number] = nil
        if state.spare == nil, segment.capacity == limits.segment {
            segment.empty()
            state.spare = segment
        } else {
            segment.remove()
        }
    }

    private static func lastNumber(in folder: String) -> Int {
        SpoolFolder.segmentNames(in: folder).compactMap { Int($0) }.max() ?? 0
    }
}
