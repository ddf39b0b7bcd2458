import NIOCore
import Testing

@testable import HTTP

@Suite("Frames of lines")
struct LineFrameSplitterTests {
    private static let text = "{\"a\":1}\n\n  \r\n{\"b\":\"é\"}\r\n{\"c\":3}\n{\"last\":true}"
    private static let frames = [#"{"a":1}"#, #"{"b":"é"}"#, #"{"c":3}"#, #"{"last":true}"#].map { "data: \($0)\n\n" }

    private func frames(_ pieces: [ArraySlice<UInt8>]) throws -> [String] {
        var splitter = LineFrameSplitter()
        var frames: [String] = []
        for piece in pieces {
            splitter.append(ByteBuffer(bytes: piece))
            while let frame = try splitter.next() { frames.append(String(buffer: frame)) }
        }
        if let rest = splitter.finish() { frames.append(String(buffer: rest)) }
        return frames
    }

    @Test("the same frames wherever the bytes are cut")
    func cuts() throws {
        let bytes = Array(Self.text.utf8)
        #expect(try frames([bytes[...]]) == Self.frames)
        #expect(try frames(bytes.indices.map { bytes[$0...$0] }) == Self.frames)
        for cut in 1..<bytes.count { #expect(try frames([bytes[..<cut], bytes[cut...]]) == Self.frames, "\(cut)") }
    }

    @Test("a line past the limit is refused, complete or not")
    func limit() {
        for text in ["0123456789", "0123456789\n"] {
            var splitter = LineFrameSplitter(maximumFrameLength: 9)
            splitter.append(ByteBuffer(string: text))
            #expect(throws: StreamError.frameTooLong(limit: 9)) { try splitter.next() }
        }
        var empty = LineFrameSplitter()
        #expect(empty.finish() == nil)
    }
}
