using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Tipi.Hosting.Kestrel;

/// <summary>What <c>UseSockets</c> says, for both of Tipi's transports.</summary>
internal static class SocketOptions
{
    private static readonly SocketTransportOptions s_defaults = new();

    /// <summary>Copies what somebody has set.</summary>
    internal static void Apply(SocketTransportOptions told, TipiServerOptions options)
    {
        if (told.Backlog != s_defaults.Backlog) options.Uring.Backlog = told.Backlog;
        if (told.NoDelay != s_defaults.NoDelay) options.Uring.NoDelay = told.NoDelay;
        if (HasOwnSocket(told)) options.Uring.CreateBoundListenSocket = told.CreateBoundListenSocket;
    }

    /// <summary>Names what was copied.</summary>
    internal static void AddTaken(SocketTransportOptions told, List<string> names)
    {
        if (told.Backlog != s_defaults.Backlog) names.Add("Sockets.Backlog");
        if (told.NoDelay != s_defaults.NoDelay) names.Add("Sockets.NoDelay");
        if (HasOwnSocket(told)) names.Add("Sockets.CreateBoundListenSocket");
    }

    /// <summary>Names what was set and has no effect: rings have no such queues, pipes or threads.</summary>
    internal static void AddWithoutEffect(SocketTransportOptions told, List<string> names)
    {
        if (told.IOQueueCount != s_defaults.IOQueueCount) names.Add("Sockets.IOQueueCount");
        if (told.WaitForDataBeforeAllocatingBuffer != s_defaults.WaitForDataBeforeAllocatingBuffer)
            names.Add("Sockets.WaitForDataBeforeAllocatingBuffer");
        if (told.UnsafePreferInlineScheduling != s_defaults.UnsafePreferInlineScheduling)
            names.Add("Sockets.UnsafePreferInlineScheduling");
        if (told.MaxReadBufferSize != s_defaults.MaxReadBufferSize)
            names.Add("Sockets.MaxReadBufferSize (use Limits.MaxRequestBufferSize)");
        if (told.MaxWriteBufferSize != s_defaults.MaxWriteBufferSize)
            names.Add("Sockets.MaxWriteBufferSize (use Limits.MaxResponseBufferSize)");
    }

    private static bool HasOwnSocket(SocketTransportOptions told) =>
        told.CreateBoundListenSocket != s_defaults.CreateBoundListenSocket;
}
