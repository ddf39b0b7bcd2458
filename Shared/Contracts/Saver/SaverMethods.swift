/// The methods of `saver.v1.Saver`.
public enum SaverMethods {
    /// Makes a request smaller.
    public static let compress = RPCMethod<CompressRequest, CompressReply>(
        "saver.v1.Saver/Compress",
        isIdempotent: true
    )
    /// Which scopes have savers and which directives they add, now and whenever it changes.
    public static let settings = RPCServerStream<Empty, SaverSettings, Empty>("saver.v1.Saver/Settings")
}

/// The methods of `saver.v1.Admin`.
public struct SaverAdmin: Sendable {
    /// The savers by scope.
    public let settings = AdminResource<SettingItem>(package: "saver.v1", singular: "Setting", plural: "Settings")
    /// The servers that savers ask, and whether they are ready; list only.
    public let probes = AdminResource<ProbeItem>(package: "saver.v1", singular: "Probe", plural: "Probes")
    /// What was put and deleted.
    public let watch = AdminWatch("saver.v1.Admin/Watch")

    var descriptions: [MethodDescription] {
        var methods = settings.descriptions(.edit, "settings")
        methods += probes.descriptions(.list, "servers that savers ask, as they are now")
        return methods + [.watch(watch)]
    }
}

extension ServiceDescription {
    /// The saver: smaller requests and shorter answers.
    public static let saver = ServiceDescription(
        name: "saver",
        summary: "Makes requests smaller and answers shorter, the same bytes for the same text under one epoch.",
        methods: [
            MethodDescription(SaverMethods.compress, "Answers smaller texts and directives to add."),
            MethodDescription(SaverMethods.settings, "Streams which scopes have savers, now and at every change."),
        ] + AdminMethods.saverV1.descriptions
    )
}
