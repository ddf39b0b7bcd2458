import Contracts
import JSON
import Testing

/// Holds the coders to texts written by hand from the design's contracts.md.
@Suite("Meter on the wire")
struct MeterWireTests {
    @Test("an admission request is written as agreed")
    func admitRequest() throws {
        let request = AdmitRequest(
            requestID: "req_1",
            keySHA256: "00ff",
            operation: .chat,
            requestedModel: "fast",
            targets: [Target(provider: "acme", model: "small")],
            estimatedInputTokens: 12,
            maxOutputTokens: nil,
            client: "curl"
        )
        let text =
            #"{"request_id":"req_1","key_sha256":"00ff","operation":"chat","requested_model":"fast","#
            + #""targets":[{"provider":"acme","model":"small"}],"estimated_input_tokens":12,"#
            + #""max_output_tokens":null,"client":"curl"}"#
        #expect(String(decoding: encode(request), as: UTF8.self) == text)
        #expect(try decode(AdmitRequest.self, text) == request)
    }

    @Test("an admission is written as agreed")
    func admitted() throws {
        let text =
            #"{"admitted":true,"denial":null,"#
            + #""identity":{"tenant":"default","project":null,"key_id":"key_1","key_name":null,"plan":"team"},"targets":[0,2],"#
            + #""reservation":{"id":"res_1","lease_ms":60000,"nano_usd":1500,"tokens":40},"#
            + #""remaining":{"nano_usd":9,"tokens":null},"limits":{"rpm":{"limit":20,"remaining":19,"reset_ms":60000},"#
            + #""tpm":null,"concurrency":{"limit":5,"in_use":1}},"#
            + #""features":{"cache":"off","strict_lossless":false,"holdout":false}}"#
        let reply = AdmitReply(
            admitted: true,
            identity: Identity(tenant: "default", keyID: "key_1", plan: "team"),
            targets: [0, 2],
            reservation: Reservation(id: "res_1", leaseMS: 60_000, nanoUSD: 1_500, tokens: 40),
            remaining: Remaining(nanoUSD: 9),
            limits: LimitsState(
                rpm: Rate(limit: 20, remaining: 19, resetMS: 60_000),
                concurrency: Concurrency(limit: 5, inUse: 1)
            )
        )
        #expect(String(decoding: encode(reply), as: UTF8.self) == text)
        #expect(try decode(AdmitReply.self, text) == reply)
    }

    @Test("a denial may come alone")
    func denied() throws {
        let text = #"{"admitted":false,"denial":{"reason":"budget_exhausted","message":"No money is left."}}"#
        let reply = try decode(AdmitReply.self, text)
        #expect(!reply.admitted)
        #expect(reply.denial?.reason == .budgetExhausted)
        #expect(reply.denial?.retryAfterMS == nil)
        #expect(reply.features == Features())
    }

    @Test("a usage record is written as agreed")
    func usageRecord() throws {
        let text =
            #"{"records":[{"request_id":"req_1","reservation_id":null,"key_id":"key_1","outcome":"client_error","#
            + #""dialect":"openai","requested_model":"fast","chain":null,"conversation":null,"cache":"none","#
            + #""started_us":5,"first_token_ms":null,"total_ms":7,"attempts":[{"n":1,"provider":"acme","model":"small","#
            + #""account":"acc_1","status":200,"reason":null,"duration_ms":6,"usage":{"input":1,"cache_read":2,"#
            + #""cache_write_5m":3,"cache_write_1h":4,"output":5,"reasoning":6,"audio_in":7,"audio_out":8,"units":9},"#
            + #""usage_source":"estimated"}],"savings":[{"saver":"rtk","rule":"grep","tokens_before":9,"tokens_after":3,"#
            + #""price_class":"input","place":null}],"guard":{"action":"log_only","decision_ids":["dec_1"]}}]}"#
        let attempt = Attempt(
            n: 1,
            provider: "acme",
            model: "small",
            account: "acc_1",
            status: 200,
            durationMS: 6,
            usage: TokenUsage(
                input: 1,
                cacheRead: 2,
                cacheWrite5m: 3,
                cacheWrite1h: 4,
                output: 5,
                reasoning: 6,
                audioIn: 7,
                audioOut: 8,
                units: 9
            ),
            usageSource: .estimated
        )
        let record = UsageRecord(
            requestID: "req_1",
            keyID: "key_1",
            outcome: .clientError,
            dialect: "openai",
            requestedModel: "fast",
            startedUS: 5,
            totalMS: 7,
            attempts: [attempt],
            savings: [Saving(saver: "rtk", rule: "grep", tokensBefore: 9, tokensAfter: 3, priceClass: "input")],
            guardVerdict: GuardSummary(action: .logOnly, decisionIDs: ["dec_1"])
        )
        #expect(String(decoding: encode(SettleRequest(records: [record])), as: UTF8.self) == text)
        #expect(try decode(SettleRequest.self, text) == SettleRequest(records: [record]))
    }

    @Test("a record that cannot be read is named with its whole path and holds up no other")
    func unreadableRecord() throws {
        let good = String(decoding: encode(Sample.record), as: UTF8.self)
        let bad = good.replacing(#""cache_write_5m":30"#, with: #""cache_write_5m":"30""#)
        #expect(bad != good)
        let request = try decode(SettleRequest.self, #"{"records":[\#(good),\#(bad),7,\#(good)]}"#)
        #expect(request.records == [Sample.record, Sample.record])
        #expect(
            request.unreadable == [
                UnreadableRecord(
                    requestID: Sample.record.requestID,
                    problem: "records[1].attempts[0].usage.cache_write_5m: expected integer"
                ),
                UnreadableRecord(requestID: "", problem: "records[2]: expected object"),
            ]
        )
        #expect(try complaint(SettleRequest.self, #"{"records":7}"#)?.path == "records")
        #expect(try complaint(SettleRequest.self, "{}")?.problem == "missing")
    }

    @Test("the words of an admission are those of the contract")
    func words() {
        #expect(
            Operation.allCases.map(\.rawValue) == [
                "chat", "embeddings", "image", "speech", "transcription", "search", "fetch", "rerank", "moderation",
            ]
        )
        #expect(
            Denial.Reason.known.map(\.rawValue) == [
                "unknown_key", "revoked", "expired", "model_not_allowed", "budget_exhausted", "rpm", "tpm",
                "concurrency", "unpriced",
            ]
        )
        #expect(
            Outcome.known.map(\.rawValue) == [
                "ok", "client_error", "provider_error", "blocked", "cancelled", "interrupted",
            ]
        )
    }

    @Test("methods have the names and promises of the contract")
    func methods() {
        #expect(MeterMethods.admit.name == "meter.v1.Meter/Admit")
        #expect(MeterMethods.renew.name == "meter.v1.Meter/Renew")
        #expect(MeterMethods.settle.name == "meter.v1.Meter/Settle")
        #expect(MeterMethods.changes.name == "meter.v1.Meter/Changes")
        #expect(MeterMethods.admit.isIdempotent && MeterMethods.renew.isIdempotent && MeterMethods.settle.isIdempotent)
        #expect(HealthMethods.check.name == "health.v1.Health/Check")
        #expect(HealthMethods.watch.name == "health.v1.Health/Watch")
    }

    @Test("only SERVING serves", arguments: [("SERVING", true), ("NOT_SERVING", false), ("DRAINING", false)])
    func health(status: String, isServing: Bool) throws {
        #expect(try decode(HealthStatus.self, #"{"status":"\#(status)"}"#).isServing == isServing)
        #expect(HealthStatus(isServing: isServing).isServing == isServing)
    }
}
