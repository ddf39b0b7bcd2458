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
        ("injection-answers.json", PackageResources.injection_answers_json),
        ("injection-documents.json", PackageResources.injection_documents_json),
        ("injection-duties.json", PackageResources.injection_duties_json),
        ("injection-freed.json", PackageResources.injection_freed_json),
        ("injection-games.json", PackageResources.injection_games_json),
        ("injection-holds.json", PackageResources.injection_holds_json),
        ("injection-ill-will.json", PackageResources.injection_ill_will_json),
        ("injection-leaks.json", PackageResources.injection_leaks_json),
        ("injection-machines.json", PackageResources.injection_machines_json),
        ("injection-minds.json", PackageResources.injection_minds_json),
        ("injection-offices.json", PackageResources.injection_offices_json),
        ("injection-permissions.json", PackageResources.injection_permissions_json),
        ("injection-powers.json", PackageResources.injection_powers_json),
        ("injection-pretexts.json", PackageResources.injection_pretexts_json),
        ("injection-selves.json", PackageResources.injection_selves_json),
        ("injection-turns.json", PackageResources.injection_turns_json),
        ("injection-two-answers.json", PackageResources.injection_two_answers_json),
        ("injection-voices.json", PackageResources.injection_voices_json),
        ("injection-vows.json", PackageResources.injection_vows_json),
        ("toxicity.json", PackageResources.toxicity_json),
        ("toxicity-forms.json", PackageResources.toxicity_forms_json),
        ("bias.json", PackageResources.bias_json),
        ("bias-forms.json", PackageResources.bias_forms_json),
        ("topics.json", PackageResources.topics_json),
        ("code.json", PackageResources.code_json),
    ]
}
