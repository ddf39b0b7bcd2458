import Contracts
import JSON
import Testing

/// A filled example of a message: every member has a value, every list an element.
struct Sample: Sendable, CustomTestStringConvertible {
    let schema: Schema
    let bytes: [UInt8]
    private let readsEqual: @Sendable (JSONCursor) throws(WireError) -> Bool
    private let readsPlainly: @Sendable ([UInt8]) -> Bool?
    private let rewrites: @Sendable (JSONCursor) throws(WireError) -> [UInt8]

    init<Message: WireMessage>(_ message: Message) {
        schema = Message.schema
        bytes = encode(message)
        readsEqual = { (cursor) throws(WireError) in try Message(from: cursor) == message }
        readsPlainly = { text in plain(Message.self, text).map { $0 == message } }
        rewrites = { (cursor) throws(WireError) in encode(try Message(from: cursor)) }
    }

    var name: String { schema.object?.name ?? "?" }
    var members: [Schema.Member] { schema.object?.members ?? [] }
    var testDescription: String { name }

    /// Whether the text reads as the very message that the sample was made from.
    func isEqual(_ text: [UInt8]) throws -> Bool {
        try readsEqual(JSONDocument(text).root)
    }

    /// The same by the short way; `nil` when that does not take the text.
    func isPlainlyEqual(_ text: [UInt8]) -> Bool? {
        readsPlainly(text)
    }

    /// What the message writes after reading the text.
    func rewritten(_ text: [UInt8]) throws -> [UInt8] {
        try rewrites(JSONDocument(text).root)
    }

    /// The sample's text with one member's value replaced.
    func replacing(_ member: String, with json: String) throws -> [UInt8] {
        let document = try JSONDocument(bytes)
        let value = try #require(document.root[member])
        return try document.applying([.replace(value, with: Array(json.utf8))])
    }

    /// The sample's text without one member.
    func removing(_ member: String) throws -> [UInt8] {
        let document = try JSONDocument(bytes)
        let edit = try #require(JSONEdit.removeMember(member, from: document.root))
        return try document.applying([edit])
    }
}

extension Sample {
    /// An item with the messages that carry it.
    static func resource<Item: AdminItem>(_ item: Item) -> [Sample] {
        [
            Sample(item),
            Sample(ListReply(items: [item], next: "page-2")),
            Sample(PutRequest(item: item, etag: "7")),
        ]
    }

    static let all: [Sample] = meter + meterAdmin + router + guardService + guardAdmin + saver + common
}

func encode(_ message: some WireCodable) -> [UInt8] {
    var writer = JSONWriter()
    message.write(to: &writer)
    return writer.bytes
}

func plain<Message: WireCodable>(_ type: Message.Type, _ text: [UInt8]) -> Message? {
    text.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return nil }
        var reader = PlainReader(base, from: 0, to: bytes.count)
        let message = Message.plain(&reader)
        return reader.isComplete ? message : nil
    }
}

func decode<Message: WireCodable>(_ type: Message.Type, _ text: String) throws -> Message {
    try Message(from: JSONDocument(Array(text.utf8)).root)
}

/// What a message says about a text that it cannot read.
func complaint<Message: WireCodable>(_ type: Message.Type, _ text: String) throws -> WireError? {
    let document = try JSONDocument(Array(text.utf8))
    do throws(WireError) {
        _ = try Message(from: document.root)
        return nil
    } catch {
        return error
    }
}
