import Contracts

/// A settled record in the words of tests.
struct UsageRecordView {
    let record: UsageRecord

    init(_ record: UsageRecord) {
        self.record = record
    }

    var outcome: Outcome { record.outcome }
    /// `account reason status` of each attempt.
    var attempts: [String] {
        record.attempts.map { "\($0.provider)/\($0.model) \($0.status) \($0.reason ?? "ok")" }
    }
    var usage: TokenUsage { record.attempts.last?.usage ?? TokenUsage() }
    var source: UsageSource? { record.attempts.last?.usageSource }
}
