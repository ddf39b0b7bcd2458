extension Gateway {
    /// A chat request of a dialect, with the key where that dialect's library puts it.
    package static func chat(
        _ dialect: MockDialect,
        key: String?,
        body: String,
        headers: [HeaderField] = []
    ) -> RawRequest {
        var fields = [HeaderField("Content-Type", "application/json")]
        switch dialect {
        case .openAI:
            if let key { fields.append(HeaderField("Authorization", "Bearer \(key)")) }
        case .anthropic:
            if let key { fields.append(HeaderField("x-api-key", key)) }
            fields.append(HeaderField("anthropic-version", "2023-06-01"))
        }
        return RawRequest("POST", "/v1" + dialect.path, headers: fields + headers, body: Array(body.utf8))
    }

    /// The body of a small request with one user turn; `extra` is further members, each with a leading comma.
    package static func body(
        _ dialect: MockDialect,
        model: String,
        stream: Bool = false,
        maxTokens: Int = 64,
        content: String = "Say something.",
        extra: String = ""
    ) -> String {
        #"{"model":\#(MockWire.quoted(model)),"max_tokens":\#(maxTokens),"stream":\#(stream),"#
            + #""messages":[{"role":"user","content":\#(MockWire.quoted(content))}]\#(extra)}"#
    }

    /// Sends a request and reads all of the response.
    package func send(_ request: RawRequest, deadline: Duration = .seconds(30)) async throws -> RawResponse {
        try await RawHTTP.send(request, port: port, deadline: deadline)
    }

    /// Sends a request whose response the caller reads.
    package func open(_ request: RawRequest) async throws -> RawExchange {
        try await RawHTTP.open(request, port: port)
    }
}

extension RawResponse {
    /// The request's id, by either dialect's header.
    package var requestID: String? { header("x-request-id") ?? header("request-id") }
}
