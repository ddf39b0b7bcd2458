/// A value that an account has beside its key, such as the region it is in.
package struct AccountSetting: Hashable, Sendable {
    /// What its text is.
    package enum Kind: Hashable, Sendable {
        /// A part of a host's name or one step of a path: letters, digits, `.`, `_` and `-`.
        case name
        /// An address with its scheme, of which a base URL begins.
        case address
    }

    package let name: String
    package let kind: Kind
    /// Whether an account without it is of no use.
    package let isRequired: Bool
}

extension Provider {
    /// The settings that its accounts may have: the places in its base URL, and what its connector knows.
    package var settings: [AccountSetting] {
        let places = AddressTemplate.places(in: baseURL).map { place in
            let kind: AccountSetting.Kind = baseURL.hasPrefix("{\(place)}") ? .address : .name
            return AccountSetting(name: place, kind: kind, isRequired: Self.fallback(of: place, connector) == nil)
        }
        let own: [String] =
            switch connector {
            case .azure: ["deployment", "api_version"]
            case .vertex, nil: []
            }
        return places + own.map { AccountSetting(name: $0, kind: .name, isRequired: false) }
    }

    /// Whether accounts have base URLs of their own.
    package var isTemplate: Bool { baseURL.utf8.contains(UInt8(ascii: "{")) }

    /// Where the requests of an account go; `nil` where a setting is missing.
    package func baseURL(for account: Account) -> String? {
        guard isTemplate else { return baseURL }
        var base = baseURL
        if connector == .vertex, account.settings["location"] == "global" {
            // The one place whose host does not begin with it.
            base = base.replacing("{location}-aiplatform", with: "aiplatform", maxReplacements: 1)
        }
        return AddressTemplate.filled(base) { account.settings[$0] ?? Self.fallback(of: $0, connector) }
    }

    private static func fallback(of place: String, _ connector: Connector?) -> String? {
        connector == .vertex && place == "location" ? Connector.vertexLocation : nil
    }
}

/// A text with named places: `https://{region}.llm.example/v1`.
package enum AddressTemplate {
    /// The names of its places in their order, each once; a brace that opens no place of a name in lower case is none.
    package static func places(in text: String) -> [String] {
        var names: [String] = []
        _ = filled(text) { name in
            if !names.contains(name) { names.append(name) }
            return ""
        }
        return names
    }

    /// The text with its places filled.
    ///
    /// - Returns: `nil` where one has no value.
    package static func filled(_ text: String, _ value: (String) -> String?) -> String? {
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            out += rest[..<open]
            let after = rest.index(after: open)
            let close = rest[after...].firstIndex { !isNamePart($0) } ?? rest.endIndex
            guard close < rest.endIndex, rest[close] == "}", close > after else {
                out.append("{")
                rest = rest[after...]
                continue
            }
            guard let value = value(String(rest[after..<close])) else { return nil }
            out += value
            rest = rest[rest.index(after: close)...]
        }
        return out + rest
    }

    private static func isNamePart(_ character: Character) -> Bool {
        ("a"..."z").contains(character) || ("0"..."9").contains(character) || character == "_"
    }
}
