import Contracts
import MeterCore
import Storage

/// Sums up what was used, for charts.
struct SummaryAdmin: Sendable {
    let context: AdminContext

    func summarize(_ request: SummarizeRequest) async throws(ServiceError) -> SummarizeReply {
        guard let bucket = SummaryQuery.Bucket(rawValue: request.bucket) else {
            throw .invalid("bucket", "expected minute, hour or day")
        }
        let bounds = 0...(1 << 60)
        guard bounds.contains(request.sinceUS), bounds.contains(request.untilUS), request.sinceUS < request.untilUS
        else { throw .invalid("until_us", "expected an instant after since_us") }
        guard request.untilUS - request.sinceUS <= bucket.longestUS else {
            throw .invalid("bucket", "too many for so long a time: 6 hours by minute, 62 days by hour, 800 by day")
        }
        guard 0...SummaryQuery.maximumSlices ~= request.slices else {
            throw .invalid("slices", "expected 0 to \(SummaryQuery.maximumSlices)")
        }
        let split = request.split.flatMap(SummaryQuery.Split.init(rawValue:))
        guard request.split == nil || split != nil else { throw .invalid("split", "expected provider, model or key") }
        guard split == nil || bucket != .minute else {
            throw .invalid("split", "hours and days are split, not minutes")
        }
        if let key = request.key { try AdminContext.check(key, field: "key") }
        var query = SummaryQuery(
            bucket: bucket,
            sinceUS: request.sinceUS,
            untilUS: request.untilUS,
            key: context.ordinal(ofKey: request.key),
            slices: request.slices,
            split: split
        )
        query.totalsOnly = request.totalsOnly
        return try await context.database.reading { [query] connection throws(StoreError) in
            try query.reply(connection)
        }
    }
}
