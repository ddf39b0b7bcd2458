import ArgumentParser
import Bootstrap
import Contracts

/// `keirouter models`.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists the models that are known, with or without an account for them.",
        discussion: """
              keirouter models claude
              keirouter models --provider openai --kind embeddings
            """
    )

    @OptionGroup var options: InstallationOptions

    @Argument(help: "Only models whose provider/model holds this text.")
    var text: String?

    @Option(help: ArgumentHelp("Only models of this provider.", valueName: "id"))
    var provider: String?

    @Option(help: ArgumentHelp("Only models of this kind: chat, embeddings, image and so on.", valueName: "kind"))
    var kind: String?

    func run() async throws {
        let wanted = text?.lowercased()
        let (provider, kind) = (provider, kind)
        let all = try await options.open().withRouter { try await $0.all(AdminMethods.routerV1.models) }
        let models = all.filter { model in
            (wanted.map { model.id.lowercased().contains($0) } ?? true)
                && (provider.map { model.provider == $0 } ?? true) && (kind.map { model.kind == $0 } ?? true)
        }
        let none = "None of \(all.count) models fits; ask for less, or for none to see all."
        options.show(list: models, none: none, ModelText.table)
    }
}

/// Models as people read them.
enum ModelText {
    static func table(_ models: [ModelItem]) -> Table {
        var table = Table([.init("model"), .init("kind"), .init("context", .right), .init("output", .right)])
        for model in models {
            let context = model.contextWindow.map(TimeText.count) ?? "–"
            table.add([model.id, model.kind, context, model.maxOutput.map(TimeText.count) ?? "–"])
        }
        return table
    }
}
