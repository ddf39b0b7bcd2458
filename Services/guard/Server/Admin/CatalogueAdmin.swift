import Contracts
import GuardCore

/// Lists the detectors with their patterns.
struct CatalogueAdmin: Sendable {
    let policies: PolicyHolder

    func list(_ request: ListRequest) throws(ServiceError) -> ListReply<CatalogueItem> {
        try AdminContext.check(request, allowed: [])
        return ListReply(items: items)
    }

    func get(_ request: GetRequest) throws(ServiceError) -> CatalogueItem {
        guard let item = items.first(where: { $0.id == request.id }) else { throw .noSuch("catalogue", request.id) }
        return item
    }

    private var items: [CatalogueItem] {
        let languages: [Detector: [String]] = [.pii: ["*"], .injection: ["en", "id", "es", "de", "fr", "zh", "ru"]]
        return [Detector.pii, .injection].map { detector in
            CatalogueItem(
                id: detector.rawValue,
                detector: detector.rawValue,
                languages: languages[detector] ?? [],
                patterns: Catalogue.builtin.entries.count { $0.detector == detector },
                quarantined: policies.builder.quarantined(detector),
                builtin: true,
                etag: Catalogue.builtin.version
            )
        }
    }
}
