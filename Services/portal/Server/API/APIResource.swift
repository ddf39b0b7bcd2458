import Contracts
import HTTPTypes
import Hummingbird
import PortalCore

/// A resource of a service's `Admin` as the API offers it.
struct APIResource<Item: AdminItem>: Sendable {
    enum Access: Sendable {
        case list
        case read
        case edit
    }

    let resource: AdminResource<Item>
    /// The end of its path: `keys`.
    let path: String
    /// One of it, for names of operations: `Key`.
    let singular: String
    /// The service, for grouping.
    let tag: String
    let access: Access
    /// What lists may be narrowed by.
    let filters: [String]
    /// Takes out of an item what no answer may hold.
    var clean: @Sendable (Item) -> Item = { $0 }

    private var plural: String { path.prefix(1).uppercased() + path.dropFirst() }

    func operations(_ parts: PortalParts) -> [APIOperation] {
        var operations = [list(parts)]
        if access != .list { operations.append(get(parts)) }
        if access == .edit { operations += [create(parts), put(parts), delete(parts)] }
        return operations
    }

    private func list(_ parts: PortalParts) -> APIOperation {
        let (resource, filters, clean) = (resource, filters, clean)
        let query: [APIOperation.Query] =
            [
                .init(name: "page_token", schema: .string, summary: "The `next` of the page before."),
                .init(name: "page_size", schema: .integer, summary: "1 to 500; 100 when missing."),
            ] + filters.map { .init(name: $0, schema: .string, summary: "Only those with this \($0).") }
        return APIOperation(
            verb: .get,
            path: "/api/\(path)",
            id: "list\(plural)",
            tag: tag,
            summary: "Lists \(path), page by page.",
            query: query,
            output: .json(ListReply<Item>.schema, status: 200)
        ) { call in
            let known = Set(query.map(\.name))
            for (name, _) in call.request.uri.queryParameters where !known.contains(String(name)) {
                throw ServiceError.invalid(String(name), "is no parameter of this list")
            }
            var filter: [String: String] = [:]
            for name in filters { filter[name] = call.query(name) }
            let request = ListRequest(
                pageToken: call.query("page_token"),
                pageSize: try call.number("page_size") ?? 100,
                filter: filter
            )
            var reply = try await parts.peers.call(resource.list, request)
            reply.items = reply.items.map(clean)
            return Reply.json(reply)
        }
    }

    private func get(_ parts: PortalParts) -> APIOperation {
        let (resource, clean) = (resource, clean)
        return APIOperation(
            verb: .get,
            path: "/api/\(path)/{id}",
            id: "get\(singular)",
            tag: tag,
            summary: "Answers one of the \(path); its version is in `ETag`.",
            output: .json(Item.schema, status: 200)
        ) { call in
            Reply.json(clean(try await parts.peers.call(resource.get, GetRequest(id: call.id))))
        }
    }

    private func create(_ parts: PortalParts) -> APIOperation {
        let (resource, path, clean) = (resource, path, clean)
        return APIOperation(
            verb: .post,
            path: "/api/\(path)",
            id: "create\(singular)",
            tag: tag,
            summary: "Makes one of the \(path) and answers it as it stands then.",
            body: Item.schema,
            output: .json(Item.schema, status: 201)
        ) { call in
            let item = try await parts.acts.put(resource, call.body(Item.self), call.context)
            return Reply.json(clean(item), status: .created, location: "/api/\(path)/\(PathText.segment(item.id))")
        }
    }

    private func put(_ parts: PortalParts) -> APIOperation {
        let (resource, clean) = (resource, clean)
        return APIOperation(
            verb: .put,
            path: "/api/\(path)/{id}",
            id: "put\(singular)",
            tag: tag,
            summary: "Replaces one of the \(path); with `If-Match` only that version.",
            body: Item.schema,
            output: .json(Item.schema, status: 200),
            takesEtag: true
        ) { call in
            let item = try await call.body(Item.self)
            let id = try call.id
            guard item.id == id else { throw ServiceError.invalid("id", "must be the one of the path, \(id)") }
            return Reply.json(clean(try await parts.acts.put(resource, item, etag: call.etag, call.context)))
        }
    }

    private func delete(_ parts: PortalParts) -> APIOperation {
        let resource = resource
        return APIOperation(
            verb: .delete,
            path: "/api/\(path)/{id}",
            id: "delete\(singular)",
            tag: tag,
            summary: "Deletes one of the \(path); with `If-Match` only that version.",
            output: .nothing,
            takesEtag: true
        ) { call in
            try await parts.acts.delete(resource, call.id, etag: call.etag, call.context)
            return Response(status: .noContent)
        }
    }
}
