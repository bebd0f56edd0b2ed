using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting;

namespace Tipi.Parity.Servers;

/// <summary>The same settings in the words of both servers.</summary>
internal sealed record Settings(Action<KestrelServerOptions> OnKestrel, Action<TipiServerOptions> OnTipi)
{
    /// <summary>Everything as it comes.</summary>
    internal static Settings Defaults { get; } = new(static _ => { }, static _ => { });

    /// <summary>Only HTTP/2, without TLS: Kestrel speaks both on one port only where TLS tells them apart.</summary>
    internal static Settings Http2 { get; } = Defaults with { Protocols = HttpProtocols.Http2 };

    /// <summary>TLS, and what it agrees on.</summary>
    internal static Settings Tls { get; } = Defaults with { Https = static _ => { } };

    /// <summary>What is spoken where the server listens.</summary>
    internal HttpProtocols Protocols { get; init; } = HttpProtocols.Http1AndHttp2;

    /// <summary>Changes TLS where the server listens; null: there is none.</summary>
    internal Action<HttpsConnectionAdapterOptions>? Https { get; init; }
}
