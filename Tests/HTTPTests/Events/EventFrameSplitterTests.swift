import HTTP
import NIOCore
import Testing

@Suite("Event frames")
struct EventFrameSplitterTests {
    struct Sample: CustomTestStringConvertible, Sendable {
        let name: String
        let stream: String
        let frames: [String]
        var rest: String?
        var testDescription: String { name }
    }

    static let samples = [
        Sample(
            name: "LF and CRLF mixed, two-byte characters",
            stream: "event: a\ndata: 1\n\ndata: é2\r\n\r\ndata: 3\n\n",
            frames: ["event: a\ndata: 1\n\n", "data: é2\r\n\r\n", "data: 3\n\n"]
        ),
        Sample(name: "CR alone", stream: "data: 1\r\rdata: 2\r\r", frames: ["data: 1\r\r", "data: 2\r\r"]),
        Sample(
            name: "CR, then a blank line of CRLF: the LF belongs to the next frame",
            stream: "data: 1\r\r\ndata: 2\n\n",
            frames: ["data: 1\r\r", "\ndata: 2\n\n"]
        ),
        Sample(
            name: "LF, then a blank line of CR",
            stream: "data: 1\n\rdata: 2\n\r\ndata: 3\n\n",
            frames: ["data: 1\n\r", "data: 2\n\r\n", "data: 3\n\n"]
        ),
        Sample(
            name: "CRLF, then LF",
            stream: "data: 1\r\n\ndata: 2\n\r\n",
            frames: ["data: 1\r\n\n", "data: 2\n\r\n"]
        ),
        Sample(
            name: "byte order mark, comments and spare blank lines",
            stream: "\u{FEFF}: hello\n\n\n\ndata:1\n\n",
            frames: [": hello\n\n", "\n\ndata:1\n\n"]
        ),
        Sample(
            name: "no final newline",
            stream: "data: 1\n\ndata: [DONE]",
            frames: ["data: 1\n\n"],
            rest: "data: [DONE]"
        ),
        Sample(
            name: "one final newline",
            stream: "data: 1\n\ndata: x\r\n",
            frames: ["data: 1\n\n"],
            rest: "data: x\r\n"
        ),
        Sample(name: "LF and CR at the end", stream: "data: 1\n\r", frames: [], rest: "data: 1\n\r"),
        Sample(name: "nothing but line ends", stream: "\r\n\n\r\n", frames: []),
        Sample(name: "empty", stream: "", frames: []),
    ]

    static let bytewise = samples.flatMap { sample in
        (1...max(1, sample.stream.utf8.count)).map { (sample, $0) }
    }

    @Test("a stream splits the same wherever the network cuts it", arguments: bytewise)
    func chunking(sample: Sample, size: Int) throws {
        var splitter = EventFrameSplitter()
        var frames: [String] = []
        var bytes = ByteBuffer(string: sample.stream)
        while let chunk = bytes.readSlice(length: min(size, bytes.readableBytes)), chunk.readableBytes > 0 {
            splitter.append(chunk)
            while let frame = try splitter.next() { frames.append(String(buffer: frame)) }
        }
        #expect(frames.map(Array.init) == sample.frames.map(Array.init))
        #expect(splitter.finish().map { String(buffer: $0) } == sample.rest)
    }

    @Test("random streams split the same at any two cuts", arguments: 0..<300)
    func randomStreams(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let alphabet: [UInt8] = [0x0A, 0x0D, 0x0A, 0x61, 0x3A, 0x09]
        let stream = (0..<60).compactMap { _ in alphabet.randomElement(using: &generator) }
        let whole = try Self.split(stream, cuts: [])
        let first = Int.random(in: 0...60, using: &generator)
        let second = Int.random(in: first...60, using: &generator)
        #expect(try Self.split(stream, cuts: [first, second]) == whole)
        #expect(try Self.split(stream, cuts: Array(1..<60)) == whole)
        #expect(stream.starts(with: whole.flatMap { $0 }))
    }

    private static func split(_ stream: [UInt8], cuts: [Int]) throws -> [[UInt8]] {
        var splitter = EventFrameSplitter()
        var frames: [[UInt8]] = []
        for (start, end) in zip([0] + cuts, cuts + [stream.count]) {
            splitter.append(ByteBuffer(bytes: stream[start..<end]))
            while let frame = try splitter.next() { frames.append(Array(buffer: frame)) }
        }
        if let rest = splitter.finish() { frames.append(Array(buffer: rest)) }
        return frames
    }

    @Test("a frame past the limit ends the stream", arguments: ["data: endless", "data: endless\n\n"])
    func hostileFrame(text: String) {
        var splitter = EventFrameSplitter(maximumFrameLength: 8)
        splitter.append(ByteBuffer(string: text))
        #expect(throws: StreamError.frameTooLong(limit: 8)) { try splitter.next() }
    }

    @Test("a CR stream gives its frame before another byte comes")
    func carriageReturnsAreNotHeldBack() throws {
        var splitter = EventFrameSplitter()
        splitter.append(ByteBuffer(string: "data: 1\r\r"))
        #expect(try splitter.next().map { String(buffer: $0) } == "data: 1\r\r")
    }

    @Test("a large frame in small pieces arrives whole")
    func largeFrame() throws {
        var splitter = EventFrameSplitter()
        let piece = ByteBuffer(repeating: 0x61, count: 1_000)
        splitter.append(ByteBuffer(string: "data: 0\n\ndata: "))
        #expect(try splitter.next() != nil)
        for _ in 0..<2_000 {
            splitter.append(piece)
            #expect(try splitter.next() == nil)
        }
        splitter.append(ByteBuffer(string: "\n\n"))
        #expect(try splitter.next()?.readableBytes == 2_000_008)
    }
}
