using Microsoft.AspNetCore.Connections;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Connections;

/// <summary>What a connection knows of the endpoint it came by. Does not change after the endpoint is bound.</summary>
internal sealed class ServerEndpoint
{
    /// <param name="options">What the endpoint is to be.</param>
    /// <param name="server">Counts for the endpoints that have the server's limits.</param>
    /// <param name="serve">What comes after the endpoint's middleware.</param>
    /// <param name="former">The same endpoint as it was before its limits changed; its counts go on.</param>
    internal ServerEndpoint(
        TipiListenOptions options, ServerContext server, ConnectionDelegate serve, ServerEndpoint? former = null)
    {
        Options = options;
        Limits = options.MakeLimits();
        Admission = ReferenceEquals(Limits, server.Options.Limits)
            ? server.Admission
            : OwnAdmission(former?.Admission, server);
        Http1Limits = new Http1Limits
        {
            MaxRequestLineSize = Limits.MaxRequestLineSize,
            MaxHeadersTotalSize = Limits.MaxRequestHeadersTotalSize,
            MaxHeaderCount = Limits.MaxRequestHeaderCount,
            Strictness = options.Strictness,
            AllowHostOverride = options.Shared.AllowHostHeaderOverride,
        };
        if (options.HasMiddleware) Pipeline = options.Build(serve);
    }

    internal TipiListenOptions Options { get; }

    /// <summary>The limits of this endpoint: the server's, or its own.</summary>
    internal TipiServerLimits Limits { get; }

    internal Admission Admission { get; }

    internal Http1Limits Http1Limits { get; }

    /// <summary>
    /// Reads the header of a proxy in front, before everything else; false where it rejects the connection. Null
    /// without one.
    /// </summary>
    internal Func<ConnectionContext, ValueTask<bool>>? Proxy { get; init; }

    /// <summary>What comes before HTTP; null when nothing does.</summary>
    internal ConnectionDelegate? Pipeline { get; }

    private Admission OwnAdmission(Admission? former, ServerContext server)
    {
        if (former is null || ReferenceEquals(former, server.Admission)) return new Admission(Limits);
        former.Limits = Limits;
        return former;
    }
}
