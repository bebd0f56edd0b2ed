using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;

namespace Tipi.Hosting.Http1;

/// <summary>What all HTTP/1 connections of a server share.</summary>
internal sealed class Http1Context(
    ExchangeContext shared, Schedulers schedulers,
    Func<ServerConnection, ProtocolChange, IConnectionProtocol> change)
{
    internal ExchangeContext Shared { get; } = shared;

    internal Schedulers Schedulers { get; } = schedulers;

    /// <summary>What reads heads.</summary>
    internal HotPool<Http1HeadReader> HeadReaders { get; } =
        new(() => new Http1HeadReader(ReceivedText.For(shared.Server.Options)));

    /// <summary>Makes what the connection speaks after a change.</summary>
    internal Func<ServerConnection, ProtocolChange, IConnectionProtocol> Change { get; } = change;
}
