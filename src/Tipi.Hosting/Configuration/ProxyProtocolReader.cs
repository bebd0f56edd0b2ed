using System.Globalization;
using System.Net;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Reads <c>ProxyProtocol</c> of an endpoint: <c>AllowedNetworks</c> (a list of networks or addresses),
/// <c>AllowUnixSocket</c>, <c>Mode</c>, <c>MaxTlvSize</c>.
/// </summary>
internal static class ProxyProtocolReader
{
    internal const string Key = "ProxyProtocol";

    /// <summary>Does nothing when the endpoint has no such section.</summary>
    /// <param name="endpoint">The section of the endpoint.</param>
    /// <param name="options">The endpoint.</param>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names the key.</exception>
    internal static void Read(IConfigurationSection endpoint, TipiListenOptions options)
    {
        IConfigurationSection section = endpoint.GetSection(Key);
        if (section.Exists()) options.UseProxyProtocol(proxy => Read(section, proxy));
    }

    private static void Read(IConfigurationSection section, ProxyProtocolOptions options)
    {
        IConfigurationSection networks = section.GetSection(nameof(options.AllowedNetworks));
        if (networks.Value is { Length: > 0 })
            throw Wrong(networks, "a list, as in [ \"10.0.0.0/8\", \"::1\" ]");
        foreach (IConfigurationSection network in networks.GetChildren())
            options.AllowedNetworks.Add(ReadNetwork(network));
        foreach (IConfigurationSection one in section.GetChildren()) ReadValue(one, options);
    }

    private static void ReadValue(IConfigurationSection one, ProxyProtocolOptions options)
    {
        switch (one.Key.ToUpperInvariant())
        {
            case "ALLOWEDNETWORKS":
                break;
            case "ALLOWUNIXSOCKET":
                if (!bool.TryParse(one.Value, out bool isAllowed)) throw Wrong(one, "true or false");
                options.AllowUnixSocket = isAllowed;
                break;
            case "MODE":
                if (!Enum.TryParse(one.Value, ignoreCase: true, out ProxyProtocolMode mode) || !Enum.IsDefined(mode))
                    throw Wrong(one, "Required or Optional");
                options.Mode = mode;
                break;
            case "MAXTLVSIZE":
                if (!int.TryParse(one.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int size)
                    || size > ushort.MaxValue)
                    throw Wrong(one, "a number of bytes up to 65535");
                options.MaxTlvSize = size;
                break;
            default:
                throw new InvalidOperationException(
                    $"{one.Path} is unknown; ProxyProtocol has AllowedNetworks, AllowUnixSocket, Mode and MaxTlvSize.");
        }
    }

    private static IPNetwork ReadNetwork(IConfigurationSection one)
    {
        if (IPNetwork.TryParse(one.Value, out IPNetwork network)) return network;
        if (IPAddress.TryParse(one.Value, out IPAddress? address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        throw Wrong(one, "a network as 10.0.0.0/8 or fd00::/8, or an address");
    }

    private static InvalidOperationException Wrong(IConfigurationSection one, string wanted) =>
        new($"{one.Path} is \"{one.Value}\"; it must be {wanted}.");
}
