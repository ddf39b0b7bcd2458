import NIOCore
import PeerRPC
import Testing

@Suite("Frames")
struct FrameReaderTests {
    private static let frames: [Frame] = [
        Frame(body: Array("{}".utf8), head: FrameHead(deadline: 250)),
        Frame(body: []),
        Frame(body: Array("[\"é\\r\\n\\r\\n\"]".utf8), head: FrameHead(traceparent: "00-aa-bb-01")),
        Frame(body: [UInt8](repeating: 0x20, count: 300), head: FrameHead(authorization: Array("Bearer x y".utf8))),
    ]

    private static var stream: ByteBuffer {
        var buffer = ByteBuffer()
        for frame in frames { buffer.writeFrame(frame.body, head: frame.head) }
        return buffer
    }

    @Test("a stream splits the same wherever the network cuts it", arguments: Array(1...64) + [500, 10_000])
    func cuts(size: Int) throws {
        var reader = FrameReader()
        var found: [Frame] = []
        var bytes = Self.stream
        while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
            reader.append(piece)
            while let frame = try reader.next() { found.append(frame) }
        }
        #expect(found == Self.frames)
        #expect(!reader.isMidFrame)
    }

    @Test(
        "a broken header ends the stream as soon as it is seen",
        arguments: [
            "{\"jsonrpc\":\"2.0\"}", "Content-Length 5\r\n", "Content-Length: 5\n", "Content-Length: 5\rX", "\r\n\r\n",
            "\n", " Content-Length: 5\r\n", "Content-Length: \r\n\r\n", "Content-Length: -1\r\n\r\n",
            "Content-Length: 0x10\r\n\r\n", "Content-Length: 5, 5\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n",
            "Content-Length: 1234567890123456789\r\n", "Content-Length: 5\r\nDeadline: soon\r\n", "Deadline: 5\r\n\r\n",
            "Content-Length: 5\r\nX: \u{0}\r\n", "Content-Length : 5\r\n", "é: 5\r\n",
            "Content-Length: 67108865\r\n\r\n",
        ]
    )
    func brokenHeaders(text: String) {
        for size in [1, text.utf8.count] {
            var reader = FrameReader()
            #expect(throws: FrameError.self) {
                var bytes = ByteBuffer(string: text)
                while let piece = bytes.readSlice(length: min(size, bytes.readableBytes)), piece.readableBytes > 0 {
                    reader.append(piece)
                    let frame = try reader.next()
                    #expect(frame == nil)
                }
            }
        }
    }

    @Test("header names are read in any case and unknown ones are skipped")
    func headerNames() throws {
        var reader = FrameReader()
        reader.append(ByteBuffer(string: "CONTENT-length:2\r\nX-Other: a:b\r\ndeadline:\t 7 \r\n\r\n{}"))
        let frame = try #require(try reader.next())
        #expect(frame.body == Array("{}".utf8))
        #expect(frame.head.deadline == 7)
    }

    @Test(
        "a deadline is never negative and never absurd",
        arguments: [("-5", 0), ("0", 0), ("999999999999999", 604_800_000)]
    )
    func deadlines(text: String, milliseconds: Int) throws {
        var reader = FrameReader()
        reader.append(ByteBuffer(string: "Content-Length: 0\r\nDeadline: \(text)\r\n\r\n"))
        #expect(try reader.next()?.head.deadline == milliseconds)
    }

    @Test("a header block ends within 8 KiB")
    func longHeader() throws {
        let start = "Content-Length: 0\r\nX: "
        let fitting = start + String(repeating: "a", count: 8_192 - start.utf8.count - 4) + "\r\n\r\n"
        var reader = FrameReader()
        reader.append(ByteBuffer(string: fitting))
        #expect(try reader.next()?.body.isEmpty == true)
        reader.append(ByteBuffer(string: start + String(repeating: "a", count: 9_000)))
        #expect(throws: FrameError.headerTooLong(limit: 8_192)) { try reader.next() }
    }

    @Test("a frame past the limit is refused before its body")
    func longFrame() throws {
        var reader = FrameReader(maximumBody: 10)
        reader.append(ByteBuffer(string: "Content-Length: 10\r\n\r\n0123456789"))
        #expect(try reader.next()?.body.count == 10)
        reader.append(ByteBuffer(string: "Content-Length: 11\r\n\r\n"))
        #expect(throws: FrameError.frameTooLong(limit: 10)) { try reader.next() }
    }

    @Test("a frame without its credential is refused before its body")
    func credential() throws {
        var reader = FrameReader(credential: Array("Bearer right".utf8))
        reader.append(ByteBuffer(string: "Content-Length: 2\r\nAuthorization: Bearer right\r\n\r\n{}"))
        #expect(try reader.next() != nil)
        for line in ["", "Authorization: Bearer wrong\r\n", "Authorization: Bearer right2\r\n"] {
            var copy = reader
            copy.append(ByteBuffer(string: "Content-Length: 2\r\n\(line)\r\n"))
            #expect(throws: FrameError.unauthenticated) { try copy.next() }
        }
    }

    @Test("a value that would break out of its header line is not sent")
    func injection() throws {
        var buffer = ByteBuffer()
        buffer.writeFrame([], head: FrameHead(traceparent: "a\r\nDeadline: 0", authorization: Array("b\r\nc".utf8)))
        #expect(String(buffer: buffer) == "Content-Length: 0\r\n\r\n")
    }
}
