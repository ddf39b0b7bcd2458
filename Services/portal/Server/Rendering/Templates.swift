import Mustache

/// The templates, read once: a mistake in one of them stops the start and not a page.
struct Templates: Sendable {
    /// Why a page could not be made.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let library: MustacheLibrary

    init() throws {
        var templates: [String: MustacheTemplate] = [:]
        let files = Self.files
        for (name, bytes) in files {
            let text = String(decoding: bytes, as: UTF8.self)
            // The library writes nothing where a part is missing.
            for part in Self.parts(of: text) where files[String(part)] == nil {
                throw Failure(description: "template \(name): there is no template \(part)")
            }
            do {
                templates[name] = try MustacheTemplate(string: text)
            } catch {
                throw Failure(description: "template \(name): \(error)")
            }
        }
        library = MustacheLibrary(templates: templates)
    }

    /// Renders a page; every `{{name}}` is escaped, `{{{name}}}` is for shapes that ``Plot`` drew.
    func render(_ name: String, _ model: PageModel) throws -> String {
        guard let text = library.render(ModelParts.value(model) ?? model, withTemplate: name) else {
            throw Failure(description: "there is no template \(name)")
        }
        return text
    }

    /// The names of the parts that a template puts in.
    private static func parts(of text: String) -> [Substring] {
        text.split(separator: "{{>").dropFirst().map { $0.prefix { $0 != "}" } }
    }

    private static var files: [String: [UInt8]] {
        [
            "audit": PackageResources.audit_mustache,
            "brand": PackageResources.brand_mustache,
            "cell": PackageResources.cell_mustache,
            "chain": PackageResources.chain_mustache,
            "chains": PackageResources.chains_mustache,
            "chart": PackageResources.chart_mustache,
            "connect": PackageResources.connect_mustache,
            "down": PackageResources.down_mustache,
            "entry": PackageResources.entry_mustache,
            "field": PackageResources.field_mustache,
            "gate": PackageResources.gate_mustache,
            "guardrails": PackageResources.guardrails_mustache,
            "head": PackageResources.head_mustache,
            "heads": PackageResources.heads_mustache,
            "keymade": PackageResources.keymade_mustache,
            "keys": PackageResources.keys_mustache,
            "layout": PackageResources.layout_mustache,
            "looks": PackageResources.looks_mustache,
            "member": PackageResources.member_mustache,
            "overview": PackageResources.overview_mustache,
            "plan": PackageResources.plan_mustache,
            "plans": PackageResources.plans_mustache,
            "problem": PackageResources.problem_mustache,
            "provider": PackageResources.provider_mustache,
            "providerfields": PackageResources.providerfields_mustache,
            "providers": PackageResources.providers_mustache,
            "quotas": PackageResources.quotas_mustache,
            "refusal": PackageResources.refusal_mustache,
            "request": PackageResources.request_mustache,
            "requests": PackageResources.requests_mustache,
            "rows": PackageResources.rows_mustache,
            "undo": PackageResources.undo_mustache,
            "saving": PackageResources.saving_mustache,
            "says": PackageResources.says_mustache,
            "seg": PackageResources.seg_mustache,
            "sessions": PackageResources.sessions_mustache,
            "settings": PackageResources.settings_mustache,
            "sprite": PackageResources.sprite_mustache,
            "usage": PackageResources.usage_mustache,
        ]
    }
}

/// What a template gets: the frame that all pages have, and the page's own part.
struct PageModel {
    let shell: Shell
    let page: Any
}
