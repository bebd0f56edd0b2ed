using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Parity.Servers;

/// <summary>The same settings in the words of both servers.</summary>
internal sealed record Settings(Action<KestrelServerOptions> OnKestrel, Action<TipiServerOptions> OnTipi)
{
    /// <summary>Everything as it comes.</summary>
    internal static Settings Defaults { get; } = new(static _ => { }, static _ => { });
}
