extension JSONCursor {
    /// The member of this name.
    ///
    /// - Throws: ``WireError`` when it is missing, or when the value is no object.
    public func required(_ name: String) throws(WireError) -> JSONCursor {
        if let member = self[name] { return member }
        guard node.kind == .object else { throw mismatch("object") }
        throw error(name, "missing")
    }

    /// The member of this name, or `nil` when it is missing or `null`.
    ///
    /// - Throws: ``WireError`` when the value is no object.
    public func optional(_ name: String) throws(WireError) -> JSONCursor? {
        if let member = self[name] { return member.isNull ? nil : member }
        guard node.kind == .object else { throw mismatch("object") }
        return nil
    }

    /// The text of the member of this name.
    public func string(_ name: String) throws(WireError) -> String {
        try required(name).expected("string", \.string)
    }

    /// The text of the member of this name, or `nil` when it is missing or `null`.
    public func optionalString(_ name: String) throws(WireError) -> String? {
        try optional(name)?.expected("string", \.string)
    }

    /// The text of the member of this name, or the default when it is missing or `null`.
    public func string(_ name: String, default: String) throws(WireError) -> String {
        try optionalString(name) ?? `default`
    }

    /// The whole number in the member of this name.
    public func integer(_ name: String) throws(WireError) -> Int {
        try required(name).expected("integer", \.integer)
    }

    /// The whole number in the member of this name, or `nil` when it is missing or `null`.
    public func optionalInteger(_ name: String) throws(WireError) -> Int? {
        try optional(name)?.expected("integer", \.integer)
    }

    /// The whole number in the member of this name, or the default when it is missing or `null`.
    public func integer(_ name: String, default: Int) throws(WireError) -> Int {
        try optionalInteger(name) ?? `default`
    }

    /// The number in the member of this name.
    public func double(_ name: String) throws(WireError) -> Double {
        try required(name).expected("number", \.double)
    }

    /// The number in the member of this name, or `nil` when it is missing or `null`.
    public func optionalDouble(_ name: String) throws(WireError) -> Double? {
        try optional(name)?.expected("number", \.double)
    }

    /// The number in the member of this name, or the default when it is missing or `null`.
    public func double(_ name: String, default: Double) throws(WireError) -> Double {
        try optionalDouble(name) ?? `default`
    }

    /// The truth value of the member of this name.
    public func boolean(_ name: String) throws(WireError) -> Bool {
        try required(name).expected("boolean", \.boolean)
    }

    /// The truth value of the member of this name, or `nil` when it is missing or `null`.
    public func optionalBoolean(_ name: String) throws(WireError) -> Bool? {
        try optional(name)?.expected("boolean", \.boolean)
    }

    /// The truth value of the member of this name, or the default when it is missing or `null`.
    public func boolean(_ name: String, default: Bool) throws(WireError) -> Bool {
        try optionalBoolean(name) ?? `default`
    }

    /// The elements of the member of this name, each read by `read`.
    public func array<T>(
        _ name: String,
        _ read: (JSONCursor) throws(WireError) -> T
    ) throws(WireError) -> [T] {
        try required(name).list(read)
    }

    /// The elements of the member of this name, each read by `read`, or `nil` when it is missing or `null`.
    public func optionalArray<T>(
        _ name: String,
        _ read: (JSONCursor) throws(WireError) -> T
    ) throws(WireError) -> [T]? {
        try optional(name)?.list(read)
    }

    /// The object in the member of this name, read by `read`.
    public func object<T>(
        _ name: String,
        _ read: (JSONCursor) throws(WireError) -> T
    ) throws(WireError) -> T {
        let member = try required(name)
        guard member.node.kind == .object else { throw member.mismatch("object") }
        return try read(member)
    }

    /// The object in the member of this name, read by `read`, or `nil` when it is missing or `null`.
    public func optionalObject<T>(
        _ name: String,
        _ read: (JSONCursor) throws(WireError) -> T
    ) throws(WireError) -> T? {
        guard let member = try optional(name) else { return nil }
        guard member.node.kind == .object else { throw member.mismatch("object") }
        return try read(member)
    }

    /// An error about this value that says what it should have been, such as `expected integer`.
    public func mismatch(_ expected: String) -> WireError {
        WireError(path: path, problem: "expected \(expected)")
    }

    /// An error about a member of this object.
    public func error(_ name: String, _ problem: String) -> WireError {
        let path = path
        return WireError(path: path.isEmpty ? name : "\(path).\(name)", problem: problem)
    }

    /// An error about this value.
    public func error(_ problem: String) -> WireError {
        WireError(path: path, problem: problem)
    }

    private func expected<T>(_ type: String, _ value: (JSONCursor) -> T?) throws(WireError) -> T {
        guard let value = value(self) else { throw mismatch(type) }
        return value
    }

    private func list<T>(_ read: (JSONCursor) throws(WireError) -> T) throws(WireError) -> [T] {
        guard node.kind == .array else { throw mismatch("array") }
        var values: [T] = []
        values.reserveCapacity(count)
        for element in elements { values.append(try read(element)) }
        return values
    }
}
