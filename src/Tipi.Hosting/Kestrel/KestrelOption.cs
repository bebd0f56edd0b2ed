using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Kestrel;

/// <summary>One value of Kestrel's options, and the same of Tipi's.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="Told">Reads Kestrel's.</param>
/// <param name="Has">Reads Tipi's.</param>
/// <param name="Take">Copies Kestrel's to Tipi's.</param>
internal sealed record KestrelOption(
    string Name, Func<KestrelServerOptions, object?> Told, Func<TipiServerOptions, object?> Has,
    Action<TipiServerOptions, KestrelServerOptions> Take)
{
    internal static KestrelOption Of<T>(
        string name, Func<KestrelServerOptions, T> told, Func<TipiServerOptions, T> has,
        Action<TipiServerOptions, T> set) =>
        new(name, options => told(options), options => has(options), (tipi, kestrel) => set(tipi, told(kestrel)));

    /// <summary>True when somebody has set it; the default that is set cannot be seen.</summary>
    internal bool IsTold(KestrelServerOptions options) => !AreSame(Told(options), Told(KestrelDefaults.Server));

    /// <summary>True when the value that was told is in force.</summary>
    internal bool IsInForce(KestrelServerOptions kestrel, TipiServerOptions tipi) => AreSame(Told(kestrel), Has(tipi));

    private static bool AreSame(object? one, object? other) =>
        one is MinDataRate rate && other is MinDataRate second
            ? KestrelDefaults.AreSame(rate, second)
            : Equals(one, other);
}
