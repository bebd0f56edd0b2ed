using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// The peer violated the protocol. Thrown by <see cref="Http1Reader"/>, which cannot be used afterwards.
/// </summary>
public sealed class Http1ProtocolException : IOException
{
    /// <summary>An exception for an error.</summary>
    public Http1ProtocolException(ProtocolError error) : base(error.Message) => Error = error;

    /// <summary>The error; <c>Error.StatusCode</c> is the status to reject a request with.</summary>
    public ProtocolError Error { get; }
}
