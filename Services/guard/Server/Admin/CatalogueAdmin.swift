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
        let catalogue = policies.builder.catalogue
        let builtin = Set(Catalogue.builtin.files.map(\.name))
        return catalogue.files.map { file in
            let ids = Set(file.entries.map(\.id))
            return CatalogueItem(
                id: file.name,
                detector: file.detector.rawValue,
                languages: Set(file.entries.flatMap(\.languages)).sorted(),
                patterns: file.entries.count,
                quarantined: policies.builder.quarantined(file.detector).filter(ids.contains),
                builtin: builtin.contains(file.name),
                etag: catalogue.version
            )
        }
    }
}
