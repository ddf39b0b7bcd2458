/// The files of `Services/guard/Core/Catalogues`, which the build puts into the program.
package enum BuiltinCatalogue {
    /// One that could not be read is left out: its tests fail before it is ever built into a release.
    static let files: [CatalogueFile] = sources.compactMap { try? CatalogueFile($0.bytes, name: $0.name) }

    package static let sources: [(name: String, bytes: [UInt8])] = [
        ("pii.json", PackageResources.pii_json),
        ("pii-indonesia.json", PackageResources.pii_indonesia_json),
        ("secrets.json", PackageResources.secrets_json),
        ("injection.json", PackageResources.injection_json),
        ("injection-languages.json", PackageResources.injection_languages_json),
        ("injection-personas.json", PackageResources.injection_personas_json),
        ("injection-forms.json", PackageResources.injection_forms_json),
        ("injection-acts.json", PackageResources.injection_acts_json),
        ("toxicity.json", PackageResources.toxicity_json),
        ("toxicity-forms.json", PackageResources.toxicity_forms_json),
        ("bias.json", PackageResources.bias_json),
        ("bias-forms.json", PackageResources.bias_forms_json),
        ("topics.json", PackageResources.topics_json),
        ("code.json", PackageResources.code_json),
    ]
}
