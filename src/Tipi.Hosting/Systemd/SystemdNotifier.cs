using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Systemd;

/// <summary>Tells systemd how the service is (sd_notify(3)). Never waits and never fails the caller.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly ILogger _log;
    private readonly UnixDomainSocketEndPoint _target;
    private readonly Socket _socket;

    private SystemdNotifier(UnixDomainSocketEndPoint target, ILogger log)
    {
        _target = target;
        _log = log;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
    }

    /// <summary>Null where nobody wants to know.</summary>
    /// <param name="address">A path, or @ and a name in the abstract namespace; as in NOTIFY_SOCKET.</param>
    /// <param name="log">The server's log.</param>
    internal static SystemdNotifier? Create(string? address, ILogger log)
    {
        if (address is not ['/' or '@', ..]) return null;
        string path = address[0] == '@' ? string.Concat("\0", address.AsSpan(1)) : address;
        try
        {
            return new SystemdNotifier(new UnixDomainSocketEndPoint(path), log);
        }
        catch (Exception error) when (error is ArgumentException or SocketException)
        {
            // A name that is too long, or no descriptor: the service runs all the same.
            log.NotificationFailed(error, "anything");
            return null;
        }
    }

    internal void Send(string state)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(state), _target);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            _log.NotificationFailed(error, state);
        }
    }

    public void Dispose() => _socket.Dispose();
}
