import Observability
import Testing

@Suite("Metrics of several processes")
struct GatheredMetricsTests {
    private func text(_ gathered: GatheredMetrics) -> String { String(decoding: gathered.render(), as: UTF8.self) }

    @Test("families of one name stand together under one head, told apart by labels")
    func together() throws {
        let (own, other) = (MetricsRegistry(), MetricsRegistry())
        own.counter(MetricNames.cost.label, [("provider", "a b")]).increment(by: Int64(1))
        other.counter(MetricNames.cost.label, [("provider", "}{ \"x\"\n")]).increment(by: Int64(2))
        other.gauge(MetricNames.routerRunning.label).set(3.0)
        other.histogram(MetricNames.guardrailEvaluation.label).record(0.001)
        var gathered = GatheredMetrics()
        gathered.add(String(decoding: own.render(), as: UTF8.self))
        gathered.add(String(decoding: other.render(), as: UTF8.self), labels: [("service", "meter"), ("server", "m")])
        let lines = text(gathered).split(separator: "\n").map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("# HELP keirouter_cost_usd_total ") })
        #expect(
            Array(lines[start...].prefix(4).dropFirst()) == [
                "# TYPE keirouter_cost_usd_total counter",
                "keirouter_cost_usd_total{provider=\"a b\"} 1",
                "keirouter_cost_usd_total{server=\"m\",service=\"meter\",provider=\"}{ \\\"x\\\"\\n\"} 2",
            ]
        )
        #expect(lines.contains("keirouter_router_running{server=\"m\",service=\"meter\"} 3"))
        let bucket = "keirouter_guardrail_eval_seconds_bucket{server=\"m\",service=\"meter\",le="
        #expect(lines.contains { $0.hasPrefix(bucket) })
        #expect(lines.count { $0.hasPrefix("# TYPE ") } == 3)
    }

    @Test("one process alone comes out as it went in")
    func alone() {
        let registry = MetricsRegistry()
        registry.counter(MetricNames.cost.label, [("provider", "a")]).increment(by: Int64(1))
        registry.histogram(MetricNames.guardrailEvaluation.label, [("detector", "native")]).record(0.5)
        var gathered = GatheredMetrics()
        gathered.add(String(decoding: registry.render(), as: UTF8.self))
        #expect(gathered.render() == registry.render())
    }

    @Test(
        "what is no sample of its family is left out",
        arguments: [
            "other 1", "a", "# a comment", "{x=\"y\"} 1", "a_bucket_more 1", "", "#", "# HELP", "# TYPE a", "\r",
            "a\u{0}b 1",
        ]
    )
    func foreign(line: String) {
        var gathered = GatheredMetrics()
        gathered.add("stray 1\n# TYPE a counter\na 1\n\(line)\n", labels: [("s", "t")])
        #expect(text(gathered) == "# TYPE a counter\na{s=\"t\"} 1\n")
    }

    @Test("a text that is too long is not taken in")
    func long() {
        var gathered = GatheredMetrics()
        gathered.add("# TYPE a counter\n" + String(repeating: "a 1\n", count: GatheredMetrics.longestText / 4))
        #expect(gathered.render().isEmpty)
    }
}
