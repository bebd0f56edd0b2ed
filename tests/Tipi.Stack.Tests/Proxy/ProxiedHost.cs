namespace Tipi.Stack.Tests.Proxy;

/// <summary>An origin, and a proxy in front of it, both on the server that is tested.</summary>
internal sealed class ProxiedHost : IAsyncDisposable
{
    private readonly StackHost _origin;
    private readonly StreamingProxy _proxy;

    private ProxiedHost(StackHost origin, StreamingProxy proxy, StackHost front)
    {
        _origin = origin;
        _proxy = proxy;
        Front = front;
    }

    /// <summary>What the client speaks to.</summary>
    internal StackHost Front { get; }

    internal static async Task<ProxiedHost> StartAsync(StackServer server, Action<WebApplication> buildOrigin)
    {
        StackHost origin = await StackHost.StartAsync(server, buildOrigin);
        var proxy = new StreamingProxy(origin.Address);
        StackHost front = await StackHost.StartAsync(server, app => app.Run(proxy.ForwardAsync));
        return new ProxiedHost(origin, proxy, front);
    }

    public async ValueTask DisposeAsync()
    {
        await Front.DisposeAsync();
        _proxy.Dispose();
        await _origin.DisposeAsync();
    }
}
