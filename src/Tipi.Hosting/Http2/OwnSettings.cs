using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>What the server tells each client of itself.</summary>
internal static class OwnSettings
{
    internal static Http2Settings Of(TipiServerLimits limits) => new()
    {
        HeaderTableSize = limits.Http2.HeaderTableSize,
        MaxConcurrentStreams = limits.Http2.MaxStreamsPerConnection,
        InitialWindowSize = limits.Http2.InitialStreamWindowSize,
        MaxFrameSize = limits.Http2.MaxFrameSize,
        MaxHeaderListSize = limits.MaxRequestHeadersTotalSize,
        EnableConnectProtocol = true,
        NoRfc7540Priorities = true,
    };
}
