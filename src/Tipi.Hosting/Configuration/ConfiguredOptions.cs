using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Kestrel;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Reads the host's configuration into the options: the section <c>Tipi</c>, and <c>Kestrel</c> for what the first does
/// not say, so that existing files go on to work. What code told Kestrel comes after it.
/// </summary>
internal sealed class ConfiguredOptions(IConfiguration configuration, IServiceProvider services)
    : IConfigureOptions<TipiServerOptions>
{
    public void Configure(TipiServerOptions options)
    {
        options.ApplicationServices = services;
        KestrelOptions kestrel = KestrelOptions.Read(services);
        options.ReadConfiguration = ConfigurationReading.Read;
        options.Configure(
            [configuration.GetSection("Tipi"), kestrel.Section ?? configuration.GetSection("Kestrel")],
            reloadOnChange: true);
        // What code tells these options comes later and wins.
        options.Shared.Told = kestrel;
        kestrel.ApplyTo(options);
    }
}
