using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tipi.Hosting;

/// <summary>What endpoints start from besides code given to Tipi: configuration, and what Kestrel was told.</summary>
internal interface IOptionsSource
{
    /// <summary>Sets what every endpoint starts from.</summary>
    void ApplyTo(TipiListenOptions endpoint);

    /// <summary>Sets what every endpoint with HTTPS starts from.</summary>
    void ApplyTo(HttpsConnectionAdapterOptions options);
}
