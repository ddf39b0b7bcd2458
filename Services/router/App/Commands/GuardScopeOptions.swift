import ArgumentParser
import Contracts

/// Whose request is meant, as policies know them.
struct GuardScopeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("As sent with this key.", valueName: "name"))
    var key: String?

    @Option(help: ArgumentHelp("As sent through this chain.", valueName: "name"))
    var chain: String?

    @Option(help: ArgumentHelp("As sent to this provider.", valueName: "id"))
    var provider: String?

    @Option(help: ArgumentHelp("As sent to this model, by the provider's own name.", valueName: "name"))
    var model: String?

    var scope: RequestScope {
        RequestScope(tenant: "default", key: key, chain: chain, provider: provider, model: model)
    }
}
