import Observability
import Testing

@Suite("Trace context")
struct TraceContextTests {
    static let valid = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test("a header is read and written unchanged")
    func roundTrip() throws {
        let context = try #require(TraceContext.parse(Self.valid))
        #expect(context.header == Self.valid)
        #expect(context.traceIDText == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanIDText == "b7ad6b7169203331")
        #expect(context.isSampled)
    }

    @Test(
        "what the specification calls invalid is refused",
        arguments: [
            "", "00", "00-", String(valid.dropLast()), valid + "0", valid + "-", valid + "-00", " " + valid,
            valid + " ",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
            "00_0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331_01",
            "0000af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
        ]
    )
    func refused(header: String) {
        #expect(TraceContext.parse(header) == nil)
    }

    @Test(
        "a later version is read by its known parts and written as version 00",
        arguments: [
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-will-be-like",
            "fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
        ]
    )
    func laterVersions(header: String) throws {
        #expect(try #require(TraceContext.parse(header)).header == Self.valid)
    }

    @Test("flags this version does not know are dropped")
    func unknownFlags() throws {
        let context = try #require(TraceContext.parse(Self.valid.dropLast(2) + "ff"))
        #expect(context.header.hasSuffix("-03"))
        #expect(try #require(TraceContext.parse(bytes: Array((Self.valid.dropLast(2) + "fe").utf8))).isSampled == false)
    }

    @Test("a child stays in the trace with the same flags and another span")
    func child() throws {
        let parent = try #require(TraceContext.parse(Self.valid))
        let child = parent.child()
        #expect(child.traceIDText == parent.traceIDText)
        #expect(child.spanID != parent.spanID)
        #expect(child.flags == parent.flags)
        #expect(TraceContext.parse(child.header) == child)
    }

    @Test("new traces are valid and distinct")
    func making() {
        let made = (0..<1000).map { _ in TraceContext.make() }
        #expect(Set(made).count == 1000)
        #expect(made.allSatisfy { TraceContext.parse($0.header) == $0 && !$0.isSampled })
    }
}

@Suite("Request identifiers")
struct RequestIDTests {
    @Test("an identifier has the given parts at their places")
    func layout() {
        #expect(RequestID.make(milliseconds: 0, random: (0, 0)) == "req_" + String(repeating: "0", count: 26))
        #expect(
            RequestID.make(milliseconds: .max, random: (.max, .max)) == "req_7" + String(repeating: "z", count: 25)
        )
        #expect(RequestID.make(milliseconds: 1, random: (0, 0)) == "req_00000000010000000000000000")
        #expect(
            RequestID.make(milliseconds: 0, random: (1, 0))
                == "req_0000000000000g000000000000"
        )
    }

    @Test("identifiers are distinct and sort by time")
    func order() async {
        let many = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 { group.addTask { (0..<5000).map { _ in RequestID.make() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(many).count == 20_000)
        #expect(many.allSatisfy { $0.utf8.count == 30 && $0.hasPrefix("req_") })
        let earlier = RequestID.make(milliseconds: 1_769_904_000_123, random: (.max, .max))
        let later = RequestID.make(milliseconds: 1_769_904_000_124, random: (0, 0))
        #expect(earlier < later)
    }
}
