using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Reads the host's configuration into the options: the section <c>Tipi</c>, and <c>Kestrel</c> for what the first does
/// not say, so that existing files go on to work.
/// </summary>
internal sealed class ConfiguredOptions(IConfiguration configuration, IServiceProvider services)
    : IConfigureOptions<TipiServerOptions>
{
    public void Configure(TipiServerOptions options)
    {
        options.ApplicationServices = services;
        options.Configure(
            [configuration.GetSection("Tipi"), configuration.GetSection("Kestrel")], reloadOnChange: true);
    }
}
