package import Dialects
import Synchronization

/// A model at a provider, found.
///
/// A reference: requests hand it from step to step, and to copy a provider costs a count for each of its texts.
package final class RoutedTarget: Hashable, Sendable {
    package let provider: Provider
    /// The provider's own name for the model.
    package let model: String

    /// `provider/model`.
    package let name: String
    /// Where ``ChoiceBook`` keeps its load at hand.
    let load = Mutex<SharedLoad?>(nil)

    package init(provider: Provider, model: String) {
        self.provider = provider
        self.model = model
        name = "\(provider.id)/\(model)"
    }

    package static func == (left: RoutedTarget, right: RoutedTarget) -> Bool {
        left === right || left.model == right.model && left.provider == right.provider
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(provider)
        hasher.combine(model)
    }
}

/// What a model name stands for; a reference, which the requests for the name share.
package final class Resolution: Sendable {
    /// As the client wrote it, without the white space around it.
    package let requested: String
    /// The chain it named, if any.
    package let chain: String?
    /// The usable targets in the order they are declared, none twice.
    package let targets: [RoutedTarget]
    /// How they hang together; `nil` where it was one target's own name.
    package let tree: RouteTree?
    /// Whether its targets are always tried as they are listed.
    package let isFixed: Bool
    /// Whether prices decide the order of some of them.
    package let goesByCost: Bool
    /// Targets that were left out, and why.
    package let excluded: [Exclusion]

    init(requested: String, chain: String?, targets: [RoutedTarget], tree: RouteTree?, excluded: [Exclusion]) {
        self.requested = requested
        self.chain = chain
        self.targets = targets
        self.tree = tree
        isFixed = tree?.isFixed ?? true
        goesByCost = tree?.goesByCost ?? false
        self.excluded = excluded
    }

    /// A target that cannot be used.
    package struct Exclusion: Hashable, Sendable {
        package let name: String
        package let reason: String
    }
}

/// Why a model name stands for nothing.
package struct ResolutionError: Error, Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The name is empty.
        case empty
        /// No chain has this name.
        case unknownChain
        /// No chain, alias or provider has it.
        case unknownModel
        /// The chain or alias comes back to itself.
        case cycle
        /// The chain is longer or deeper than allowed, with its steps' steps.
        case tooLong
        /// It exists, but nothing it names can be used now.
        case unusable
    }

    package let reason: Reason
    /// One sentence for the client, without a hint.
    package let message: String
    /// A name that may be meant.
    ///
    /// It tells of what is configured: show it to those whose key is known.
    package let hint: String?

    package init(_ reason: Reason, _ message: String, hint: String? = nil) {
        self.reason = reason
        self.message = message
        self.hint = hint
    }

    /// The error as the client is told.
    package func clientError(showingHint: Bool) -> ClientError {
        let text = showingHint ? hint.map { "\(message); did you mean \"\($0)\"?" } ?? message : message
        switch reason {
        case .empty, .cycle, .tooLong: return ClientError(.invalidRequest, text, parameter: "model")
        case .unknownChain, .unknownModel:
            return ClientError(.notFound, text, code: "model_not_found", parameter: "model")
        case .unusable: return ClientError(.invalidRequest, text, code: "model_not_usable", parameter: "model")
        }
    }
}
