package import MeterCore
import Secrets

/// The prices, plans and keys that the configuration file declares.
package struct MeterDeclaration: Hashable, Sendable {
    package struct DeclaredPrice: Hashable, Sendable {
        /// `provider/model` in lower case; the model may be `*`.
        package var id: String
        package var price: Price

        package init(id: String, price: Price) {
            self.id = id
            self.price = price
        }
    }

    /// A key of the operator's choosing; the secret itself goes no further than this.
    package struct DeclaredKey: Hashable, Sendable {
        package var name: String
        package var digest: String
        package var display: String
        package var plan: String?
        package var project: String?
        package var allowedModels: [String]
        package var strictLossless: Bool

        package init(
            name: String,
            secret: String,
            plan: String? = nil,
            project: String? = nil,
            allowedModels: [String] = [],
            strictLossless: Bool = false
        ) {
            self.name = name
            self.digest = APIKey.digestHex(secret)
            self.display = APIKey.display(of: secret)
            self.plan = plan
            self.project = project
            self.allowedModels = allowedModels
            self.strictLossless = strictLossless
        }
    }

    package var prices: [DeclaredPrice]
    package var plans: [PlanTerms]
    package var keys: [DeclaredKey]

    package init(prices: [DeclaredPrice] = [], plans: [PlanTerms] = [], keys: [DeclaredKey] = []) {
        self.prices = prices
        self.plans = plans
        self.keys = keys
    }
}

/// A declaration that cannot be applied to what the database holds; it stops the start.
package struct DeclarationError: Error, Hashable, CustomStringConvertible {
    package var problem: String

    package var description: String { problem }
}
