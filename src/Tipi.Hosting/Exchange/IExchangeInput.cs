using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace Tipi.Hosting.Exchange;

/// <summary>The way in for one request's body, given by the protocol's version.</summary>
internal interface IExchangeInput
{
    /// <summary>The body's bytes, without framing.</summary>
    PipeReader Reader { get; }

    /// <summary>False when the head says that no body follows.</summary>
    bool CanHaveBody { get; }

    /// <summary>True once the application has begun to read.</summary>
    bool HasStarted { get; }

    /// <summary>Bytes the body may have; null: no limit. Counts from the next read.</summary>
    long? MaxSize { get; set; }

    /// <summary>Trailers, once the body has ended; before that null.</summary>
    IHeaderDictionary? Trailers { get; }

    /// <summary>True when the client asks for another protocol on this connection.</summary>
    bool IsUpgradable { get; }

    /// <summary>
    /// The protocol that a CONNECT asks to speak through this exchange (RFC 8441); null for other requests.
    /// </summary>
    string? TunnelProtocol { get; }

    /// <summary>From here on the connection's bytes, in both directions, are the application's.</summary>
    void Upgrade();
}
