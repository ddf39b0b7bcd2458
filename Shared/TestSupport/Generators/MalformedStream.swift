/// Makes upstream answers that are wrong on purpose; the same for the same seed.
package enum MalformedStream {
    /// A reply to a streaming request that is no proper stream of its dialect.
    ///
    /// What the client then gets is an error before the first byte, or a stream that ends in an error event or in a
    /// closed connection; never one that looks whole.
    package static func reply(_ dialect: MockDialect, model: String, _ generator: inout SeededGenerator) -> MockReply {
        let frames = dialect.frames(MockAnswer(), model: model, usage: true).map { Array($0.utf8) }
        let cut = generator.number(0...(frames.count - 3))
        let before = Array(frames.prefix(cut))
        switch generator.number(0...10) {
        case 0: return .stream(pieces(before, &generator))
        case 1: return .stream(pieces(before, &generator)).cut(after: .max, then: [.close])
        case 2: return .stream(pieces(before, &generator)).cut(after: .max, then: [.reset])
        case 3:
            // Others would keep the account from being tried with the next stream.
            let faults: [MockFault] = [.serverError, .overloaded, .badRequest, .contextLength]
            let event = generator.pick(faults).event(dialect)
            return .stream(pieces(before + [Array(event.utf8)], &generator))
        case 4: return .stream(pieces(before + [Array("data: {\"broken\n\n".utf8)], &generator))
        case 5: return .stream(pieces(before + [Array("data: ".utf8) + [0xFF, 0x00, 0x80] + [10, 10]], &generator))
        case 6:
            // A frame beyond every limit, without an end.
            let long = [UInt8](repeating: 0x61, count: generator.number(1 << 16...3 << 20))
            return .stream(before + [Array("data: ".utf8) + long])
        case 7:
            return MockReply([
                .head(status: 200, headers: MockReply.streamHeaders), .raw(Array("zz\r\nnot a chunk\r\n".utf8)), .close,
            ])
        case 8:
            return MockReply([
                .raw([0x01] + generator.bytes(generator.number(1...300)) + Array("\r\n\r\n".utf8)), .close,
            ])
        case 9: return .page()
        default: return MockReply([.raw(Array("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n".utf8)), .close])
        }
    }

    /// The same bytes, cut elsewhere.
    private static func pieces(_ frames: [[UInt8]], _ generator: inout SeededGenerator) -> [[UInt8]] {
        var rest = Array(frames.joined())[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            let piece = rest.prefix(generator.number(1...120))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
