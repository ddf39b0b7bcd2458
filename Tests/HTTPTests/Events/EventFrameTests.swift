import HTTP
import NIOCore
import Testing

@Suite("Event fields")
struct EventFrameTests {
    @Test(
        "data is found with or without a space, on one line or many, under every line end",
        arguments: [
            ("data: a\n\n", "a"), ("data:a\n\n", "a"), ("data:  a\r\n\r\n", " a"), ("data\n\n", ""), ("data:\n\n", ""),
            ("data: a\ndata: b\n\n", "a\nb"), ("data: a\r\ndata:\r\ndata: c\r\n\r\n", "a\n\nc"),
            ("data: a\rdata: b\r\r", "a\nb"),
            (": ping\nevent: x\ndata: a\nid: 7\n\n", "a"), ("\n\ndata: a", "a"), ("\u{FEFF}data: a\n\n", "a"),
            ("data: a: b\n\n", "a: b"),
        ]
    )
    func data(frame: String, expected: String) {
        #expect(EventFrame.data(of: ByteBuffer(string: frame)).map { String(buffer: $0) } == expected)
    }

    @Test(
        "a frame without a data line has no data",
        arguments: [": ping\n\n", "event: x\n\n", "database: 1\n\n", " data: 1\n\n", ""]
    )
    func noData(frame: String) {
        #expect(EventFrame.data(of: ByteBuffer(string: frame)) == nil)
    }

    @Test("data is found behind bytes already read")
    func dataOfSlice() {
        var bytes = ByteBuffer(string: "xxxxdata: a\n\n")
        bytes.moveReaderIndex(forwardBy: 4)
        #expect(EventFrame.data(of: bytes).map { String(buffer: $0) } == "a")
    }

    @Test("the last event name counts")
    func eventName() {
        let frame = ByteBuffer(string: "event: a\nevent:b\ndata: 1\n\n")
        #expect(EventFrame.eventName(of: frame) == "b")
        #expect(EventFrame.eventName(of: frame, equals: "b"))
        #expect(!EventFrame.eventName(of: frame, equals: "a"))
        #expect(EventFrame.eventName(of: ByteBuffer(string: "data: 1\n\n")) == nil)
    }

    @Test("what the writer writes, the reader reads", arguments: ["", "x", "a\nb", "a\r\nb\rc\n", "{\"é\":1}"])
    func roundTrip(text: String) {
        let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        let frame = EventWriter.frame(event: "delta", data: text)
        #expect(EventFrame.data(of: frame).map { String(buffer: $0) } == lines)
        #expect(EventFrame.eventName(of: frame) == "delta")
        #expect(frame == EventWriter.frame(event: "delta", data: Array(text.utf8)))
        #expect(frame == EventWriter.frame(event: "delta", data: ByteBuffer(string: text)))
    }

    @Test("a comment and an event name cannot break out of their line")
    func injection() {
        #expect(String(buffer: EventWriter.comment("a\ndata: x")) == ": a data: x\n\n")
        #expect(String(buffer: EventWriter.frame(event: "a\n\ndata: y", data: "x")) == "event: a  data: y\ndata: x\n\n")
    }
}
