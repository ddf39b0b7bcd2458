extension JSONCursor {
    /// Where the value stands in its document, such as `params.segments[3].id`; empty for the document's own value.
    ///
    /// For people: a name that is no identifier is quoted, a long one and a long path are cut. Costs one step per value
    /// beside the way.
    public var path: String {
        let limit = 512
        var path = ""
        var container = 0
        while container != index, storage.node(container).isContainer {
            let isObject = storage.node(container).kind == .object
            let end = storage.next(after: container)
            var child = container + 2
            var position = 0
            while child < end {
                let value = isObject ? child + 1 : child
                let next = storage.next(after: value)
                if index < next {
                    path += isObject ? Self.step(JSONCursor(storage, child), first: path.isEmpty) : "[\(position)]"
                    // A cursor on a member's name has the member's path.
                    container = index == child ? index : value
                    break
                }
                child = next
                position += 1
            }
            if child >= end || path.utf8.count > limit { break }
        }
        return path.utf8.count > limit ? String(path.prefix(limit)) + "…" : path
    }

    private static func step(_ name: JSONCursor, first: Bool) -> String {
        let limit = 64
        let text = name.string ?? ""
        let isIdentifier = text.utf8.allSatisfy { byte in
            0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == 0x5F || byte == 0x2D
        }
        if isIdentifier, !text.isEmpty, text.utf8.count <= limit { return first ? text : ".\(text)" }
        var writer = JSONWriter()
        writer.string(text.utf8.count <= limit ? text : String(text.prefix(limit / 4)) + "…")
        return "[\(String(decoding: writer.bytes, as: UTF8.self))]"
    }
}
