/// What `List`, `Get`, `Put` and `Delete` are about.
public protocol AdminItem: WireMessage, Identifiable where ID == String {}

/// The methods of one resource of a service's `Admin`.
///
/// Edits carry the etag that was read; a declared item answers FAILED_PRECONDITION.
public struct AdminResource<Item: AdminItem>: Sendable {
    /// The resource's name in `Watch` and in list methods, in the plural.
    public let name: String
    /// `List…`: the items, page by page.
    public let list: RPCMethod<ListRequest, ListReply<Item>>
    /// `Get…`: one item.
    public let get: RPCMethod<GetRequest, Item>
    /// `Put…`: makes or replaces an item and answers it as it stands then.
    public let put: RPCMethod<PutRequest<Item>, Item>
    /// `Delete…`: takes an item away.
    public let delete: RPCMethod<DeleteRequest, Empty>

    /// Names the methods after the resource: `meter.v1.Admin/ListKeys`, `meter.v1.Admin/GetKey` and so on.
    public init(package service: String, singular: String, plural: String) {
        name = plural
        list = RPCMethod("\(service).Admin/List\(plural)", isIdempotent: true)
        get = RPCMethod("\(service).Admin/Get\(singular)", isIdempotent: true)
        put = RPCMethod("\(service).Admin/Put\(singular)")
        delete = RPCMethod("\(service).Admin/Delete\(singular)")
    }

    /// What may be done with a resource.
    enum Access {
        case list
        case read
        case edit
    }

    /// The methods that a service answers for it.
    func descriptions(_ access: Access, _ items: String) -> [MethodDescription] {
        var methods = [MethodDescription(list, "Lists \(items), page by page.")]
        guard access != .list else { return methods }
        methods.append(MethodDescription(get, "Answers one of the \(items)."))
        guard access == .edit else { return methods }
        methods.append(
            MethodDescription(put, "Makes or replaces one of the \(items); FAILED_PRECONDITION when declared.")
        )
        methods.append(MethodDescription(delete, "Deletes one of the \(items); FAILED_PRECONDITION when declared."))
        return methods
    }
}

/// The stream of changes that every `Admin` has.
public typealias AdminWatch = RPCServerStream<WatchRequest, AdminChange, Empty>

extension MethodDescription {
    static func watch(_ stream: AdminWatch) -> MethodDescription {
        MethodDescription(stream, "Streams what is put and deleted, from now on.")
    }
}
