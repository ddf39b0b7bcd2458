import ArgumentParser
import Contracts
import JSON

/// `keirouter saver settings`.
struct SaverSettingsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Shows and changes which savers are on: everywhere, or for a provider, model, chain or key.",
        subcommands: [List.self, Set.self, Reset.self],
        defaultSubcommand: List.self
    )

    /// `keirouter saver settings list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the settings of all scopes.")

        @OptionGroup var options: InstallationOptions

        func run() async throws {
            let items = try await options.open().with(ServiceTable.saver) { saver in
                try await saver.all(AdminMethods.saverV1.settings)
            }
            options.show(list: items, none: "Everything is as delivered: RTK on, the rest off.", SaverSettingText.table)
        }
    }

    /// `keirouter saver settings set`.
    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes the settings of a scope; what is not named stays as it is.",
            discussion: """
                What a scope leaves open a wider one decides; - leaves it open again.
                In conversations that run, only new tool results follow a change.

                  keirouter saver settings set global --caveman lite --holdout 0.1
                  keirouter saver settings set key:ci --headroom on
                """
        )

        @OptionGroup var options: InstallationOptions

        @Argument(help: "global, provider:ID, model:ID, chain:NAME or key:NAME.")
        var scope: String

        @Option(help: ArgumentHelp("on, off or -.", valueName: "switch"))
        var rtk: String?

        @Option(help: ArgumentHelp("on, off or -.", valueName: "switch"))
        var terse: String?

        @Option(help: ArgumentHelp("off, lite, full, ultra, wenyan-lite, -full, -ultra or -.", valueName: "level"))
        var caveman: String?

        @Option(help: ArgumentHelp("off, lite, full, ultra or -.", valueName: "level"))
        var ponytail: String?

        @Option(
            help: ArgumentHelp("The share of conversations without instructions, 0 to 1, or -.", valueName: "share")
        )
        var holdout: String?

        @Option(help: ArgumentHelp("on, off or -.", valueName: "switch"))
        var headroom: String?

        @Option(help: ArgumentHelp("Where Headroom listens.", valueName: "url"))
        var headroomURL: String?

        @Option(help: ArgumentHelp("How long Headroom may take, in milliseconds.", valueName: "ms"))
        var headroomTimeout: Int?

        func validate() throws {
            for (name, word) in [("rtk", rtk), ("terse", terse), ("headroom", headroom)] {
                if let word, !["on", "off", "-"].contains(word) {
                    throw ValidationError("--\(name) takes on, off or -")
                }
            }
            if let holdout, holdout != "-", Double(holdout) == nil {
                throw ValidationError("--holdout takes a number from 0 to 1, or -")
            }
        }

        func run() async throws {
            let settings = AdminMethods.saverV1.settings
            let change = self
            let item = try await options.open().with(ServiceTable.saver) { saver in
                let old = try await saver.all(settings).first { $0.scope == change.scope }
                let item = change.changed(old ?? SettingItem(scope: change.scope))
                return try await saver.call(settings.put, PutRequest(item: item, etag: old?.etag))
            }
            options.show(item, SaverSettingText.table([item]).text)
        }

        private func changed(_ item: SettingItem) -> SettingItem {
            var item = item
            if let rtk { item.rtk = rtk == "-" ? nil : rtk == "on" }
            if let terse { item.terse = terse == "-" ? nil : terse }
            if let caveman { item.caveman = caveman == "-" ? nil : caveman }
            if let ponytail { item.ponytail = ponytail == "-" ? nil : ponytail }
            if let holdout { item.holdout = Double(holdout) }
            if headroom == "-" { item.headroom = nil }
            guard headroom != "-", headroom ?? headroomURL != nil || headroomTimeout != nil else { return item }
            var setting = item.headroom ?? HeadroomSetting()
            if let headroom { setting.enabled = headroom == "on" }
            if let headroomURL { setting.url = headroomURL }
            if let headroomTimeout { setting.timeoutMS = headroomTimeout }
            item.headroom = setting
            return item
        }
    }

    /// `keirouter saver settings reset`.
    struct Reset: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Leaves everything in a scope to wider ones.")

        @OptionGroup var options: InstallationOptions

        @Argument(help: "The scope.")
        var scope: String

        func run() async throws {
            let scope = scope
            try await options.open().with(ServiceTable.saver) { saver in
                _ = try await saver.call(AdminMethods.saverV1.settings.delete, DeleteRequest(id: scope))
            }
            guard !options.json else { return Console.json { $0.object { $0.string("deleted", scope) } } }
            Console.write("\(scope) has no settings of its own any more.")
        }
    }
}

/// Settings of savers as people read them.
enum SaverSettingText {
    static func table(_ items: [SettingItem]) -> Table {
        var table = Table([
            .init("scope"), .init("rtk"), .init("terse"), .init("caveman"), .init("ponytail"), .init("holdout"),
            .init("headroom"),
        ])
        for item in items {
            let headroom = item.headroom.map { $0.enabled ? $0.url.isEmpty ? "on" : $0.url : "off" }
            table.add([
                item.declared ? "\(item.scope) (declared)" : item.scope, item.rtk.map { $0 ? "on" : "off" } ?? "–",
                item.terse ?? "–", item.caveman ?? "–", item.ponytail ?? "–", item.holdout.map { "\($0)" } ?? "–",
                headroom ?? "–",
            ])
        }
        return table
    }
}
