using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Compare.App;

/// <summary>The same short limits on every server, so that an attack shows its end within seconds.</summary>
internal static class ShortLimits
{
    private static readonly TimeSpan Headers = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(10);
    private static readonly MinDataRate Rate = new(240, TimeSpan.FromSeconds(2));

    public static void Apply(IServiceCollection services)
    {
        services.Configure<TipiServerOptions>(options =>
        {
            options.Limits.RequestHeadersTimeout = Headers;
            options.Limits.KeepAliveTimeout = KeepAlive;
            options.Limits.MinRequestBodyDataRate = Rate;
            options.Limits.MinResponseDataRate = Rate;
        });
        services.Configure<KestrelServerOptions>(options =>
        {
            options.Limits.RequestHeadersTimeout = Headers;
            options.Limits.KeepAliveTimeout = KeepAlive;
            options.Limits.MinRequestBodyDataRate = Rate;
            options.Limits.MinResponseDataRate = Rate;
        });
    }
}
