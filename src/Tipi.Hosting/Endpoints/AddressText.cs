using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>Where a server listens, as an address that says so.</summary>
internal static class AddressText
{
    internal static string Of(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"http://unix:{unix}",
        NamedPipeEndPoint pipe => $"http://pipe:/{pipe.PipeName}",
        FileHandleEndPoint handle => $"http://<file handle {handle.FileHandle}>",
        _ => $"http://{endPoint}",
    };
}
