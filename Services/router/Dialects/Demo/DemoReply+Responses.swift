extension DemoReply {
    /// The answer as a response of OpenAI's Responses.
    func responsesBody(_ facts: RequestFacts) -> [UInt8] {
        guard let answer = try? AnswerTranslation.read(openAIBody(), from: .openAIChat) else { return [] }
        var lossy: [String] = []
        return AnswerTranslation.write(answer, as: .openAIResponses, AnswerContext(facts), lossy: &lossy)
    }

    /// The same as a stream.
    func responsesFrames(_ facts: RequestFacts) -> [[UInt8]] {
        var translator = StreamTranslator(from: .openAIChat, to: .openAIResponses, context: AnswerContext(facts))
        var frames: [[UInt8]] = []
        for frame in openAIFrames() {
            var events: [AnswerEvent] = []
            _ = translator.read(frame, into: &events)
            var bytes: [UInt8] = []
            for event in events { translator.encode(event, into: &bytes) }
            frames += Self.split(bytes)
        }
        var end: [UInt8] = []
        translator.encodeEnd(into: &end)
        return frames + Self.split(end)
    }

    /// The frames, each with its blank line.
    private static func split(_ bytes: [UInt8]) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var start = 0
        for index in bytes.indices.dropFirst() where bytes[index] == 0x0A && bytes[index - 1] == 0x0A {
            frames.append(Array(bytes[start...index]))
            start = index + 1
        }
        return frames
    }
}
