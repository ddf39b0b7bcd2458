import Contracts

/// What edits and lists are refused with.
extension ServiceError {
    static func badItem(_ field: String, _ problem: String) -> ServiceError {
        ServiceError(.invalidArgument, reason: "invalid_item", message: "\(field): \(problem)", origin: .client)
    }

    static func noSuch(_ noun: String, _ id: String) -> ServiceError {
        ServiceError(.notFound, reason: "not_found", message: "there is no \(noun) \(id)", origin: .client)
    }

    static func declaredItem(_ noun: String, _ id: String) -> ServiceError {
        ServiceError(
            .failedPrecondition,
            reason: "declared",
            message: "the \(noun) \(id) is declared in the configuration file and is changed there",
            origin: .client
        )
    }

    static func otherVersion(_ noun: String, _ id: String) -> ServiceError {
        ServiceError(
            .aborted,
            reason: "etag_mismatch",
            message: "the \(noun) \(id) was changed by somebody else; read it again",
            origin: .client
        )
    }

    static func taken(_ noun: String, _ problem: String) -> ServiceError {
        ServiceError(.alreadyExists, reason: "already_exists", message: "\(noun): \(problem)", origin: .client)
    }

    static func tooMany(_ nouns: String, _ limit: Int) -> ServiceError {
        ServiceError(
            .resourceExhausted,
            reason: "too_many_items",
            message: "there may be \(limit) \(nouns); delete some first",
            origin: .client
        )
    }

    static func inUse(_ item: String, _ problem: String) -> ServiceError {
        ServiceError(.failedPrecondition, reason: "in_use", message: "\(item): \(problem)", origin: .client)
    }

    static let notSealed = ServiceError(
        .internal,
        reason: "seal_failed",
        message: "the secret could not be sealed; check the master key",
        origin: .gateway
    )
}

/// Checks by the rules that declarations follow too.
func checked<Value>(
    _ field: String,
    _ check: () throws(RuleError) -> Value
) throws(ServiceError) -> Value {
    do throws(RuleError) {
        return try check()
    } catch {
        throw .badItem(field, error.problem)
    }
}
