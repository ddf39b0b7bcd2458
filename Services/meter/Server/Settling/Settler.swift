import Contracts
import Logging
import MeterCore
import Storage
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Takes the work out of the queue and does it: the only writer of the meter's store.
///
/// A settlement is priced in memory, written in one transaction with everything it adds to, and counts in memory only
/// after the commit. Until then its reservation stands, so at no instant is a budget free of a request that may have
/// cost something; after a crash the counters in the store are the truth, and contain each record once.
final class Settler: Sendable {
    /// How long small settlements wait for each other.
    ///
    /// A transaction costs far more than a record in it, and nobody waits for one but a slot of its key's concurrency.
    static let pace = Duration.milliseconds(5)
    /// From this many records on, a transaction is worth its price.
    private static let fullBatch = 256
    /// So many rows are written, about a tenth of a millisecond, before others may have the core.
    private static let breath = 8

    /// What the one task that settles goes by.
    private struct Desk {
        var labels: Labels
        /// A batch whose commit was not answered; what became of it is looked up before the next one is written.
        var doubt: Doubt?
    }

    private struct Doubt {
        var priced: [PricedRecord]
        var outcome: Outcome
    }

    private let database: any Database
    private let memory: MeterMemory
    private let queue: WriteQueue
    private let news: SettlementNews
    private let figures: CostFigures
    private let logger: Logger

    init(
        database: any Database,
        memory: MeterMemory,
        queue: WriteQueue,
        news: SettlementNews,
        figures: CostFigures,
        logger: Logger
    ) {
        self.database = database
        self.memory = memory
        self.queue = queue
        self.news = news
        self.figures = figures
        self.logger = logger
    }

    /// Works until the queue is closed and empty.
    func run(labels: Labels) async {
        var desk = Desk(labels: labels)
        while let work = await queue.next() {
            switch work {
            case .job(let job): await job()
            case .settle(let settlements):
                let count = await settle(settlements, &desk)
                if count < Self.fullBatch, !queue.isClosed { try? await Task.sleep(for: Self.pace) }
            }
        }
    }

    // MARK: Settling

    /// - Returns: How many records there were.
    private func settle(_ settlements: [WriteQueue.Settlement], _ desk: inout Desk) async -> Int {
        let records = settlements.count == 1 ? settlements[0].records : settlements.flatMap(\.records)
        do throws(StoreError) {
            var refusals = try await commit(records[...], &desk)[...]
            if !records.isEmpty, refusals.allSatisfy({ $0 == Self.notStorable }) {
                // It is not the records that are wrong when not one can be stored.
                throw StoreError(.other, "no record of \(records.count) could be stored")
            }
            for settlement in settlements {
                let own = refusals.prefix(settlement.records.count)
                refusals = refusals.dropFirst(settlement.records.count)
                settlement.reply.resume(returning: .success(Self.reply(settlement, own)))
            }
        } catch {
            logger.error("settlement failed", metadata: ["error": "\(error)", "records": "\(records.count)"])
            memory.withState { state, now in state.keepLeases(of: records, now: now, signer: memory.signer) }
            for settlement in settlements { settlement.reply.resume(returning: .failure(ServiceError(error))) }
        }
        return records.count
    }

    private static func reply(_ settlement: WriteQueue.Settlement, _ refusals: ArraySlice<String?>) -> SettleReply {
        var reply = SettleReply()
        for (record, refusal) in zip(settlement.records, refusals) {
            if let refusal {
                reply.rejected.append(Rejection(requestID: record.requestID, reason: refusal))
            } else {
                reply.applied.append(record.requestID)
            }
        }
        return reply
    }

    private static let notStorable = "not_storable"

    /// Writes records and makes them count; where the schema refuses one it is found by halves, and the others are written.
    ///
    /// - Returns: Why each was refused; `nil` for one that the ledger holds now.
    private func commit(
        _ records: ArraySlice<UsageRecord>,
        _ desk: inout Desk
    ) async throws(StoreError) -> [String?] {
        do throws(StoreError) {
            return try await commitTogether(records, &desk)
        } catch {
            guard error.kind == .constraint || error.kind == .other else { throw error }
            guard records.count > 1 else {
                logger.error("record not storable", metadata: ["error": "\(error)"])
                return [Self.notStorable]
            }
            let middle = records.startIndex + records.count / 2
            let first = try await commit(records[..<middle], &desk)
            return first + (try await commit(records[middle...], &desk))
        }
    }

    private func commitTogether(
        _ records: ArraySlice<UsageRecord>,
        _ desk: inout Desk
    ) async throws(StoreError) -> [String?] {
        try await settleDoubt(&desk)
        let (refusals, priced) = price(records)
        guard !priced.isEmpty else { return refusals }
        var extended = desk.labels
        var added: [(id: Int, text: String)] = []
        let rows = priced.map { LedgerRow($0, labels: &extended, added: &added) }
        let written = Written()
        do throws(StoreError) {
            let outcome = try await write(rows, added: added, written)
            desk.labels = extended
            count(priced, outcome)
        } catch {
            if error.isOutcomeUnknown, let outcome = written.outcome {
                desk.doubt = Doubt(priced: priced, outcome: outcome)
            }
            throw error
        }
        return refusals
    }

    /// Finds out whether a batch is in the ledger after all, and lets it count if it is: the router sends it again either way,
    /// but then the ledger has it, and it would count in the store alone.
    private func settleDoubt(_ desk: inout Desk) async throws(StoreError) {
        guard let doubt = desk.doubt else { return }
        let id: String? = zip(doubt.priced, doubt.outcome.isNew).first(where: \.1)?.0.record.requestID
        // As a write, which waits for the end of the one before, wherever that hangs.
        let (isThere, labels) = try await database.write { connection throws(StoreError) in
            let isThere = try id.map { id throws(StoreError) in try LedgerStore.contains(id, connection) } ?? false
            return (isThere, try Labels.load(connection))
        }
        desk.labels = labels
        desk.doubt = nil
        logger.notice(
            "a commit that was not answered is looked up",
            metadata: ["records": "\(doubt.priced.count)", "committed": "\(isThere)"]
        )
        if isThere { count(doubt.priced, doubt.outcome) }
    }

    private func price(_ records: ArraySlice<UsageRecord>) -> (refusals: [String?], priced: [PricedRecord]) {
        var refusals: [String?] = []
        var priced: [PricedRecord] = []
        refusals.reserveCapacity(records.count)
        priced.reserveCapacity(records.count)
        for stretch in Self.stretches(records) {
            // Straight into the lists: a record is large, and copying it counts each of its texts.
            memory.withState { state, now in
                for record in stretch {
                    do throws(RecordRefusal) {
                        priced.append(try state.price(record, now: now, signer: memory.signer))
                        refusals.append(nil)
                    } catch {
                        refusals.append(error.rawValue)
                    }
                }
            }
        }
        return (refusals, priced)
    }

    /// What a transaction did.
    private struct Outcome: Sendable {
        /// By position in the batch: whether the record was new.
        var isNew: [Bool]
        var alerts: [BudgetAlert]
    }

    /// What a transaction has done by the time that it is committed.
    private final class Written: Sendable {
        private let state = Mutex<Outcome?>(nil)

        var outcome: Outcome? { state.withLock { $0 } }

        func put(_ outcome: Outcome) {
            state.withLock { $0 = outcome }
        }
    }

    private func write(
        _ rows: [LedgerRow],
        added: [(id: Int, text: String)],
        _ written: Written
    ) async throws(StoreError) -> Outcome {
        let memory = memory
        return try await database.write { connection throws(StoreError) in
            try Labels.insert(added, connection)
            var isNew: [Bool] = []
            isNew.reserveCapacity(rows.count)
            for (place, row) in rows.enumerated() {
                isNew.append(try LedgerStore.insert(row, connection))
                // Whoever was woken on this core meanwhile is served first: requests wait for a core, the ledger may.
                if place % Self.breath == Self.breath - 1 { sched_yield() }
            }
            // Nearly always all of them are, and copying a row counts each of its texts.
            let new = isNew.allSatisfy { $0 } ? rows : zip(rows, isNew).filter(\.1).map(\.0)
            try LedgerStore.count(new, connection)
            let (alerts, nowUS) = memory.withState { state, now in
                (state.dueAlerts(new.lazy.map(\.priced), now: now), now.epochUS)
            }
            for alert in alerts {
                guard let ordinal = new.first(where: { $0.priced.record.keyID == alert.keyID })?.priced.keyOrdinal
                else {
                    continue
                }
                try BudgetStore.raise(alert, key: ordinal, at: nowUS, connection)
            }
            let outcome = Outcome(isNew: isNew, alerts: alerts)
            written.put(outcome)
            return outcome
        }
    }

    /// Makes what has been written count in memory.
    private func count(_ priced: [PricedRecord], _ outcome: Outcome) {
        let committed = Array(zip(priced, outcome.isNew))
        for stretch in Self.stretches(committed[...]) {
            memory.withState { state, now in
                for (record, isNew) in stretch {
                    state.apply(record, isNew: isNew, now: now, signer: memory.signer)
                }
            }
        }
        let new = committed.filter(\.1).map(\.0)
        let costs = memory.withState { state, _ in
            state.markRaised(outcome.alerts)
            return figures.sums(of: new, state)
        }
        figures.count(costs)
        if let last = new.last?.record.requestID { news.settled(last) }
        for alert in outcome.alerts {
            logger.warning(
                "budget alert",
                metadata: ["key": "\(alert.keyID)", "message": "\(BudgetStore.message(of: alert))"]
            )
        }
    }

    private static func stretches<Element>(_ elements: ArraySlice<Element>) -> [ArraySlice<Element>] {
        stride(from: elements.startIndex, to: elements.endIndex, by: MeterMemory.stretch).map { start in
            elements[start..<min(start + MeterMemory.stretch, elements.endIndex)]
        }
    }
}
