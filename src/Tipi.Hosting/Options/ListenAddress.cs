using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Tipi.Hosting;

/// <summary>An address as text, understood: where to listen.</summary>
internal sealed class ListenAddress
{
    private static readonly string[] s_abstractSockets = ["http://unix:@", "https://unix:@"];

    private ListenAddress(EndPoint endPoint, bool isHttps, bool isLocalhost = false)
    {
        EndPoint = endPoint;
        IsHttps = isHttps;
        IsLocalhost = isLocalhost;
    }

    internal EndPoint EndPoint { get; }

    internal bool IsHttps { get; }

    /// <summary>True for both loopback addresses.</summary>
    internal bool IsLocalhost { get; }

    /// <param name="text">The address.</param>
    /// <param name="key">The configuration key that it comes from, if any.</param>
    /// <exception cref="InvalidOperationException">It is not one this server can listen on.</exception>
    internal static ListenAddress Parse(string text, string? key = null)
    {
        string subject = key is null ? $"Cannot listen on {text}:" : $"Cannot listen on {text} ({key}):";
        bool isHttps = text.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        foreach (string prefix in s_abstractSockets)
        {
            if (!text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (text.Length == prefix.Length)
                throw new InvalidOperationException($"{subject} the name after the @ is missing.");
            return new ListenAddress(UnixEndPoint(text[(prefix.Length - 1)..]), isHttps);
        }
        BindingAddress address = ParseUrl(text, subject);
        if (!isHttps && !address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{subject} its scheme is neither http nor https.");
        if (address.PathBase.Length > 0)
            throw new InvalidOperationException($"{subject} an address has no path. Use UsePathBase() instead.");
        return new ListenAddress(EndPointOf(address, subject), isHttps, IsLocal(address));
    }

    /// <summary>A Unix socket; a name that begins with @ or NUL is in the abstract namespace, without a file.</summary>
    /// <exception cref="ArgumentException">The name is empty: the system would choose one.</exception>
    internal static UnixDomainSocketEndPoint UnixEndPoint(string path)
    {
        if (path is "" or "@" or "\0") throw new ArgumentException("The name of a Unix socket is empty.", nameof(path));
        return new(path[0] == '@' ? string.Concat("\0", path.AsSpan(1)) : path);
    }

    private static BindingAddress ParseUrl(string text, string subject)
    {
        try
        {
            return BindingAddress.Parse(text);
        }
        catch (FormatException error)
        {
            throw new InvalidOperationException($"{subject} it is not an address such as http://*:8080.", error);
        }
    }

    private static EndPoint EndPointOf(BindingAddress address, string subject)
    {
        if (address.IsUnixPipe) return UnixEndPoint(address.UnixPipePath);
        if (address.IsNamedPipe) return new NamedPipeEndPoint(address.NamedPipeName);
        if (address.Port is < 0 or > IPEndPoint.MaxPort)
            throw new InvalidOperationException($"{subject} the port must be from 0 to {IPEndPoint.MaxPort}.");
        if (IsLocal(address))
        {
            if (address.Port != 0) return new IPEndPoint(IPAddress.Loopback, address.Port);
            throw new InvalidOperationException(
                $"{subject} its two addresses would get different ports. Use http://127.0.0.1:0 or http://[::1]:0.");
        }
        if (IPAddress.TryParse(address.Host, out IPAddress? ip)) return new IPEndPoint(ip, address.Port);
        if (address.Host.Contains(':', StringComparison.Ordinal))
            throw new InvalidOperationException($"{subject} the part after the last colon is not a port.");
        // As in Kestrel every name but localhost means all local addresses: a host name is for the Host header.
        return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port);
    }

    private static bool IsLocal(BindingAddress address) =>
        !address.IsUnixPipe && !address.IsNamedPipe
        && address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
}
