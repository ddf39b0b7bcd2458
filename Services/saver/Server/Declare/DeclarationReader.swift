package import Bootstrap
import Contracts
import SaverCore

extension SaverDeclaration {
    /// The parts of `declare:` that are the saver's.
    package static let parts = ["savers"]
    private static let longestTimeout = 60_000

    /// Reads the saver's part of `declare:`.
    ///
    /// ## Configuration keys:
    /// - `declare.savers[]`: `scope` (global, provider:ID, model:ID, chain:NAME or key:NAME; global), `rtk` (on/off), `terse`
    ///   (off/on), `caveman` (off/lite/full/ultra/wenyan-lite/-full/-ultra), `ponytail` (off/lite/full/ultra), `holdout` (0 to 1), `headroom` with `enabled`
    ///   (off/on), `url` (http://localhost:8787), `timeout` (3s) and `user_messages` (off/on). What an entry
    ///   leaves out, a wider scope decides; a scope has one entry.
    package init(reading declare: ConfigurationNode) throws(ConfigurationError) {
        self.init()
        for node in try declare["savers"]?.list() ?? [] {
            let setting = try Self.setting(node)
            guard !settings.contains(where: { $0.scope == setting.scope }) else {
                throw node.error("the scope \(setting.scope.text) has an entry already; put both into one")
            }
            guard settings.count < SettingsBook.maximumScopes else {
                throw node.error("there may be \(SettingsBook.maximumScopes) scopes")
            }
            settings.append(setting)
        }
    }

    private static func setting(_ node: ConfigurationNode) throws(ConfigurationError) -> ScopeSetting {
        try node.allowing(["scope", "rtk", "terse", "caveman", "ponytail", "holdout", "headroom"])
        let item = SettingItem(
            scope: try node.string("scope", default: "global"),
            rtk: try node["rtk"].map { node throws(ConfigurationError) in try node.boolean() },
            terse: try node["terse"].map { node throws(ConfigurationError) in try node.boolean() ? "on" : "off" },
            caveman: try level(node["caveman"]),
            ponytail: try level(node["ponytail"]),
            holdout: try node.optionalDouble("holdout", in: 0...1),
            headroom: try headroom(node["headroom"])
        )
        do throws(ServiceError) {
            return try SettingRules.setting(item)
        } catch {
            throw node.error(error.message)
        }
    }

    /// A level; what reads as "off" is off.
    private static func level(_ node: ConfigurationNode?) throws(ConfigurationError) -> String? {
        guard let node else { return nil }
        let text = try node.string().lowercased()
        return ["no", "false"].contains(text) ? "off" : text
    }

    private static func headroom(_ node: ConfigurationNode?) throws(ConfigurationError) -> HeadroomSetting? {
        guard let node else { return nil }
        try node.allowing(["enabled", "url", "timeout", "user_messages"])
        let timeout = try node.duration("timeout", default: .seconds(3)).components
        guard timeout.seconds <= longestTimeout / 1000 else { throw node.error("timeout: at most 60s") }
        return HeadroomSetting(
            enabled: try node.boolean("enabled", default: false),
            url: try node.string("url", default: ""),
            timeoutMS: Int(timeout.seconds) * 1000 + Int(timeout.attoseconds / 1_000_000_000_000_000),
            userMessages: try node.boolean("user_messages", default: false)
        )
    }
}
