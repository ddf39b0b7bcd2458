import Contracts
import JSON

/// Takes the texts out of a Responses stream for someone to look at, and puts them back wherever the stream says them.
///
/// The dialect says a text in pieces and then again whole, up to four times. Each frame that says it whole waits until
/// all of the text was released, and then says what was released in its place: nothing that was not looked at can pass.
/// Events are numbered anew, since there may be more or fewer of them.
struct ResponsesStreamScan: Sendable {
    /// More texts than this end a stream: no response has them.
    private static let channelLimit = 1 << 14

    private struct Line: Sendable {
        /// What came from the provider.
        var pushed = ""
        /// What may go to the client.
        var released = ""
        var isClosed = false
        /// The members of a delta's frame but for its text and number, each with a comma behind it; `nil` without any.
        var head: [UInt8]?
        var type = ""
        var hasProbabilities = false
    }

    private var lines: [AnswerChannel: Line] = [:]
    private var order: [AnswerChannel] = []
    private var byOutput: [Int: [AnswerChannel]] = [:]
    private var sequence = 0
    private var start = AnswerStart()
    /// The frame that ends the stream, until all of it is released.
    private var last: [UInt8]?
    private var hasEnded = false

    /// Where the stream stands.
    var position: StreamPosition {
        var position = StreamPosition()
        position.sequence = sequence
        position.id = start.id
        position.model = start.model
        position.created = start.created
        return position
    }

    // MARK: Frames to events

    mutating func read(
        _ payload: UnsafeRawBufferPointer,
        _ frame: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        guard let event = ResponsesEvent(payload) else { return }
        if event.kind == .delta, let range = event.delta, let text = event.scanner.text(range) {
            return read(delta: text, event, payload, into: &events)
        }
        guard let root = event.scanner.document(0..<payload.count)?.root else { return }
        let places = event.places(in: root).places
        for place in places { push(whole: place, into: &events) }
        close(after: event, places, into: &events)
        events.append(.native(NativeFrame(frame)))
    }

    private mutating func read(
        delta text: String,
        _ event: ResponsesEvent,
        _ payload: UnsafeRawBufferPointer,
        into events: inout [AnswerEvent]
    ) {
        let channel = event.channel ?? ResponsesPlaces.leaf(event.output, event.type)
        guard admit(channel) else { return }
        if lines[channel]?.head == nil {
            let (head, hasProbabilities) = Self.head(payload)
            lines[channel]?.head = head
            lines[channel]?.type = event.type
            lines[channel]?.hasProbabilities = hasProbabilities
        }
        push(text, channel, into: &events)
    }

    /// A channel whose text is looked at; past the limit its text goes nowhere.
    private mutating func admit(_ channel: AnswerChannel) -> Bool {
        if lines[channel] != nil { return true }
        guard order.count < Self.channelLimit else { return false }
        lines[channel] = Line()
        order.append(channel)
        byOutput[ResponsesPlaces.output(of: channel), default: []].append(channel)
        return true
    }

    private mutating func push(_ text: String, _ channel: AnswerChannel, into events: inout [AnswerEvent]) {
        guard !text.isEmpty, lines[channel]?.isClosed == false else { return }
        lines[channel]?.pushed += text
        events.append(.text(channel, text))
    }

    /// Looks at what of a whole text was not said before.
    private mutating func push(whole place: ResponsesPlaces.Place, into events: inout [AnswerEvent]) {
        guard admit(place.channel), let line = lines[place.channel], !line.isClosed else { return }
        let text = place.value.string ?? String(decoding: place.value.raw, as: UTF8.self)
        guard text.utf8.count > line.pushed.utf8.count, text.utf8.starts(with: line.pushed.utf8) else { return }
        push(
            line.pushed.isEmpty ? text : String(decoding: text.utf8.dropFirst(line.pushed.utf8.count), as: UTF8.self),
            place.channel,
            into: &events
        )
    }

    /// Ends the texts that are whole: all that was held back of them must be there when the frame is passed on.
    private mutating func close(
        after event: ResponsesEvent,
        _ places: [ResponsesPlaces.Place],
        into events: inout [AnswerEvent]
    ) {
        if event.kind == .ended { return end(into: &events) }
        let isWhole = event.kind == .whole
        for place in places where isWhole || place.isOnce { close(place.channel, into: &events) }
        guard isWhole, event.item != nil else { return }
        for channel in byOutput.removeValue(forKey: event.output) ?? [] { close(channel, into: &events) }
    }

    private mutating func close(_ channel: AnswerChannel, into events: inout [AnswerEvent]) {
        guard lines[channel]?.isClosed == false else { return }
        lines[channel]?.isClosed = true
        events.append(.close(channel))
    }

    mutating func end(into events: inout [AnswerEvent]) {
        for channel in order { close(channel, into: &events) }
    }

    /// The members of a delta's frame that say nothing of its text.
    private static func head(_ payload: UnsafeRawBufferPointer) -> (members: [UInt8], hasProbabilities: Bool) {
        var members: [UInt8] = []
        var hasProbabilities = false
        var scanner = ShallowScanner(payload)
        guard scanner.openObject() else { return ([], false) }
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { break }
            if scanner.matches(key, "logprobs") {
                hasProbabilities = true
            } else if scanner.matches(key, "type") || scanner.matches(key, "item_id")
                || scanner.matches(key, "output_index") || scanner.matches(key, "content_index")
                || scanner.matches(key, "summary_index")
            {
                // Whatever else a server says here could be the text once more.
                members.append(UInt8(ascii: "\""))
                members.append(contentsOf: payload[key.range])
                WireBytes.append("\":", to: &members)
                members.append(contentsOf: payload[value])
                members.append(UInt8(ascii: ","))
            }
        }
        return (members, hasProbabilities)
    }

    // MARK: Events to frames

    mutating func encode(_ event: AnswerEvent, into out: inout [UInt8]) {
        guard !hasEnded else { return }
        switch event {
        case .text(let channel, let text): release(channel, text, into: &out)
        case .native(let frame): pass(frame.bytes, into: &out)
        case .start, .open, .signature, .close, .finish: return
        }
    }

    private mutating func release(_ channel: AnswerChannel, _ text: String, into out: inout [UInt8]) {
        guard !text.isEmpty, let line = lines[channel] else { return }
        lines[channel]?.released += text
        // What no delta has said is said where it stands.
        guard let head = line.head else { return }
        WireBytes.append("event: ", to: &out)
        out.append(contentsOf: line.type.utf8)
        WireBytes.append("\ndata: {", to: &out)
        out.append(contentsOf: head)
        if line.hasProbabilities { WireBytes.append(#""logprobs":[],"#, to: &out) }
        WireBytes.append(#""delta":"#, to: &out)
        WireBytes.appendQuoted(text, to: &out)
        WireBytes.append(#","sequence_number":"#, to: &out)
        WireBytes.append(sequence, to: &out)
        sequence += 1
        WireBytes.append("}\n\n", to: &out)
    }

    /// Passes a frame on with what was released in the place of its texts.
    private mutating func pass(_ frame: [UInt8], into out: inout [UInt8]) {
        let payload = frame.withUnsafeBytes { frame -> [UInt8]? in
            switch EventFields(frame).payload {
            case .none: nil
            case .slice(let range): Array(frame[range])
            case .joined(let bytes): bytes
            }
        }
        guard let payload else { return out.append(contentsOf: frame) }
        guard let document = try? JSONDocument(payload),
            let event = payload.withUnsafeBytes({ ResponsesEvent($0) })
        else { return }
        if event.kind == .created, let response = document.root.member("response") { note(response) }
        var edits: [JSONEdit] = []
        let found = event.places(in: document.root)
        for place in found.places {
            let released = lines[place.channel]?.released ?? ""
            guard place.value.string != released else { continue }
            if place.value.kind != .string, String(decoding: place.value.raw, as: UTF8.self) == released { continue }
            edits.append(.replace(place.value, withString: released))
        }
        for value in found.probabilities { edits.append(.replace(value, with: Array("[]".utf8))) }
        if let number = document.root.member("sequence_number") {
            edits.append(.replace(number, with: Array(String(sequence).utf8)))
        }
        guard var bytes = try? document.applying(edits) else { return }
        // A payload that came in several lines is one line again.
        for index in bytes.indices where bytes[index] == 0x0A || bytes[index] == 0x0D { bytes[index] = 0x20 }
        sequence += 1
        bytes = Array("event: \(event.type)\ndata: ".utf8) + bytes + [0x0A, 0x0A]
        if event.kind == .ended { last = bytes } else { out.append(contentsOf: bytes) }
    }

    private mutating func note(_ response: JSONCursor) {
        guard start.id == nil else { return }
        start.id = response.member("id")?.string
        start.model = response.member("model")?.string
        start.created = response.member("created_at")?.integer
    }

    /// Writes the frame that ends the stream, once.
    mutating func end(into out: inout [UInt8]) {
        guard !hasEnded else { return }
        hasEnded = true
        if let last { out.append(contentsOf: last) }
    }

    mutating func fail() {
        hasEnded = true
    }
}
