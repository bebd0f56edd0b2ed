using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting;

/// <summary>Reads the options that have a configuration key.</summary>
internal sealed class ConfiguredOptions(IConfiguration configuration, IServiceProvider services)
    : IConfigureOptions<TipiServerOptions>
{
    private const string TransportKey = "Tipi:Transport";

    public void Configure(TipiServerOptions options)
    {
        options.ApplicationServices = services;
        string? transport = configuration[TransportKey];
        if (string.IsNullOrEmpty(transport)) return;
        if (!Enum.TryParse(transport, ignoreCase: true, out TipiTransport parsed) || !Enum.IsDefined(parsed))
            throw new InvalidOperationException(
                $"{TransportKey} is \"{transport}\"; it can be {string.Join(", ", Enum.GetNames<TipiTransport>())}.");
        options.Transport = parsed;
    }
}
