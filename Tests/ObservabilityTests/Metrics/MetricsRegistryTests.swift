import CoreMetrics
import Observability
import Testing

@Suite("Metrics registry")
struct MetricsRegistryTests {
    private func text(_ registry: MetricsRegistry) -> String {
        String(decoding: registry.render(), as: UTF8.self)
    }

    @Test(
        "the names of the table are exposed as the table says",
        arguments: [
            (MetricNames.httpServerRequestDuration, "http_server_request_duration_seconds"),
            (MetricNames.httpServerActiveRequests, "http_server_active_requests"),
            (MetricNames.httpClientRequestDuration, "http_client_request_duration_seconds"),
            (MetricNames.generationDuration, "gen_ai_client_operation_duration_seconds"),
            (MetricNames.generationFirstChunk, "gen_ai_client_operation_time_to_first_chunk_seconds"),
            (MetricNames.generationPerChunk, "gen_ai_client_operation_time_per_output_chunk_seconds"),
            (MetricNames.generationTokens, "gen_ai_client_token_usage"),
            (MetricNames.tokens, "keirouter_tokens_total"),
            (MetricNames.cost, "keirouter_cost_usd_total"),
            (MetricNames.saverTokensSaved, "keirouter_saver_tokens_saved_total"),
            (MetricNames.guardrailDecisions, "keirouter_guardrail_decisions_total"),
            (MetricNames.guardrailEvaluation, "keirouter_guardrail_eval_seconds"),
            (MetricNames.routerAttempts, "keirouter_router_attempts_total"),
            (MetricNames.rpcClientDuration, "keirouter_rpc_client_duration_seconds"),
        ]
    )
    func exposedNames(name: MetricName, exposed: String) {
        let registry = MetricsRegistry()
        switch name.kind {
        case .counter: registry.counter(name.label).increment(by: Int64(1))
        case .gauge: registry.gauge(name.label).set(1.0)
        case .histogram: registry.histogram(name.label).record(1.0)
        }
        let lines = text(registry).split(separator: "\n").map(String.init)
        #expect(lines.first == "# HELP \(exposed) \(name.help)")
        #expect(lines.dropFirst().first == "# TYPE \(exposed) \(name.kind.rawValue)")
        #expect(lines.count > 2)
    }

    @Test("no two names of the table collide, and each has help")
    func namesAreDistinct() {
        #expect(Set(MetricNames.all.map(\.label)).count == MetricNames.all.count)
        for name in MetricNames.all {
            #expect(!name.help.isEmpty)
            #expect(name.kind == .histogram ? name.buckets == name.buckets.sorted() : name.buckets.isEmpty)
            #expect(name.kind != .histogram || !name.buckets.isEmpty)
        }
    }

    @Test("the buckets are those of the conventions")
    func buckets() {
        #expect(MetricBuckets.generation.first == 0.01)
        #expect(MetricBuckets.generation.last == 81.92)
        #expect(MetricBuckets.generation.count == 14)
        #expect(MetricBuckets.sizes.last == 67_108_864)
    }

    @Test("a registry renders byte for byte what Prometheus reads")
    func exposition() {
        let registry = MetricsRegistry(names: [
            MetricName("b.wait", .histogram, .seconds, "Waits.", buckets: [0.5, 1]),
            MetricName("a.hits", .counter, .none, "Hits \\ and\nmisses."),
        ])
        registry.counter("a.hits", [("route", "/v1\"\\\n"), ("http.method", "GET")]).increment(by: Int64(3))
        registry.counter("a.hits", [("http.method", "GET"), ("route", "/a")]).increment(by: 0.5)
        let wait = registry.histogram("b.wait")
        wait.record(0.25)
        wait.record(0.5)
        wait.record(0.75)
        wait.record(8.0)
        #expect(
            text(registry) == #"""
                # HELP a_hits_total Hits \\ and\nmisses.
                # TYPE a_hits_total counter
                a_hits_total{http_method="GET",route="/a"} 0.5
                a_hits_total{http_method="GET",route="/v1\"\\\n"} 3
                # HELP b_wait_seconds Waits.
                # TYPE b_wait_seconds histogram
                b_wait_seconds_bucket{le="0.5"} 2
                b_wait_seconds_bucket{le="1"} 3
                b_wait_seconds_bucket{le="+Inf"} 4
                b_wait_seconds_sum 9.5
                b_wait_seconds_count 4

                """#
        )
    }

    @Test("bucket labels stand behind the others, and a label called le is moved aside")
    func histogramLabels() {
        let registry = MetricsRegistry(names: [MetricName("h", .histogram, .none, "H.", buckets: [1])])
        registry.histogram("h", [("le", "x"), ("9a", "y")]).record(2.0)
        let text = text(registry)
        #expect(text.contains(#"h_bucket{_9a="y",exported_le="x",le="1"} 0"#))
        #expect(text.contains(#"h_bucket{_9a="y",exported_le="x",le="+Inf"} 1"#))
    }

    @Test("the swift-metrics types record into the registry")
    func facade() {
        let registry = MetricsRegistry(names: [])
        Counter(label: "c", dimensions: [], factory: registry).increment(by: 2)
        FloatingPointCounter(label: "c", dimensions: [], factory: registry).increment(by: 0.25)
        let meter = Meter(label: "m", dimensions: [], factory: registry)
        meter.increment(by: 5.0)
        meter.decrement(by: 2.0)
        Gauge(label: "g", dimensions: [], factory: registry).record(7)
        Timer(label: "t", dimensions: [], factory: registry).recordMilliseconds(1500)
        Recorder(label: "r", dimensions: [], aggregate: true, factory: registry).record(4)
        let text = text(registry)
        #expect(text.contains("\nc_total 2.25\n"))
        #expect(text.contains("\nm 3\n"))
        #expect(text.contains("\ng 7\n"))
        #expect(text.contains("\nt_seconds_sum 1.5\n"))
        #expect(text.contains("\nr_bucket{le=\"4\"} 1\n"))
    }

    @Test("two handles of the same labels are one series, in whatever order the labels come")
    func sameSeries() {
        let registry = MetricsRegistry()
        let one = registry.counter("x", [("a", "1"), ("b", "2")])
        let other = registry.counter("x", [("b", "2"), ("a", "1")])
        #expect(one === other)
    }

    @Test("series past the limit are counted together as _other")
    func cardinality() {
        let registry = MetricsRegistry(seriesLimit: 3)
        for index in 0..<50 {
            registry.counter("keirouter.tokens", [("model", "m\(index)")]).increment(by: Int64(1))
        }
        let lines = text(registry).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                #"keirouter_tokens_total{model="_other"} 47"#, #"keirouter_tokens_total{model="m0"} 1"#,
                #"keirouter_tokens_total{model="m1"} 1"#, #"keirouter_tokens_total{model="m2"} 1"#,
            ]
        )
        registry.counter("keirouter.tokens", [("model", "m1")]).increment(by: Int64(1))
        #expect(text(registry).contains(#"keirouter_tokens_total{model="m1"} 2"#))
    }

    @Test("a name used as another kind leaves the family as it is")
    func kindConflict() {
        let registry = MetricsRegistry()
        registry.counter("keirouter.tokens").increment(by: Int64(1))
        registry.gauge("keirouter.tokens").set(99.0)
        registry.counter("plain").increment(by: Int64(1))
        registry.histogram("plain.total", unit: .none).record(1.0)
        let text = text(registry)
        #expect(text.contains("keirouter_tokens_total 1\n"))
        #expect(!text.contains("99"))
        #expect(text.contains("# TYPE plain_total counter"))
        #expect(!text.contains("plain_total_bucket"))
    }

    @Test("a destroyed handle takes its series away")
    func destruction() {
        let registry = MetricsRegistry()
        let gone = Counter(label: "gone", dimensions: [("a", "1")], factory: registry)
        gone.increment()
        Counter(label: "gone", dimensions: [("a", "2")], factory: registry).increment()
        gone.destroy()
        #expect(text(registry) == "# TYPE gone_total counter\ngone_total{a=\"2\"} 1\n")
    }

    @Test("values that are not numbers change nothing, and counters never fall")
    func strangeValues() {
        let registry = MetricsRegistry()
        let counter = registry.counter("c")
        counter.increment(by: Int64(-5))
        counter.increment(by: Double.nan)
        counter.increment(by: -1.0)
        let histogram = registry.histogram("h")
        histogram.record(Double.nan)
        histogram.record(Double.infinity)
        let gauge = registry.gauge("g")
        gauge.set(Double.infinity)
        let text = text(registry)
        #expect(text.contains("c_total 0\n"))
        #expect(text.contains("h_seconds_count 0\n"))
        #expect(text.contains("g +Inf\n"))
    }

    @Test("nothing is lost when many tasks count at once")
    func concurrency() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("c")
        let histogram = registry.histogram("h")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.increment(by: Int64(1))
                        counter.increment(by: 0.5)
                        histogram.record(0.25)
                    }
                }
            }
        }
        let text = text(registry)
        #expect(text.contains("c_total 120000\n"))
        #expect(text.contains("h_seconds_count 80000\n"))
        #expect(text.contains("h_seconds_sum 20000\n"))
    }

    @Test("the process tells its memory, descriptors, time and age")
    func processFigures() throws {
        ProcessMetrics.markStart()
        let samples = ProcessMetrics.collect()
        func value(_ name: MetricName) throws -> Double {
            try #require(samples.first { $0.name == name }?.value, "\(name.label)")
        }
        #expect(try value(MetricNames.processUptime) >= 0)
        #expect(try value(MetricNames.processStart) > 1_700_000_000)
        #expect(try value(MetricNames.processCPU) > 0)
        #if os(Linux)
        #expect(try value(MetricNames.processResidentMemory) > 1_000_000)
        #endif
        #expect(try value(MetricNames.processOpenDescriptors) >= 3)
        #expect(try value(MetricNames.processMaximumDescriptors) >= 3)
        let text = text(MetricsRegistry.shared)
        #expect(text.contains("# TYPE process_cpu_seconds_total counter"))
        #expect(text.contains("# TYPE process_resident_memory_bytes gauge"))
        #expect(MetricsRegistry.contentType.hasPrefix("text/plain; version=0.0.4"))
    }
}
