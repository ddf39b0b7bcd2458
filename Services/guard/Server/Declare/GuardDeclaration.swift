package import Contracts

/// The policies that the configuration file declares, one for each scope.
package struct GuardDeclaration: Hashable, Sendable {
    package var policies: [PolicyItem]

    package init(policies: [PolicyItem] = []) {
        self.policies = policies
    }
}
