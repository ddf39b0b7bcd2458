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

    @Test("A provider keeps its colour")
    func colour() {
        #expect(RouteColour.name(of: "anthropic") == "k1")
        #expect(RouteColour.name(of: "our-vllm") == RouteColour.name(of: "our-vllm"))
        #expect(RouteColour.name(of: "") == "kx")
    }
}
