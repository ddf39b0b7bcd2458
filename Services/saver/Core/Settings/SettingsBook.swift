package import Contracts
package import JSON

/// What holds for one request.
package struct EffectiveSettings: Hashable, Sendable {
    package var rtk: Bool
    package var terse: Bool
    package var caveman: String
    package var ponytail: String
    package var holdout: Double
    /// `nil`: Headroom is not asked.
    package var headroom: ScopeSetting.Headroom?

    package init(
        rtk: Bool = SettingsBook.standard.rtk,
        terse: Bool = SettingsBook.standard.terse,
        caveman: String = DirectiveBook.off,
        ponytail: String = DirectiveBook.off,
        holdout: Double = SettingsBook.standard.holdout,
        headroom: ScopeSetting.Headroom? = nil
    ) {
        self.rtk = rtk
        self.terse = terse
        self.caveman = caveman
        self.ponytail = ponytail
        self.holdout = holdout
        self.headroom = headroom
    }
}

/// All settings of all scopes under one version; a value.
package struct SettingsBook: Hashable, Sendable {
    /// What holds where no scope says anything.
    package static let standard = (rtk: true, terse: false, holdout: 0.05)
    /// Scopes there may be; a narrow scope for each of a team's keys is far fewer.
    package static let maximumScopes = 2000

    /// By scope, widest first, then by name.
    package let settings: [ScopeSetting]
    private let byScope: [SettingScope: ScopeSetting]
    /// The version: a hash of the settings and of the rules' version.
    package let epoch: String

    package init(_ settings: [ScopeSetting] = []) {
        byScope = Dictionary(settings.map { ($0.scope, $0) }) { _, last in last }
        self.settings = byScope.values.sorted { $0.scope < $1.scope }
        epoch = Self.epoch(of: Self.text(self.settings))
    }

    /// Each field from the most specific scope that says something about it.
    package func effective(for scope: RequestScope) -> EffectiveSettings {
        var effective = EffectiveSettings()
        guard !byScope.isEmpty else { return effective }
        for name in SettingScope.all(of: scope) {
            guard let setting = byScope[name] else { continue }
            if let rtk = setting.rtk { effective.rtk = rtk }
            if let terse = setting.terse { effective.terse = terse }
            if let caveman = setting.caveman { effective.caveman = caveman }
            if let ponytail = setting.ponytail { effective.ponytail = ponytail }
            if let holdout = setting.holdout { effective.holdout = holdout }
            if let headroom = setting.headroom { effective.headroom = headroom.isEnabled ? headroom : nil }
        }
        return effective
    }

    // MARK: For the router

    /// What the router must know to skip a call.
    ///
    /// The router takes the narrowest scope that is listed at its word, so each one lists every saver that may be on in it
    /// by its own word or a wider one's; a call too many costs little, one too few would change what is sent.
    /// Instructions are told by the scope that has a word of its own about them, "off" too; the router puts them together
    /// saver by saver.
    package func overview(_ directives: DirectiveBook) -> SaverSettings {
        var scopes: [SaverScope] = []
        var words: [String: [Directive]] = [:]
        let wide = byScope[.global].map(directives.words) ?? []
        var all = settings
        if byScope[.global] == nil { all.insert(ScopeSetting(scope: .global), at: 0) }
        for setting in all {
            let isOn = setting.rtk ?? mayInheritRTK(setting.scope.kind)
            let headrooms = headrooms(setting)
            let patience = headrooms.reduce(0) { max($0, $1.timeoutMS) }
            let users = headrooms.contains(where: \.userMessages)
            let own = directives.words(setting)
            let open = wide.filter { word in !own.contains { $0.saver == word.saver } }
            let texts =
                (isOn ? ["rtk"] : []) + (patience > 0 ? ["headroom"] : []) + (users ? [SaverScope.userMessages] : [])
            let savers = texts + (own + open).filter { !$0.text.isEmpty }.map(\.saver)
            let holdout = setting.holdout ?? byScope[.global]?.holdout ?? Self.standard.holdout
            scopes.append(
                SaverScope(scope: setting.scope.text, savers: savers, holdout: holdout, patienceMS: patience)
            )
            if !own.isEmpty { words[setting.scope.text] = own }
        }
        return SaverSettings(epoch: epoch, scopes: scopes, directivesByScope: words)
    }

    /// Whether a scope of that kind that says nothing itself may have it on by a wider one's word.
    private func mayInheritRTK(_ kind: SettingScope.Kind) -> Bool {
        if byScope[.global]?.rtk ?? Self.standard.rtk { return true }
        let kinds = SettingScope.Kind.allCases
        let wider = kinds.prefix { $0 != kind } + (kind == .model ? [.model] : [])
        return settings.contains { $0.rtk == true && wider.contains($0.scope.kind) }
    }

    /// How Headroom may be used in a scope, by its own word or a wider one's; none where all say that it is off.
    private func headrooms(_ setting: ScopeSetting) -> [ScopeSetting.Headroom] {
        if let own = setting.headroom { return own.isEnabled ? [own] : [] }
        let kinds = SettingScope.Kind.allCases
        let wider = kinds.prefix { $0 != setting.scope.kind } + (setting.scope.kind == .model ? [.model] : [])
        return settings.filter { wider.contains($0.scope.kind) }.compactMap(\.headroom).filter(\.isEnabled)
    }

    /// Where Headroom is asked by anybody's word.
    package var headroomAddresses: [String] {
        Set(settings.compactMap(\.headroom).filter(\.isEnabled).map(\.address)).sorted()
    }

    // MARK: As text

    package var text: String { Self.text(settings) }

    package init(text: String) throws(WireError) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(Array(text.utf8))
        } catch {
            throw WireError(path: "", problem: "\(error)")
        }
        self.init(try document.root.array("settings", ScopeSetting.init(from:)))
    }

    private static func text(_ settings: [ScopeSetting]) -> String {
        var writer = JSONWriter()
        writer.object { fields in
            fields.array("settings") { array in
                for setting in settings { array.value { setting.write(to: &$0) } }
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// 128 bits of FNV-1a: the same everywhere, and two settings of one installation never meet in it.
    private static func epoch(of text: String) -> String {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in "\(SaverEngine.rulesVersion)\n\(text)".utf8 {
            hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
        let digits = String(hash, radix: 16)
        return "s\(SaverEngine.rulesVersion)-" + String(repeating: "0", count: 32 - digits.count) + digits
    }
}
