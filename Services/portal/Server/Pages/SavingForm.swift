import Contracts
import PortalCore

/// The savers' form: its fields by saver, and the setting that they make.
enum SavingForm {
    static let names = [
        "rtk", "terse", "caveman", "ponytail", "holdout", "headroom", "headroom_url", "headroom_timeout",
        "headroom_user",
    ]
    /// What the saver calls the fields.
    static let fields = ["headroom.url": "headroom_url", "headroom.timeout_ms": "headroom_timeout"]

    /// A saver with its fields.
    struct Row {
        let title: String
        let text: String
        let fields: [FieldView]
        let hasMore: Bool
        let more: [FieldView]
    }

    private static let switches = [("on", "On"), ("off", "Off")]
    private static let plainness = [
        ("off", "Off"), ("lite", "Lite: no filler"), ("full", "Full: short phrases"), ("ultra", "Ultra: telegram"),
        ("wenyan-lite", "Classical Chinese, lite"), ("wenyan-full", "Classical Chinese, full"),
        ("wenyan-ultra", "Classical Chinese, ultra"),
    ]
    private static let sparseness = [
        ("off", "Off"), ("lite", "Lite: no needless extras"), ("full", "Full: the least that works"),
        ("ultra", "Ultra: the fewest lines"),
    ]

    static func rows(_ item: SettingItem, _ state: FormState) -> [Row] {
        let inherit = item.scope == "global" ? "As built in" : "As for everybody"
        func select(_ name: String, _ label: String, _ choices: [(String, String)], _ value: String?) -> FieldView {
            FieldView(name, label, .select([("", inherit)] + choices), form: state, value: value ?? "")
        }
        func row(_ title: String, _ text: String, _ field: FieldView, more: [FieldView] = []) -> Row {
            Row(title: title, text: text, fields: [field], hasMore: !more.isEmpty, more: more)
        }
        return [
            row(
                "Smaller tool results",
                "What tools print is shortened before it is sent on, without losing what matters.",
                select("rtk", "State", switches, item.rtk.map { $0 ? "on" : "off" })
            ),
            row(
                "Shorter answers (Terse)",
                "Models are asked to leave out what nobody asked for.",
                select("terse", "State", switches, item.terse)
            ),
            row(
                "Plainer answers (Caveman)",
                "Models are asked for fewer words; code, paths and numbers stay whole.",
                select("caveman", "Level", plainness, item.caveman)
            ),
            row(
                "Less code (Ponytail)",
                "Models are asked for the least code that does it, and no more files than needed.",
                select("ponytail", "Level", sparseness, item.ponytail)
            ),
            row(
                "Kept back to compare",
                "A share of conversations goes without savers, so that what they are worth is measured.",
                FieldView(
                    "holdout",
                    "Percent",
                    form: state,
                    hint: "0 to 100. Empty: \(inherit.lowercased()).",
                    value: item.holdout.map { Plot.short($0 * 100) }
                )
            ),
            headroom(item.headroom, inherit, state),
        ]
    }

    private static func headroom(_ setting: HeadroomSetting?, _ inherit: String, _ state: FormState) -> Row {
        Row(
            title: "Headroom",
            text: "A program beside the router that shortens whole conversations.",
            fields: [
                FieldView(
                    "headroom",
                    "State",
                    .select([("", inherit)] + switches),
                    form: state,
                    value: setting.map { $0.enabled ? "on" : "off" } ?? ""
                )
            ],
            hasMore: true,
            more: [
                FieldView(
                    "headroom_url",
                    "Its address",
                    form: state,
                    isCode: true,
                    value: setting?.url ?? "http://localhost:8787"
                ),
                FieldView(
                    "headroom_timeout",
                    "How long it may take",
                    form: state,
                    hint: "Milliseconds; then the request goes out as it was.",
                    value: "\(setting?.timeoutMS ?? 3000)"
                ),
                FieldView(
                    "headroom_user",
                    "It may change what users wrote too",
                    .tick,
                    form: state,
                    value: setting?.userMessages == true ? "on" : ""
                ),
            ]
        )
    }

    /// The setting that a form asks for.
    static func setting(_ form: FormFields, over item: SettingItem, _ state: inout FormState) -> SettingItem {
        var setting = item
        func text(_ name: String) -> String? { form[name].flatMap { $0.isEmpty ? nil : $0 } }
        setting.rtk = ["on": true, "off": false][form["rtk"] ?? ""]
        setting.terse = text("terse")
        setting.caveman = text("caveman")
        setting.ponytail = text("ponytail")
        setting.holdout = nil
        if let share = text("holdout") {
            if let percent = Double(share), (0...100).contains(percent) {
                setting.holdout = percent / 100
            } else {
                state.errors["holdout"] = "A number from 0 to 100."
            }
        }
        setting.headroom = nil
        if let word = text("headroom") {
            let timeout = Counts.parse(form["headroom_timeout"] ?? "")
            if timeout == nil { state.errors["headroom_timeout"] = "Milliseconds, a whole number." }
            setting.headroom = HeadroomSetting(
                enabled: word == "on",
                url: form["headroom_url"] ?? "",
                timeoutMS: timeout ?? 0,
                userMessages: form["headroom_user"] == "on"
            )
        }
        return setting
    }
}
