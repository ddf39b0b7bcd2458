/// What kind of figure a metric is, which decides how it is kept and exposed.
package enum MetricKind: String, Hashable, Sendable {
    /// Only grows.
    case counter
    /// Goes up and down.
    case gauge
    /// Observations in fixed buckets.
    case histogram
}

/// The base unit of a metric; a Prometheus name carries it as a suffix.
package enum MetricUnit: String, Hashable, Sendable {
    case none = ""
    case seconds = "_seconds"
    case bytes = "_bytes"
    case usDollars = "_usd"
}

/// One metric: its name in code, and all that is needed to keep and expose it.
package struct MetricName: Hashable, Sendable {
    /// The dotted OpenTelemetry name, the label handed to swift-metrics.
    package let label: String
    package let kind: MetricKind
    package let unit: MetricUnit
    /// One sentence for `# HELP`.
    package let help: String
    /// Upper bounds in ascending order, without infinity; empty unless the kind is a histogram.
    package let buckets: [Double]

    package init(_ label: String, _ kind: MetricKind, _ unit: MetricUnit, _ help: String, buckets: [Double] = []) {
        self.label = label
        self.kind = kind
        self.unit = unit
        self.help = help
        self.buckets = buckets
    }
}

/// The bucket bounds of the house: fixed by name, so that series of several replicas can be added up.
package enum MetricBuckets {
    /// 0.01 · 2ⁿ up to 81.92 s, as the GenAI conventions give them: calls to models.
    package static let generation: [Double] = powers(of: 2, from: 0.01, count: 14)
    /// 0.0005 · 2ⁿ up to 65.536 s: HTTP requests, local and remote.
    package static let request: [Double] = powers(of: 2, from: 0.000_5, count: 18)
    /// 0.00001 · 2ⁿ up to 5.24288 s: what happens on this machine.
    package static let local: [Double] = powers(of: 2, from: 0.000_01, count: 20)
    /// 1 · 4ⁿ up to 67 108 864: tokens, bytes.
    package static let sizes: [Double] = powers(of: 4, from: 1, count: 14)

    private static func powers(of base: Double, from first: Double, count: Int) -> [Double] {
        var bound = first
        return (0..<count).map { _ in
            defer { bound *= base }
            // Doubling 0.01 in binary floating point drifts in the last digit; bounds are read by people.
            return (bound * 1e6).rounded() / 1e6
        }
    }
}

/// Every metric of the house; no other file spells a metric's name.
///
/// The `gen_ai.*` names follow the OpenTelemetry GenAI conventions as of semantic-conventions v1.36 (status:
/// Development). A newer CHANGELOG of `semantic-conventions-genai` replaces `gen_ai.client.token.usage` by counters;
/// the `keirouter.*` series are the ones that dashboards may depend on.
package enum MetricNames {
    package static let httpServerRequestDuration = MetricName(
        "http.server.request.duration",
        .histogram,
        .seconds,
        "Time from the first byte of a request to the last of its response.",
        buckets: MetricBuckets.request
    )
    package static let httpServerActiveRequests = MetricName(
        "http.server.active_requests",
        .gauge,
        .none,
        "Requests being served."
    )
    package static let httpClientRequestDuration = MetricName(
        "http.client.request.duration",
        .histogram,
        .seconds,
        "Time of one upstream HTTP exchange.",
        buckets: MetricBuckets.request
    )
    package static let generationDuration = MetricName(
        "gen_ai.client.operation.duration",
        .histogram,
        .seconds,
        "Time of one model operation.",
        buckets: MetricBuckets.generation
    )
    package static let generationFirstChunk = MetricName(
        "gen_ai.client.operation.time_to_first_chunk",
        .histogram,
        .seconds,
        "Time until the first chunk of a streamed answer.",
        buckets: MetricBuckets.generation
    )
    package static let generationPerChunk = MetricName(
        "gen_ai.client.operation.time_per_output_chunk",
        .histogram,
        .seconds,
        "Time between chunks of a streamed answer.",
        buckets: MetricBuckets.generation
    )
    package static let generationTokens = MetricName(
        "gen_ai.client.token.usage",
        .histogram,
        .none,
        "Tokens of one operation by type.",
        buckets: MetricBuckets.sizes
    )
    package static let tokens = MetricName(
        "keirouter.tokens",
        .counter,
        .none,
        "Tokens by direction and use of the provider's prompt cache."
    )
    package static let cost = MetricName("keirouter.cost", .counter, .usDollars, "What providers charged.")
    package static let saverTokensSaved = MetricName(
        "keirouter.saver.tokens_saved",
        .counter,
        .none,
        "Tokens that savers took out of requests."
    )
    package static let guardrailDecisions = MetricName(
        "keirouter.guardrail.decisions",
        .counter,
        .none,
        "Guardrail decisions by detector and action."
    )
    package static let guardrailEvaluation = MetricName(
        "keirouter.guardrail.eval",
        .histogram,
        .seconds,
        "Time one detector took.",
        buckets: MetricBuckets.local
    )
    package static let guardrailEngineFailures = MetricName(
        "keirouter.guardrail.engine_failures",
        .counter,
        .none,
        "Requests about which an engine outside gave no answer."
    )
    package static let routerAttempts = MetricName(
        "keirouter.router.attempts",
        .counter,
        .none,
        "Attempts at providers by outcome."
    )
    package static let routerRunning = MetricName(
        "keirouter.router.running",
        .gauge,
        .none,
        "Admitted requests that have not ended."
    )
    package static let routerDenials = MetricName(
        "keirouter.router.denials",
        .counter,
        .none,
        "Requests that the meter did not admit, by reason."
    )
    package static let memoryHits = MetricName(
        "keirouter.memory.hits",
        .counter,
        .none,
        "Texts whose verdict (guard) or form (saver) was remembered."
    )
    package static let memoryMisses = MetricName(
        "keirouter.memory.misses",
        .counter,
        .none,
        "Texts that the guard or the saver had to be asked about."
    )
    package static let memoryEvictions = MetricName(
        "keirouter.memory.evictions",
        .counter,
        .none,
        "What was forgotten to stay within the memory's limit."
    )
    package static let memorySize = MetricName(
        "keirouter.memory.size",
        .gauge,
        .bytes,
        "Memory that remembered texts and conversations take."
    )
    package static let memoryEntries = MetricName(
        "keirouter.memory.entries",
        .gauge,
        .none,
        "Verdicts and forms that are remembered."
    )
    package static let guardCalls = MetricName(
        "keirouter.router.guard_calls",
        .counter,
        .none,
        "Calls to the guard by method and outcome."
    )
    package static let guardFailures = MetricName(
        "keirouter.router.guard_failures",
        .counter,
        .none,
        "Requests that the guard could not judge, by what was done about it."
    )
    package static let saverCalls = MetricName(
        "keirouter.router.saver_calls",
        .counter,
        .none,
        "Calls to the saver by outcome."
    )
    package static let headroomCalls = MetricName(
        "keirouter.saver.headroom_calls",
        .counter,
        .none,
        "Requests that Headroom was asked about, by outcome."
    )
    package static let rpcClientDuration = MetricName(
        "keirouter.rpc.client.duration",
        .histogram,
        .seconds,
        "Time of one call to a peer service.",
        buckets: MetricBuckets.local
    )
    package static let processResidentMemory = MetricName(
        "process.resident.memory",
        .gauge,
        .bytes,
        "Memory of the process that is in core."
    )
    package static let processOpenDescriptors = MetricName(
        "process.open.fds",
        .gauge,
        .none,
        "Open file descriptors."
    )
    package static let processMaximumDescriptors = MetricName(
        "process.max.fds",
        .gauge,
        .none,
        "File descriptors the process may open."
    )
    package static let processCPU = MetricName(
        "process.cpu",
        .counter,
        .seconds,
        "User and system time the process has used."
    )
    package static let processStart = MetricName(
        "process.start.time",
        .gauge,
        .seconds,
        "When the process started, in seconds since 1970."
    )
    package static let processUptime = MetricName(
        "process.uptime",
        .gauge,
        .seconds,
        "How long the process has been running."
    )

    /// All of the above; what is missing here is exposed without help and with default buckets.
    package static let all: [MetricName] = [
        httpServerRequestDuration, httpServerActiveRequests, httpClientRequestDuration,
        generationDuration, generationFirstChunk, generationPerChunk, generationTokens,
        tokens, cost, saverTokensSaved, guardrailDecisions, guardrailEvaluation,
        guardrailEngineFailures, routerAttempts, routerRunning,
        routerDenials, memoryHits, memoryMisses, memoryEvictions, memorySize, memoryEntries, guardCalls, guardFailures,
        saverCalls, headroomCalls, rpcClientDuration,
        processResidentMemory, processOpenDescriptors, processMaximumDescriptors, processCPU, processStart,
        processUptime,
    ]
}

/// The keys of log metadata that have one spelling everywhere.
package enum LogKeys {
    package static let requestID = "keirouter.request.id"
    package static let traceID = "trace_id"
    package static let spanID = "span_id"
    package static let errorType = "error.type"
    package static let requestModel = "gen_ai.request.model"
    package static let providerName = "gen_ai.provider.name"
    package static let requestMethod = "http.request.method"
    package static let responseStatus = "http.response.status_code"
}
