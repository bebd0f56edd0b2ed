using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// Refuses the start where <c>UseKestrel</c> came after <c>UseTipi</c> and Kestrel would serve in its place. Other
/// servers, as that of tests, are chosen on purpose.
/// </summary>
internal sealed class ServerGuard(IServiceProvider services) : IStartupFilter
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel.";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        string? server = services.GetService<IServer>()?.GetType().FullName;
        if (server?.StartsWith(Kestrel, StringComparison.Ordinal) != true) return next;
        throw new InvalidOperationException(
            "UseKestrel was called after UseTipi, so Kestrel would serve the application instead of Tipi. To use Tipi, "
            + "call ConfigureKestrel(…) instead of UseKestrel(…), or call UseTipi last: it takes over Kestrel's "
            + "options. To use Kestrel, do not call UseTipi.");
    }
}
