import Contracts

extension ServiceError {
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
        throw .invalid(field, error.problem)
    }
}
