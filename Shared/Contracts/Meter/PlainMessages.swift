public import JSON

// The messages of every request, read without a table of their nodes; see `WireCodable.plain`. Members stand here in the
// order in which `write(to:)` puts them.

extension AdmitRequest {
    /// Reads it as `write(to:)` puts it.
    public static func plain(_ reader: inout PlainReader) -> AdmitRequest? {
        reader.open()
        let requestID = reader.string("request_id")
        let keySHA256 = reader.string("key_sha256")
        let word = reader.string("operation")
        guard let operation = word == Operation.chat.rawValue ? .chat : Operation(rawValue: word) else {
            reader.fail()
            return nil
        }
        let request = AdmitRequest(
            requestID: requestID,
            keySHA256: keySHA256,
            operation: operation,
            requestedModel: reader.string("requested_model"),
            targets: reader.array("targets") { Target(plain: &$0) },
            estimatedInputTokens: reader.integer("estimated_input_tokens"),
            maxOutputTokens: reader.optionalInteger("max_output_tokens"),
            client: reader.string("client")
        )
        reader.close()
        return request
    }
}

extension Target {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(provider: reader.string("provider"), model: reader.string("model"))
        reader.close()
    }
}

extension AdmitReply {
    /// Reads it as `write(to:)` puts it, when it is no denial.
    public static func plain(_ reader: inout PlainReader) -> AdmitReply? {
        reader.open()
        let admitted = reader.boolean("admitted")
        reader.name("denial")
        reader.literal("null")
        let reply = AdmitReply(
            admitted: admitted,
            identity: reader.object("identity") { Identity(plain: &$0) },
            targets: reader.array("targets") { $0.integer() },
            reservation: reader.object("reservation") { Reservation(plain: &$0) },
            remaining: reader.object("remaining") { Remaining(plain: &$0) },
            limits: reader.object("limits") { LimitsState(plain: &$0) },
            features: reader.object("features") { Features(plain: &$0) } ?? Features()
        )
        reader.close()
        return reply
    }
}

extension Identity {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            tenant: reader.string("tenant"),
            project: reader.optionalString("project"),
            keyID: reader.string("key_id"),
            keyName: reader.optionalString("key_name"),
            plan: reader.optionalString("plan")
        )
        reader.close()
    }
}

extension Reservation {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            id: reader.string("id"),
            leaseMS: reader.integer("lease_ms"),
            nanoUSD: reader.integer("nano_usd"),
            tokens: reader.integer("tokens")
        )
        reader.close()
    }
}

extension Remaining {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(nanoUSD: reader.optionalInteger("nano_usd"), tokens: reader.optionalInteger("tokens"))
        reader.close()
    }
}

extension LimitsState {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            rpm: reader.object("rpm") { Rate(plain: &$0) },
            tpm: reader.object("tpm") { Rate(plain: &$0) },
            concurrency: reader.object("concurrency") { Concurrency(plain: &$0) }
        )
        reader.close()
    }
}

extension Rate {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            limit: reader.integer("limit"),
            remaining: reader.integer("remaining"),
            resetMS: reader.integer("reset_ms")
        )
        reader.close()
    }
}

extension Concurrency {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(limit: reader.integer("limit"), inUse: reader.integer("in_use"))
        reader.close()
    }
}

extension Features {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            cache: reader.string("cache"),
            strictLossless: reader.boolean("strict_lossless"),
            holdout: reader.boolean("holdout")
        )
        reader.close()
    }
}

extension SettleRequest {
    /// Reads it as `write(to:)` puts it, when every record can be read.
    public static func plain(_ reader: inout PlainReader) -> SettleRequest? {
        reader.open()
        let records = reader.array("records") { UsageRecord(plain: &$0) }
        reader.close()
        return SettleRequest(records: records)
    }
}

extension SettleReply {
    /// Reads it as `write(to:)` puts it, when nothing was refused.
    public static func plain(_ reader: inout PlainReader) -> SettleReply? {
        reader.open()
        let applied = reader.array("applied") { $0.string() }
        reader.name("rejected")
        reader.literal("[]")
        reader.close()
        return SettleReply(applied: applied)
    }
}

extension UsageRecord {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            requestID: reader.string("request_id"),
            reservationID: reader.optionalString("reservation_id"),
            keyID: reader.string("key_id"),
            outcome: Outcome(rawValue: reader.string("outcome")),
            dialect: reader.string("dialect"),
            requestedModel: reader.string("requested_model"),
            chain: reader.optionalString("chain"),
            conversation: reader.optionalString("conversation"),
            cache: reader.string("cache"),
            startedUS: reader.integer("started_us"),
            firstTokenMS: reader.optionalInteger("first_token_ms"),
            totalMS: reader.integer("total_ms"),
            attempts: reader.array("attempts") { Attempt(plain: &$0) },
            savings: reader.array("savings") { Saving(plain: &$0) },
            guardVerdict: reader.object("guard") { GuardSummary(plain: &$0) }
        )
        reader.close()
    }
}

extension Attempt {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            n: reader.integer("n"),
            provider: reader.string("provider"),
            model: reader.string("model"),
            account: reader.string("account"),
            status: reader.integer("status"),
            reason: reader.optionalString("reason"),
            durationMS: reader.integer("duration_ms"),
            usage: reader.object("usage") { TokenUsage(plain: &$0) } ?? TokenUsage(),
            usageSource: UsageSource(rawValue: reader.string("usage_source"))
        )
        reader.close()
    }
}

extension TokenUsage {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            input: reader.integer("input"),
            cacheRead: reader.integer("cache_read"),
            cacheWrite5m: reader.integer("cache_write_5m"),
            cacheWrite1h: reader.integer("cache_write_1h"),
            output: reader.integer("output"),
            reasoning: reader.integer("reasoning"),
            audioIn: reader.integer("audio_in"),
            audioOut: reader.integer("audio_out"),
            units: reader.integer("units")
        )
        reader.close()
    }
}

extension Saving {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            saver: reader.string("saver"),
            rule: reader.string("rule"),
            tokensBefore: reader.integer("tokens_before"),
            tokensAfter: reader.integer("tokens_after"),
            priceClass: reader.string("price_class"),
            place: reader.optionalString("place")
        )
        reader.close()
    }
}

extension GuardSummary {
    init(plain reader: inout PlainReader) {
        reader.open()
        self.init(
            action: GuardAction(rawValue: reader.string("action")),
            decisionIDs: reader.array("decision_ids") { $0.string() }
        )
        reader.close()
    }
}
