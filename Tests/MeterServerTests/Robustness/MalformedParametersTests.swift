import Contracts
import MeterCore
import TestSupport
import Testing

/// Parameters that are not as agreed, for every method there is: a refusal each time, and the meter goes on.
@Suite("Malformed parameters", .bothEngines)
struct MalformedParametersTests {
    /// JSON that is well-formed and fits no method, or holds what no field takes.
    private static let texts: [String] = [
        "{}", "[]", "null", "7", #""text""#, #"{"item":7}"#, #"{"item":{}}"#, #"{"item":{"name":7}}"#,
        #"{"id":7}"#, #"{"id":{}}"#, #"{"records":{}}"#, #"{"records":null}"#, #"{"page_token":7}"#,
        #"{"page_size":"many"}"#, #"{"page_size":1e400}"#, #"{"filter":[]}"#, #"{"filter":{"key":7}}"#,
        #"{"filter":{"nonsense":"x"}}"#, #"{"page_token":"\u0000"}"#, #"{"page_token":"-.-"}"#,
        #"{"filter":{"key":"\u0000"}}"#, #"{"filter":{"name":"\u0000"}}"#, #"{"filter":{"since_us":"soon"}}"#,
        #"{"filter":{"until_us":"99999999999999999999"}}"#, #"{"filter":{"outcome":"fine"}}"#,
        #"{"filter":{"since_day":"2026-02-30"}}"#, #"{"id":"\u0000"}"#, #"{"id":""}"#,
        #"{"item":{"name":"\u0000"}}"#, #"{"item":{"name":""}}"#, #"{"item":{"name":"a","plan":"\u0000"}}"#,
        #"{"item":{"name":"a","project":"\u0000"}}"#, #"{"item":{"name":"a","id":"\u0000"}}"#,
        #"{"item":{"name":"a","allowed_models":[""]}}"#, #"{"item":{"name":"a","allowed_models":["a\nb"]}}"#,
        #"{"item":{"name":"a","period":"hourly"}}"#, #"{"item":{"name":"a","timezone":"Europe/Berlin"}}"#,
        #"{"item":{"name":"a","alert_at":[0]}}"#, #"{"item":{"name":"a","limit_nano_usd":-1}}"#,
        #"{"item":{"name":"a","rpm":-1}}"#, #"{"item":{"name":"a","cache":"sometimes"}}"#,
        #"{"item":{"provider":"","model":"","input_nano":1,"output_nano":1}}"#,
        #"{"item":{"provider":"a","model":"b","input_nano":-1,"output_nano":1}}"#,
        #"{"item":{"provider":"a","model":"b"}}"#, #"{"instance":7,"reservations":[]}"#,
        #"{"instance":"a","reservations":[7]}"#, #"{"resources":7}"#,
        #"{"request_id":"","key_sha256":"","operation":"chat","requested_model":"","targets":[],"estimated_input_tokens":0}"#,
        #"{"request_id":"a b","key_sha256":"","operation":"chat","requested_model":"","targets":[],"estimated_input_tokens":0}"#,
        #"{"request_id":"a","key_sha256":"","operation":"dance","requested_model":"","targets":[],"estimated_input_tokens":0}"#,
        #"{"request_id":"a","key_sha256":"","operation":"chat","requested_model":"","targets":[7],"estimated_input_tokens":0}"#,
        #"{"request_id":"a","key_sha256":"","operation":"chat","requested_model":"","targets":[],"estimated_input_tokens":1.5}"#,
    ]

    /// What a caller's mistake may be answered with.
    private static let refusals: Set<String> = [
        "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "ALREADY_EXISTS",
    ]

    @Test("every method answers every text, a mistake is called one, and nothing that is refused leaves anything")
    func everyMethod() async throws {
        try await withMeter { meter in
            for method in ServiceDescription.meter.methods where method.item == nil {
                for text in Self.texts {
                    let code = try await meter.refusal(RPCMethod<Raw, Raw>(method.name), Raw(text))
                    guard let code else { continue }
                    #expect(Self.refusals.contains(code.status), "\(method.name) \(text): \(code.status)")
                }
            }
            let admin = AdminMethods.meterV1
            for key in try await meter.all(admin.keys.list) { #expect(!key.name.isEmpty) }
            #expect(try await meter.ledger().isEmpty)
            #expect(try await meter.all(admin.tenants.list).map(\.id) == ["default"])
            let key = try await meter.makeKey("after")
            #expect(try await meter.admit("after", key).admitted)
        }
    }

    @Test("numbers at the ends of their range are taken or refused, never the end")
    func extremes() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", limitNanoUSD: 1_000_000_000_000_000_000, rpm: 100, tpm: 1000))
            let key = try await meter.makeKey(plan: "p")
            for (number, extreme) in [Int.min, -1, 0, Int.max].enumerated() {
                _ = try await meter.admit("a\(number)", key, input: extreme, output: extreme)
                var record = meter.record("r\(number)", key, usage: TokenUsage(input: extreme, output: extreme))
                record.totalMS = extreme
                record.firstTokenMS = extreme
                record.attempts[0].status = extreme
                record.savings = [
                    Saving(
                        saver: "s",
                        rule: "r",
                        tokensBefore: extreme,
                        tokensAfter: -extreme.magnitudeClamped,
                        priceClass: "input"
                    )
                ]
                #expect(try await meter.settle([record]).applied.count == 1)
                record.requestID = "s\(number)"
                record.startedUS = extreme
                _ = try await meter.settle([record])
            }
            #expect(try await meter.ledger().count >= 5)
            let texts = meter.record(
                "texts",
                key,
                target: Target(provider: "\0a", model: String(repeating: "é\0", count: 9999))
            )
            #expect(try await meter.settle([texts]).applied == ["texts"])
        }
    }
}

extension Int {
    fileprivate var magnitudeClamped: Int { self == .min ? .max : abs(self) }
}
