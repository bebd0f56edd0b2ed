using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting;

/// <summary>Where a server listens, as an address that says so.</summary>
internal static class AddressText
{
    internal static string Of(EndPoint endPoint, bool isHttps = false) => $"{Scheme(isHttps)}://" + endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"unix:{unix}",
        NamedPipeEndPoint pipe => $"pipe:/{pipe.PipeName}",
        FileHandleEndPoint handle => $"<file handle {handle.FileHandle}>",
        _ => $"{endPoint}",
    };

    internal static string Scheme(bool isHttps) => isHttps ? "https" : "http";
}
