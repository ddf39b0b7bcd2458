import Dialects
import RouterCore
import Secrets

/// What an account's settings are once its key has been read: some keys say where they belong.
enum AccountSettings {
    /// The settings with those that the key holds, where the account does not set them itself.
    static func filled(_ settings: [String: String], key: String?, of provider: Provider) -> [String: String] {
        var filled = settings
        for (name, value) in told(by: key, of: provider) where filled[name] == nil { filled[name] = value }
        return filled
    }

    /// Why a setting and the key cannot both be right; `nil` where they can.
    static func contradiction(_ settings: [String: String], key: String?, of provider: Provider) -> String? {
        guard provider.dialects.contains(.bedrock), let region = settings["region"],
            let told = told(by: key, of: provider)["region"], told != region
        else { return nil }
        return "region: the access key is for another one, \(told)"
    }

    private static func told(by key: String?, of provider: Provider) -> [String: String] {
        guard let key else { return [:] }
        if provider.connector == .vertex {
            guard let project = try? ServiceAccountJSON.read(key).project else { return [:] }
            return ["project": project]
        }
        guard provider.dialects.contains(.bedrock), let credential = try? AmazonCredential(key) else { return [:] }
        return ["region": credential.region]
    }
}
