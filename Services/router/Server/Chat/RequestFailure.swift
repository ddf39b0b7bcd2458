import Contracts
package import Dialects
package import HTTP
package import NIOCore
package import NIOHTTP1

/// How a request ends without an answer of a model; a reference, as every step of a request has room for one.
package indirect enum RequestFailure: Error {
    /// An error in the client's dialect.
    case error(ClientError)
    /// The body could not be read; the edge's own error decides the status.
    case edge(HTTPServerError)
    /// The provider's own error, in the client's dialect, as it came.
    case passed(status: HTTPResponseStatus, headers: HTTPHeaders, body: ByteBuffer)
    /// Nobody is there to be told.
    case clientGone
}
