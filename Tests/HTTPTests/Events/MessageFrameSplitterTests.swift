import Foundation
import NIOCore
import Testing

@testable import HTTP

/// Thousands of readings each: they let the other tests, which have deadlines, have the thread in between.
@Suite("Frames of binary messages", .serialized)
struct MessageFrameSplitterTests {
    /// Recorded-shape streams whose check sums another program has made.
    private func recorded(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("DialectsTests/Fixtures")
        return Array(try Data(contentsOf: folder.appendingPathComponent("\(name).eventstream")))
    }

    private func frames(_ pieces: [ArraySlice<UInt8>]) throws -> [String] {
        var splitter = MessageFrameSplitter()
        var frames: [String] = []
        for piece in pieces {
            splitter.append(ByteBuffer(bytes: piece))
            while let frame = try splitter.next() { frames.append(String(buffer: frame)) }
        }
        return frames
    }

    @Test("a message is an event that has its name as type; an exception is an error")
    func names() throws {
        let bytes = try recorded("bedrock-error-midway")
        let frames = try frames([bytes[...]])
        #expect(frames.count == 3)
        #expect(frames[0] == "data: {\"type\":\"messageStart\",\"role\":\"assistant\",\"p\":\"abc\"}\n\n")
        #expect(frames[2].hasPrefix("event: error\ndata: {\"type\":\"throttlingException\",\"message\":"))
    }

    @Test(
        "the same frames wherever the bytes are cut",
        arguments: ["bedrock-tools", "bedrock-text", "bedrock-thinking"]
    )
    func cuts(name: String) async throws {
        let bytes = try recorded(name)
        let whole = try frames([bytes[...]])
        #expect(whole.count > 5)
        #expect(try frames(bytes.indices.map { bytes[$0...$0] }) == whole)
        for cut in 1..<bytes.count {
            #expect(try frames([bytes[..<cut], bytes[cut...]]) == whole, "\(cut)")
            await Task.yield()
        }
    }

    @Test("no byte can change without being noticed")
    func damage() async throws {
        let bytes = try recorded("bedrock-cut")
        let whole = try frames([bytes[...]])
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            let read = try? frames([damaged[...]])
            #expect(read != whole, "\(place)")
            await Task.yield()
        }
    }

    @Test("a length past the limit is refused before its bytes have come")
    func limit() throws {
        var splitter = MessageFrameSplitter(maximumFrameLength: 64)
        splitter.append(ByteBuffer(bytes: try recorded("bedrock-text").prefix(12)))
        #expect(throws: StreamError.frameTooLong(limit: 64)) { try splitter.next() }
        var tiny = MessageFrameSplitter()
        var prelude = ByteBuffer()
        prelude.writeInteger(UInt32(12))
        prelude.writeInteger(UInt32(0))
        prelude.writeInteger(Checksum.crc32(prelude.readableBytesView))
        tiny.append(prelude)
        #expect(throws: StreamError.corrupt) { try tiny.next() }
    }

    @Test("the check sum is that of the standard")
    func standard() {
        #expect(Checksum.crc32(Array("123456789".utf8)) == 0xCBF4_3926)
    }
}
