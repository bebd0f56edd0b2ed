using Tipi.Hosting;
using Tipi.Transport.Uring;

namespace Tipi.Compare.App;

/// <summary>Puts the web server that was asked for under the application; everything else stays the same.</summary>
internal static class ServerChoice
{
    public static IReadOnlyList<string> Names { get; } =
        ["tipi", "tipi-sockets", "kestrel", "kestrel-inline", "kestrel-uring"];

    public static void Apply(string name, IWebHostBuilder web)
    {
        // No server sends a Server field, so that the answers of all have the same fields and the same length.
        switch (name)
        {
            case "tipi":
                web.UseTipi(options => options.AddServerHeader = false);
                break;
            case "tipi-sockets":
                web.UseTipi(options =>
                {
                    options.AddServerHeader = false;
                    options.Transport = TipiTransport.Sockets;
                });
                break;
            case "kestrel":
                web.UseKestrel(options => options.AddServerHeader = false);
                break;
            case "kestrel-inline":
                web.UseKestrel(options => options.AddServerHeader = false);
                web.UseSockets(options => options.UnsafePreferInlineScheduling = true);
                break;
            case "kestrel-uring":
                web.UseKestrel(options => options.AddServerHeader = false);
                web.UseUringTransport();
                break;
            default:
                throw new ArgumentException($"Unknown server '{name}'.", nameof(name));
        }
    }
}
