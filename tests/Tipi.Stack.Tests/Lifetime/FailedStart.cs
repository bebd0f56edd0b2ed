using System.Runtime.CompilerServices;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>A host that does not start, and the one after it that does.</summary>
internal static class FailedStart
{
    /// <summary>Makes a host, starts it, and wants an exception whose message names all of these.</summary>
    /// <returns>The service provider; nothing where not even the host could be made.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static async Task<WeakReference> OfAsync(Func<IHost> build, params string[] named)
    {
        IHost? host = null;
        Exception? error = await Record.ExceptionAsync(() =>
        {
            host = build();
            return host.StartAsync();
        });
        var services = new WeakReference(host?.Services);
        await DisposeAsync(host);
        Assert.NotNull(error);
        Assert.All(named, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
        return services;
    }

    /// <summary>Starts a host and is answered by it.</summary>
    internal static async Task IsOverAsync(IHost host)
    {
        await host.StartAsync();
        using var client = new HttpClient();
        Assert.Equal("tipi", await client.GetStringAsync(new Uri(StackHost.AddressOf(host.Services))));
        await host.StopAsync();
    }

    private static async Task DisposeAsync(IHost? host)
    {
        if (host is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
        else host?.Dispose();
    }
}
