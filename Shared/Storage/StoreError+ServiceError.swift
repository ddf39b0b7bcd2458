package import Contracts

extension ServiceError {
    /// What a caller hears when a service's store fails; the store's own words stay in the cause.
    package init(_ error: StoreError, of service: String) {
        let isPassing =
            switch error.kind {
            case .busy, .full, .unavailable, .cancelled: true
            default: false
            }
        self.init(
            isPassing ? .unavailable : .internal,
            reason: "store_\(Self.name(of: error.kind))",
            message: "the \(service)'s database did not do what was asked; its log says why",
            origin: .store,
            retry: isPassing ? .same(afterMilliseconds: 1000) : .no,
            cause: error
        )
    }

    private static func name(of kind: StoreError.Kind) -> String {
        switch kind {
        case .unavailable: "unavailable"
        case .busy: "busy"
        case .cancelled: "cancelled"
        case .constraint: "constraint"
        case .newerSchema: "newer_schema"
        case .corrupt: "corrupt"
        case .full: "full"
        case .readOnly: "read_only"
        case .migration: "migration"
        case .other: "other"
        }
    }
}
