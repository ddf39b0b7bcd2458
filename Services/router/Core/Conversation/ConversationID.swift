package import Dialects

/// Names one conversation of one key: 128 bits that say nothing about either.
package struct ConversationID: Hashable, Sendable, CustomStringConvertible {
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 lower-case hexadecimal digits.
    package var description: String {
        String(unsafeUninitializedCapacity: 32) { digits in
            for index in 0..<32 {
                let word = index < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4) & 15)
                digits[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
            }
            return 32
        }
    }

    /// What ``AttemptPlan`` takes as affinity.
    package var affinity: UInt64 { high ^ low }

    /// The headers that name a conversation, the strongest first, lower case.
    ///
    /// `x-client-request-id` is last and only believed of Codex: other libraries make a new one for each request.
    package static let headers = [
        "x-keirouter-conversation", "x-keirouter-affinity", "x-conversation-id", "x-thread-id", "x-session-id",
        "x-amp-thread-id", "openai-conversation-id", "x-client-request-id",
    ]

    /// What most requests' seeds have room in.
    private static let seedCapacity = 960

    /// Finds a request's conversation: by header, by an id in the body, else by how the conversation began.
    ///
    /// The key's id always enters, so that no client can name another's conversation.
    ///
    /// - Parameters:
    ///   - facts: The request.
    ///   - keyID: The API key's id.
    ///   - client: What ``ClientKind`` says.
    ///   - header: The value of a request header by its lower-case name.
    ///   - hash: A keyed hash of 128 bits.
    /// - Returns: The same id for every turn of a conversation.
    package static func make(
        _ facts: RequestFacts,
        keyID: String,
        client: String,
        header: (String) -> String?,
        hash: ([UInt8]) -> (UInt64, UInt64)
    ) -> ConversationID {
        var seed: [UInt8] = []
        seed.reserveCapacity(seedCapacity)
        seed.append(contentsOf: keyID.utf8)
        seed.append(0)
        if let (name, value) = named(client: client, header: header) {
            append("header", name, value, to: &seed)
        } else if let id = facts.conversation.bodyID {
            append("body", id.parameter, id.value, to: &seed)
        } else {
            append("start", facts.dialect.rawValue, client, to: &seed)
            facts.conversation.appendFingerprint(to: &seed)
        }
        let (high, low) = hash(seed)
        return ConversationID(high: high, low: low)
    }

    private static func named(client: String, header: (String) -> String?) -> (String, String)? {
        for name in headers {
            if name == "x-client-request-id", client != "codex" { continue }
            if let value = header(name), !value.isEmpty { return (name, String(value.prefix(512))) }
        }
        return nil
    }

    private static func append(_ kind: String, _ name: String, _ value: String, to seed: inout [UInt8]) {
        for part in [kind, name, value] {
            seed.append(contentsOf: part.utf8)
            seed.append(0)
        }
    }
}
