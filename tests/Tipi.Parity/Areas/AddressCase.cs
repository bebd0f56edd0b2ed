using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Parity.Areas;

/// <summary>One way to say where a server listens.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Arguments">The command line; A, B and C in capital letters after a colon are free ports.</param>
internal sealed record AddressCase(string Name, params string[] Arguments)
{
    /// <summary>Configuration of the app, with the same letters.</summary>
    internal IReadOnlyDictionary<string, string?> Configuration { get; init; } = new Dictionary<string, string?>();

    /// <summary>Endpoints in code, on the port C.</summary>
    internal Action<KestrelServerOptions, int>? OnKestrel { get; init; }

    /// <summary>The same for Tipi.</summary>
    internal Action<TipiServerOptions, int>? OnTipi { get; init; }

    /// <summary>Binds a port that cannot be chosen.</summary>
    internal bool IsFixed { get; init; }
}
