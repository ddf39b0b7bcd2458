package import Bootstrap
import Contracts
import GuardCore
import Observability
import PeerRPC
import Secrets
import Storage

extension GuardConfiguration {
    /// The service's part of the whole configuration; makes the data folder and the master key where they are missing.
    ///
    /// - Parameters:
    ///   - configuration: What was read, with the variables of ``GuardDeclaration/parts``.
    ///   - listen: `--listen`; without it the service's socket in the data folder.
    /// - Throws: ``ConfigurationError`` and what the data folder or the master key cannot be used for.
    package init(_ configuration: KeiRouterConfiguration, listen: String?) throws {
        let folder = DataFolder(configuration.dataFolder)
        try folder.create()
        let catalogue = try CatalogueFolder.load(folder.file(CatalogueFolder.name))
        let declaration = try GuardDeclaration(reading: configuration.declare, catalogue: catalogue)
        let master = try MasterKey.load(
            environment: configuration.masterKey,
            dataFolder: folder.path,
            createIfMissing: true
        )
        self.init(
            server: RPCServerConfiguration(
                listen: try ListenAddress.read(listen, service: "guard", folder: folder),
                allowUIDs: configuration.rpc.allowUIDs,
                maximumFrame: configuration.rpc.maxFrame,
                allowPlaintext: configuration.rpc.allowPlaintext
            ),
            folder: folder,
            retentionDays: configuration.guardrails.auditRetentionDays,
            window: configuration.guardrails.window,
            declaration: declaration,
            placeholderKey: master.subkey(for: "guard", purpose: "placeholder")
        )
        self.catalogue = catalogue
        server.version = Version.current
        database.patience = DatabaseOptions.startPatience
        server.metrics = { [metrics] in metrics.render() }
        location = DatabaseLocation(
            setting: configuration.storage.url,
            file: folder.file("guard.db"),
            service: "guard"
        )
        let settings = configuration.guardrails
        isOffline = settings.offline
        guard !isOffline else { return }
        router = try RPCEndpoint.parse("unix://\(folder.socketPath(service: "router"))")
        peers.maximumFrame = configuration.rpc.maxFrame
        peers.allowPlaintext = configuration.rpc.allowPlaintext
        if !settings.presidioURL.isEmpty {
            presidio = try PresidioSettings(
                url: settings.presidioURL,
                timeout: settings.presidioTimeout,
                language: settings.presidioLanguage
            )
        }
        if !settings.moderationURL.isEmpty {
            moderation = try ModerationSettings(
                url: settings.moderationURL,
                apiKey: settings.moderationKey,
                model: settings.moderationModel,
                timeout: settings.moderationTimeout
            )
        }
        if presidio == nil, declaration.policies.contains(where: { $0.pii?.engine == PlanBuilder.presidio }) {
            throw ConfigurationError(key: PresidioEngine.setting, problem: "is needed by a policy's engine: presidio")
        }
        if moderation == nil, declaration.policies.contains(where: { $0.toxicity?.engine == PlanBuilder.openAI }) {
            throw ConfigurationError(key: ModerationEngine.setting, problem: "is needed by a policy's engine: openai")
        }
        let sections = declaration.policies.compactMap(\.topics)
        if sections.contains(where: { PlanBuilder.goesByMeaning($0) }), sections.allSatisfy({ $0.embedder == nil }) {
            throw ConfigurationError(
                key: "declare.guardrails",
                problem: "topics.embedder is needed by a policy's topics.engine, as provider/model"
            )
        }
    }
}
