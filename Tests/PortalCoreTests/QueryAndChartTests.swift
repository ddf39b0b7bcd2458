import PortalCore
import Testing

@Suite("Addresses and drawings")
struct QueryAndChartTests {
    @Test("An address read and written again is the same")
    func roundTrip() {
        let names = ["range", "outcome", "model", "page"]
        let query = PageQuery("model=a%2Fb+c&range=7d&other=x&page=t&outcome=", names: names)
        #expect(query.text == "?range=7d&model=a%2Fb%20c&page=t")
        #expect(PageQuery(String(query.text.dropFirst()), names: names) == query)
        #expect(query.with("outcome", "ok").text == "?range=7d&model=a%2Fb%20c&outcome=ok")
        #expect(query.with("model", nil)["model"] == nil)
    }

    @Test("A value with marks of HTML or of addresses stays a value")
    func hostile() {
        let text = PageQuery("", names: []).with("key", "\"><script>&a=b#?").text
        #expect(text == "?key=%22%3E%3Cscript%3E%26a%3Db%23%3F")
    }

    @Test(
        "Scales start at zero, are round and reach over the largest value",
        arguments: [1, 7, 59, 1000, 38_120_000_000]
    )
    func scale(largest: Int) {
        let ticks = Plot.scale(largest)
        #expect(ticks.first == 0)
        #expect(ticks.count == 4)
        #expect((ticks.last ?? 0) >= largest)
        #expect((ticks.last ?? 0) <= max(3, largest * 3))
    }

    @Test("The lines of the map are those of the design")
    func path() {
        let shape = RouteMap.path((14, 32.2), (188, 138.8), bend: 61.4)
        #expect(shape == "M14 32.2H46.4Q61.4 32.2 72.01 42.81L157.39 128.19Q168 138.8 183 138.8H188")
        #expect(RouteMap.path((0, 5), (10, 5), bend: 4) == "M0 5H10")
    }

    @Test("Drawings are numbers: no style attribute, nothing that is not finite")
    func drawings() {
        let line = RouteMap.Line(count: 0, colour: "k1")
        let all = [
            RouteMap(from: [line], to: [line, line]).svg, Plot.spark([]), Plot.spark([3]), Plot.bars([[0, 0]], top: 0),
            Plot.meter(5, of: 0), Plot.timing(firstMS: nil, totalMS: 0, longestMS: 0), Plot.split([0, 0]),
            Plot.budget(spent: [1, 2], periods: 30, limit: 0, projection: 9, top: 3),
            Plot.latency(middle: [1, nil, 3, 4], slow: [2, nil, 6, 8], top: 9),
            Plot.latency(middle: [], slow: [], top: 0),
        ]
        for svg in all { #expect(!svg.contains("style=") && !svg.contains("nan") && !svg.contains("inf")) }
    }

    @Test("Where nothing was measured the lines have a gap, and a point that is alone is a dot")
    func gaps() {
        let svg = Plot.latency(middle: [10, nil, 20, 30], slow: [20, nil, 40, 50], top: 100)
        #expect(svg.contains("class=\"p50\" d=\"M0 90h0\""))
        #expect(svg.contains("class=\"p50\" d=\"M66.67 80L100 70\""))
        #expect(svg.contains("class=\"p95\" d=\"M66.67 60L100 50\""))
    }

    @Test("Bars stand on each other in the order of their parts")
    func bars() {
        let svg = Plot.bars([(name: "k1", values: [50, 0]), (name: "u2", values: [25, 100])], top: 100)
        #expect(svg.contains("<rect class=\"k1\" x=\"8\" y=\"50\" width=\"34\" height=\"50\"/>"))
        #expect(svg.contains("<rect class=\"u2\" x=\"8\" y=\"25\" width=\"34\" height=\"25\"/>"))
        #expect(svg.contains("<rect class=\"u2\" x=\"58\" y=\"0\" width=\"34\" height=\"100\"/>"))
    }

    @Test("Without anybody who asked the map begins at the router, and a spare line is dashed")
    func fan() {
        let svg = RouteMap(
            from: [],
            to: [.init(count: 1, colour: "k1"), .init(count: 0, colour: "k2", isSpare: true)]
        ).svg
        #expect(svg.contains("viewBox=\"184 0 236 92\" width=\"236\" height=\"92\""))
        #expect(svg.contains("class=\"ln k1\"") && svg.contains("class=\"ln k2 spare\""))
    }

    @Test("Usage is shown from one day to another, or so long until now")
    func spans() {
        let now = 20_784 * Moments.day + 5 * Moments.hour
        func span(_ text: String) -> UsageSpan {
            UsageSpan(PageQuery(text, names: ["range", "from", "to"]), nowUS: now)
        }
        let week = span("")
        #expect(week.range == .week && week.bucket == "day" && week.count == 8)
        #expect(week.labels(nowUS: now) == ["Fri", "Sat", "Sun", "Mon", "Tue", "Wed", "Thu", "today"])
        let day = span("range=24h")
        #expect(day.bucket == "hour" && day.count == 24 && day.labels(nowUS: now).count == 5)
        let days = span("from=2026-11-01&to=2026-11-03")
        #expect(days.range == nil && days.count == 3 && days.title == "1 Nov to 3 Nov")
        #expect(days.untilUS - days.sinceUS == 3 * Moments.day)
        #expect(span("from=2026-11-03&to=2026-11-03").bucket == "hour")
        #expect(span("from=2026-11-25").title == "25 Nov to 27 Nov")
        #expect(span("from=2020-01-01&to=2026-01-01").count == UsageSpan.longestDays)
        for text in ["from=2026-11-09&to=2026-11-03", "from=x", "range=forever"] { #expect(span(text).range == .week) }
    }

    @Test("A provider keeps its colour")
    func colour() {
        #expect(RouteColour.name(of: "anthropic") == "k1")
        #expect(RouteColour.name(of: "our-vllm") == RouteColour.name(of: "our-vllm"))
        #expect(RouteColour.name(of: "") == "kx")
    }
}
