using System.Net;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Reads <c>ProxyProtocol</c> of an endpoint: <c>AllowedNetworks</c> (a list of networks or addresses),
/// <c>AllowUnixSocket</c>, <c>Mode</c>, <c>MaxTlvSize</c>.
/// </summary>
internal static class ProxyProtocolSettings
{
    private static readonly string[] s_keys = ["AllowedNetworks", "AllowUnixSocket", "Mode", "MaxTlvSize"];

    private static readonly SettingKind<IPNetwork> s_network = new(
        "a network, such as 10.0.0.0/8 or fd00::/8, or an address", ParseNetwork);

    private static readonly SettingKind<string> s_list = new(
        "a list, such as [ \"10.0.0.0/8\", \"::1\" ]", static _ => throw new FormatException());

    /// <summary>Does nothing when the endpoint has no such section.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="key">The endpoint's key.</param>
    /// <param name="options">The endpoint.</param>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names the key.</exception>
    internal static void Apply(Settings settings, string key, TipiListenOptions options)
    {
        string own = $"{key}:ProxyProtocol";
        if (settings.Has(own)) options.UseProxyProtocol(proxy => Apply(settings, own, proxy));
    }

    private static void Apply(Settings settings, string key, ProxyProtocolOptions options)
    {
        // A misspelt key here could open a door: it is more than a warning.
        foreach (string child in settings.Children(key))
            if (!s_keys.Contains(child, StringComparer.OrdinalIgnoreCase))
                throw new InvalidOperationException(
                    $"{settings.PathOf($"{key}:{child}")} is unknown. The keys are {string.Join(", ", s_keys)}.");
        string networks = $"{key}:AllowedNetworks";
        settings.Set(networks, s_list, static _ => { });
        foreach (string index in settings.Children(networks))
            settings.Set($"{networks}:{index}", s_network, options.AllowedNetworks.Add);
        settings.Set($"{key}:AllowUnixSocket", SettingKinds.Flag, value => options.AllowUnixSocket = value);
        settings.Set($"{key}:Mode", SettingKinds.OneOf<ProxyProtocolMode>(), value => options.Mode = value);
        settings.Set($"{key}:MaxTlvSize", SettingKinds.Count, value =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
            options.MaxTlvSize = value;
        });
    }

    private static IPNetwork ParseNetwork(string text)
    {
        if (IPNetwork.TryParse(text, out IPNetwork network)) return network;
        IPAddress address = IPAddress.Parse(text);
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }
}
