using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Exchange;

/// <summary>What all requests of a server share.</summary>
internal sealed class ExchangeContext(ServerContext server, Application application)
{
    internal ServerContext Server { get; } = server;

    internal Application Application { get; } = application;

    /// <summary>What makes strings of received bytes.</summary>
    internal HotPool<ReceivedText> Texts { get; } = new(() => ReceivedText.For(server.Options));
}
