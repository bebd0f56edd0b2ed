using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>The peer broke the protocol. Thrown by <see cref="Http1Reader"/>, which cannot go on after it.</summary>
public sealed class Http1ProtocolException : IOException
{
    /// <summary>An exception for an error.</summary>
    public Http1ProtocolException(ProtocolError error) : base(error.Message) => Error = error;

    /// <summary>What is wrong; <c>Error.StatusCode</c> is the status to refuse a request with.</summary>
    public ProtocolError Error { get; }
}
