/// How pages look, from the preference cookie; an unknown word reads as the default.
package struct Appearance: Hashable, Sendable {
    /// Light, dark, or what the system says.
    package enum Theme: String, CaseIterable, Hashable, Sendable {
        case system
        case light
        case dark
    }

    /// The palettes of the design, by the names that exports of other gateways have too.
    package enum Palette: String, CaseIterable, Hashable, Sendable {
        case sageTerra = "sage-terra"
        case ocean
        case midnight
        case forest
        case rose
        case lavender
        case mono
        case sunset
        case arctic
        case cherry
    }

    /// The cookie's name.
    package static let cookie = "kr_look"

    package var theme = Theme.system
    package var palette = Palette.sageTerra

    package init(theme: Theme = .system, palette: Palette = .sageTerra) {
        self.theme = theme
        self.palette = palette
    }

    /// Reads the cookie's value: `theme.palette`.
    package init(cookie value: String?) {
        let parts = (value ?? "").split(separator: ".", maxSplits: 1).map(String.init)
        theme = parts.first.flatMap(Theme.init(rawValue:)) ?? .system
        palette = parts.count > 1 ? Palette(rawValue: parts[1]) ?? .sageTerra : .sageTerra
    }

    /// The cookie's value.
    package var cookieValue: String { "\(theme.rawValue).\(palette.rawValue)" }
}
