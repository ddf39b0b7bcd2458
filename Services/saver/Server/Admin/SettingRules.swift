import Contracts
import SaverCore

/// What settings may say, for edits and declarations alike.
enum SettingRules {
    /// The longest scope.
    static let maximumScopeLength = 300
    /// The longest text that anything is looked for by.
    static let maximumTextLength = 1024
    private static let maximumURLLength = 1024
    private static let timeouts = 1...60_000

    static func setting(_ item: SettingItem) throws(ServiceError) -> ScopeSetting {
        ScopeSetting(
            scope: try scope(item.scope),
            rtk: item.rtk,
            terse: try terse(item.terse),
            caveman: try level(item.caveman, of: Caveman.name, Caveman.levels),
            ponytail: try level(item.ponytail, of: Ponytail.name, Ponytail.levels),
            holdout: try holdout(item.holdout),
            headroom: try headroom(item.headroom)
        )
    }

    static func item(_ row: SettingRow) -> SettingItem {
        let setting = row.setting
        return SettingItem(
            id: setting.scope.text,
            scope: setting.scope.text,
            rtk: setting.rtk,
            terse: setting.terse.map { $0 ? "on" : "off" },
            caveman: setting.caveman,
            ponytail: setting.ponytail,
            holdout: setting.holdout,
            headroom: setting.headroom.map {
                HeadroomSetting(
                    enabled: $0.isEnabled,
                    url: $0.url,
                    timeoutMS: $0.timeoutMS,
                    userMessages: $0.userMessages
                )
            },
            declared: row.isDeclared,
            etag: String(row.version)
        )
    }

    static func scope(_ text: String) throws(ServiceError) -> SettingScope {
        guard text.utf8.count <= maximumScopeLength, isPlain(text), let scope = SettingScope(text) else {
            throw .invalid("scope", "expected global, provider:ID, model:ID, chain:NAME or key:NAME")
        }
        return scope
    }

    private static func terse(_ text: String?) throws(ServiceError) -> Bool? {
        guard let text else { return nil }
        guard let isOn = ["on": true, "off": false][text] else { throw .invalid("terse", "expected on or off") }
        return isOn
    }

    private static func level(
        _ level: String?,
        of saver: String,
        _ levels: [String]
    ) throws(ServiceError) -> String? {
        guard let level else { return nil }
        guard DirectiveBook.knows(level, of: saver) else {
            throw .invalid(
                saver,
                "expected off, " + levels.dropLast().joined(separator: ", ") + " or \(levels.last ?? "")"
            )
        }
        return level
    }

    private static func holdout(_ share: Double?) throws(ServiceError) -> Double? {
        guard let share else { return nil }
        guard share.isFinite, (0...1).contains(share) else { throw .invalid("holdout", "expected 0 to 1") }
        return share
    }

    private static func headroom(_ headroom: HeadroomSetting?) throws(ServiceError) -> ScopeSetting.Headroom? {
        guard let headroom else { return nil }
        guard headroom.url.utf8.count <= maximumURLLength, isPlain(headroom.url) else {
            throw .invalid("headroom.url", "at most \(maximumURLLength) bytes without control characters")
        }
        guard headroom.url.isEmpty || HeadroomAddress(headroom.url) != nil else {
            throw .invalid("headroom.url", "expected http://host:port without user or query")
        }
        guard timeouts.contains(headroom.timeoutMS) else {
            throw .invalid("headroom.timeout_ms", "\(timeouts.lowerBound) to \(timeouts.upperBound)")
        }
        return ScopeSetting.Headroom(
            isEnabled: headroom.enabled,
            url: headroom.url,
            timeoutMS: headroom.timeoutMS,
            userMessages: headroom.userMessages
        )
    }

    /// Whether something can be looked for by this text.
    static func isStorable(_ text: String) -> Bool {
        text.utf8.count <= maximumTextLength && !text.utf8.contains(0)
    }

    private static func isPlain(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }
}
