/// What every service's admin methods refuse with: one code, reason and wording for each case.
extension ServiceError {
    /// A field of an item, or of a request about items, is not acceptable.
    public static func invalid(_ field: String, _ problem: String) -> ServiceError {
        ServiceError(.invalidArgument, reason: "invalid_item", message: "\(field): \(problem)", origin: .client)
    }

    /// There is no item of this id.
    public static func noSuch(_ resource: String, _ id: String) -> ServiceError {
        ServiceError(.notFound, reason: "not_found", message: "there is no \(resource) \(id)", origin: .client)
    }

    /// The item is the configuration file's.
    public static func declaredItem(_ resource: String, _ id: String) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            reason: "declared",
            message: "the \(resource) \(id) is declared in the configuration file and is changed there",
            origin: .client
        )
    }

    /// The caller has read another version than there is.
    public static func etagMismatch(_ resource: String, _ id: String) -> ServiceError {
        ServiceError(
            .aborted,
            reason: "etag_mismatch",
            message: "the \(resource) \(id) was changed by somebody else; read it again",
            origin: .client
        )
    }

    /// What has to be unique is taken.
    public static func exists(_ resource: String, _ problem: String) -> ServiceError {
        ServiceError(.alreadyExists, reason: "already_exists", message: "\(resource): \(problem)", origin: .client)
    }

    /// There are as many items as there may be.
    public static func full(_ resources: String, _ limit: Int) -> ServiceError {
        ServiceError(
            .resourceExhausted,
            reason: "too_many_items",
            message: "there may be \(limit) \(resources); delete some first",
            origin: .client
        )
    }

    /// Something else needs the item.
    public static func inUse(_ item: String, _ problem: String) -> ServiceError {
        ServiceError(.failedPrecondition, reason: "in_use", message: "\(item): \(problem)", origin: .client)
    }
}
