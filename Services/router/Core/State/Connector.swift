package import Dialects

/// How a provider is addressed where that is not the way of the dialect that it speaks.
package enum Connector: String, Hashable, Sendable, CaseIterable {
    /// Azure OpenAI: a path for each deployment, and the API's version in the query.
    ///
    /// Source: "Azure OpenAI REST API reference", data plane inference.
    case azure
    /// Vertex AI of Google Cloud: a path for each publisher and model, and access tokens of a service account.
    ///
    /// Source: "Generate content with the Gemini API in Vertex AI" and "Request predictions with Claude models" in Google
    /// Cloud's documentation.
    case vertex

    /// The release of Azure's API that is asked where an account names none: the last one of the data plane that was made generally available by date.
    package static let azureVersion = "2024-10-21"
    /// The place that Google Cloud's documentation uses where an account names none.
    package static let vertexLocation = "us-central1"
    /// What Vertex AI speaks, the usual one first.
    package static func vertexDialects(first: Dialect) -> [Dialect] {
        first == .anthropicMessages ? [.anthropicMessages, .gemini] : [.gemini, .anthropicMessages]
    }

    /// The dialect that is spoken where a declaration names none.
    package var dialect: Dialect {
        switch self {
        case .azure: .openAIChat
        case .vertex: .gemini
        }
    }

    /// What the body of a request to one of Anthropic's models on Vertex says instead of the header `anthropic-version`.
    package static let vertexAnthropicVersion = "vertex-2023-10-16"
}

extension Provider {
    /// The dialect in which it is asked for a client of another: on Vertex AI the publisher's, which a model's name tells.
    package func dialect(for client: Dialect, model: String) -> Dialect? {
        guard connector == .vertex else { return dialect(for: client) }
        return Self.isAnthropic(model) ? .anthropicMessages : .gemini
    }

    /// Whether the head of a request depends on its model.
    package func namesModelInPath(_ dialect: Dialect) -> Bool {
        connector != nil || dialect.namesModelInPath
    }

    /// The path behind the base URL, with its query.
    ///
    /// - Parameters:
    ///   - dialect: What is spoken, one of ``dialects``.
    ///   - model: The upstream's name for the model.
    ///   - isStream: Whether the answer shall stream.
    ///   - account: Whose settings count.
    /// - Returns: The path.
    package func requestPath(_ dialect: Dialect, model: String, isStream: Bool, account: Account) -> String {
        switch connector {
        case nil: return dialect.requestPath(model: model, isStream: isStream)
        case .azure:
            let deployment = Self.step(account.settings["deployment"] ?? model)
            return "/deployments/\(deployment)\(dialect.requestPath)?\(azureQuery(account))"
        case .vertex:
            guard dialect == .anthropicMessages else {
                return "/publishers/google" + dialect.requestPath(model: model, isStream: isStream)
            }
            let action = isStream ? "streamRawPredict" : "rawPredict"
            return "/publishers/anthropic/models/\(Self.step(model)):\(action)"
        }
    }

    /// What is spoken for vectors of texts; `nil` where a provider has none, or none that can be asked for here.
    package var embeddingDialect: Dialect? {
        // Vertex AI asks for them in a way of its own, and the demo has none.
        guard connector != .vertex, id != Provider.demo.id else { return nil }
        if dialects.contains(.openAIChat) { return .openAIChat }
        return dialects.first { $0.embeddingsPath(model: "") != nil }
    }

    /// The path behind the base URL, with its query, at which vectors are made of texts.
    ///
    /// - Parameters:
    ///   - dialect: What is spoken, see ``embeddingDialect``.
    ///   - model: The upstream's name for the model.
    ///   - account: Whose settings count.
    /// - Returns: The path; `nil` where there is none.
    package func embeddingsPath(_ dialect: Dialect, model: String, account: Account) -> String? {
        guard connector == .azure else { return dialect.embeddingsPath(model: model) }
        let deployment = Self.step(account.settings["deployment"] ?? model)
        return "/deployments/\(deployment)/embeddings?\(azureQuery(account))"
    }

    /// The path that lists models and costs nothing; from the host's root where `isWhole`, else behind the base URL.
    ///
    /// - Returns: `nil` where the provider has no such list.
    package func modelsPath(account: Account) -> (path: String, isWhole: Bool)? {
        if let modelsPath { return (modelsPath, true) }
        switch connector {
        case .vertex: return nil
        case .azure: return ("/models?\(azureQuery(account))", false)
        case nil: return dialects.first.map { ($0.modelsPath, false) }
        }
    }

    private func azureQuery(_ account: Account) -> String {
        "api-version=\(account.settings["api_version"] ?? Connector.azureVersion)"
    }

    /// A name as one step of a path.
    private static func step(_ name: String) -> String {
        ModelPath.escaped(name).replacing("/", with: "%2F")
    }

    private static func isAnthropic(_ model: String) -> Bool { model.hasPrefix("claude-") }
}
