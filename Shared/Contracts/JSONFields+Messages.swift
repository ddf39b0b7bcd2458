import JSON

extension JSONFields {
    mutating func message(_ name: StaticString, _ value: some WireCodable) {
        self.value(name) { value.write(to: &$0) }
    }

    mutating func message<Message: WireCodable>(_ name: StaticString, _ value: Message?) {
        guard let value else { return null(name) }
        self.value(name) { value.write(to: &$0) }
    }

    mutating func messages(_ name: StaticString, _ values: [some WireCodable]) {
        array(name) { items in
            // By place: a loop over the values would copy each, with all its texts.
            for place in values.indices { items.value { values[place].write(to: &$0) } }
        }
    }

    @_disfavoredOverload
    mutating func messages(_ name: String, _ values: [some WireCodable]) {
        array(name) { items in
            for value in values { items.value { value.write(to: &$0) } }
        }
    }

    mutating func list(_ name: StaticString, _ values: [some OpenEnum]) {
        array(name) { items in
            for value in values { items.string(value.rawValue) }
        }
    }

    mutating func strings(_ name: StaticString, _ values: [String]) {
        array(name) { items in
            for value in values { items.string(value) }
        }
    }

    mutating func integers(_ name: StaticString, _ values: [Int]) {
        array(name) { items in
            for value in values { items.integer(value) }
        }
    }

    /// Members in the order of their names, so that equal values have equal bytes.
    mutating func map(_ name: StaticString, _ values: [String: String]) {
        object(name) { fields in
            for (key, value) in values.sorted(by: { $0.key < $1.key }) { fields.string(key, value) }
        }
    }
}
