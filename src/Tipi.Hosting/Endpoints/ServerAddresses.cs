using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Tipi.Hosting.Endpoints;

/// <summary>The addresses the host asks for, and after the start the real ones.</summary>
internal sealed class ServerAddresses : IServerAddressesFeature
{
    public ICollection<string> Addresses { get; } = new List<string>();

    public bool PreferHostingUrls { get; set; }
}
