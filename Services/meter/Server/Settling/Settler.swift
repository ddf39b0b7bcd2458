package import Contracts
import Logging
package import MeterCore
package import Storage

/// Takes the work out of the queue and does it: the only writer of the meter's store.
///
/// A settlement is priced in memory, written in one transaction with everything it adds to, and counts in memory only
/// after the commit. Until then its reservation stands, so at no instant is a budget free of a request that may have
/// cost something; after a crash the counters in the store are the truth, and contain each record once.
final class Settler: Sendable {
    private let database: any Database
    private let memory: MeterMemory
    private let queue: WriteQueue
    private let logger: Logger

    init(database: any Database, memory: MeterMemory, queue: WriteQueue, logger: Logger) {
        self.database = database
        self.memory = memory
        self.queue = queue
        self.logger = logger
    }

    /// Works until the queue is closed and empty.
    func run(labels: Labels) async {
        var labels = labels
        while let work = await queue.next() {
            switch work {
            case .job(let job): await job()
            case .settle(let settlements): await settle(settlements, labels: &labels)
            }
        }
    }

    // MARK: Settling

    /// A batch on its way: what was priced, and what was refused at once.
    private struct Batch: Sendable {
        var priced: [PricedRecord] = []
        var rejected: [String: String] = [:]
    }

    /// What a transaction did.
    private struct Outcome: Sendable {
        /// By position in the batch: whether the record was new.
        var isNew: [Bool]
        var alerts: [BudgetAlert]
    }

    private func settle(_ settlements: [WriteQueue.Settlement], labels: inout Labels) async {
        do throws(StoreError) {
            let rejected = try await commit(settlements.flatMap(\.records), labels: &labels)
            for settlement in settlements { settlement.reply.resume(returning: .success(reply(settlement, rejected))) }
        } catch {
            logger.error("settlement failed", metadata: ["error": "\(error)", "requests": "\(settlements.count)"])
            guard error.kind == .constraint || error.kind == .other else {
                for settlement in settlements { settlement.reply.resume(returning: .failure(ServiceError(error))) }
                return
            }
            for settlement in settlements { await settleOneByOne(settlement, labels: &labels) }
        }
    }

    /// A record that the schema refuses must not hold up the others for ever: it is refused by name.
    private func settleOneByOne(_ settlement: WriteQueue.Settlement, labels: inout Labels) async {
        var rejected: [String: String] = [:]
        for record in settlement.records {
            do throws(StoreError) {
                rejected.merge(try await commit([record], labels: &labels)) { first, _ in first }
            } catch {
                guard error.kind == .constraint || error.kind == .other else {
                    settlement.reply.resume(returning: .failure(ServiceError(error)))
                    return
                }
                rejected[record.requestID] = "not_storable"
            }
        }
        settlement.reply.resume(returning: .success(reply(settlement, rejected)))
    }

    private func reply(_ settlement: WriteQueue.Settlement, _ rejected: [String: String]) -> SettleReply {
        var reply = SettleReply()
        for record in settlement.records {
            if let reason = rejected[record.requestID] {
                reply.rejected.append(Rejection(requestID: record.requestID, reason: reason))
            } else {
                reply.applied.append(record.requestID)
            }
        }
        return reply
    }

    /// Writes records and makes them count.
    ///
    /// - Returns: Why which were refused, by request id.
    private func commit(_ records: [UsageRecord], labels: inout Labels) async throws(StoreError) -> [String: String] {
        let batch = price(records)
        guard !batch.priced.isEmpty else { return batch.rejected }
        var extended = labels
        let added = extended.add(batch.priced.flatMap(LedgerStore.names))
        let outcome = try await write(batch.priced, labels: extended, added: added)
        labels = extended
        memory.withState { state, now in
            for (priced, isNew) in zip(batch.priced, outcome.isNew) {
                state.apply(priced, isNew: isNew, now: now, signer: memory.signer)
            }
            state.markRaised(outcome.alerts)
        }
        for alert in outcome.alerts {
            logger.warning(
                "budget alert",
                metadata: ["key": "\(alert.keyID)", "message": "\(BudgetStore.message(of: alert))"]
            )
        }
        return batch.rejected
    }

    private func price(_ records: [UsageRecord]) -> Batch {
        memory.withState { state, now in
            var batch = Batch()
            for record in records {
                do throws(RecordRefusal) {
                    batch.priced.append(try state.price(record, now: now))
                } catch {
                    batch.rejected[record.requestID] = error.rawValue
                }
            }
            return batch
        }
    }

    private func write(
        _ records: [PricedRecord],
        labels: Labels,
        added: [(id: Int, text: String)]
    ) async throws(StoreError) -> Outcome {
        let memory = memory
        return try await database.write { connection throws(StoreError) in
            try Labels.insert(added, connection)
            var isNew: [Bool] = []
            isNew.reserveCapacity(records.count)
            var new: [PricedRecord] = []
            for record in records {
                let inserted = try LedgerStore.insert(record, labels: labels, connection)
                isNew.append(inserted)
                if inserted { new.append(record) }
            }
            try LedgerStore.count(new, labels: labels, connection)
            let (alerts, nowUS) = memory.withState { state, now in (state.dueAlerts(new, now: now), now.epochUS) }
            for alert in alerts {
                guard let ordinal = new.first(where: { $0.record.keyID == alert.keyID })?.keyOrdinal else { continue }
                try BudgetStore.raise(alert, key: ordinal, at: nowUS, connection)
            }
            return Outcome(isNew: isNew, alerts: alerts)
        }
    }
}
