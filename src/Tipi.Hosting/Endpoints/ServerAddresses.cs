using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Tipi.Hosting.Endpoints;

/// <summary>The addresses the host asks for, and after the start the real ones.</summary>
internal sealed class ServerAddresses : IServerAddressesFeature
{
    private volatile List<string> _addresses = [];

    public ICollection<string> Addresses => _addresses;

    public bool PreferHostingUrls { get; set; }

    /// <summary>Other addresses while the server runs: whoever reads the former list is not disturbed.</summary>
    internal void Replace(IEnumerable<string> addresses) => _addresses = [.. addresses];
}
