import JSON

/// What `GET /readyz` says: whether Headroom works, and which of its parts do not.
package struct HeadroomReadiness: Hashable, Sendable {
    package let isReady: Bool
    /// Parts that are not ready, those that it can do without included: the text model is one.
    package let missing: [String]

    /// - Parameters:
    ///   - status: 200, or 503 while it is not ready.
    ///   - body: `{"ready":bool,"checks":{NAME:{"ready":bool,…}},…}`.
    /// - Throws: ``HeadroomFault`` for another status or another body.
    package init(status: Int, body: [UInt8]) throws(HeadroomFault) {
        guard status == 200 || status == 503 else { throw .refused }
        guard let root = (try? JSONDocument(body))?.root, let isReady = root["ready"]?.boolean else { throw .malformed }
        self.isReady = isReady && status == 200
        missing =
            root["checks"]?.members.prefix(32).compactMap { name, check in
                check["ready"]?.boolean == false ? name.string : nil
            } ?? []
    }
}
