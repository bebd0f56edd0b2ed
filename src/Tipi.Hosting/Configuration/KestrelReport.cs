using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Kestrel;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Configuration;

/// <summary>Says at the start what became of all that Kestrel was told.</summary>
internal static class KestrelReport
{
    /// <param name="options">Of the server that starts; nobody changes them any more.</param>
    /// <param name="endpoints">Those that Kestrel was told to listen on.</param>
    /// <param name="log">The server's.</param>
    internal static void Write(
        TipiServerOptions options, IReadOnlyList<TipiListenOptions> endpoints, ILogger log)
    {
        if (options.Shared.Told is not KestrelOptions kestrel) return;
        List<string> taken = Taken(kestrel, options, endpoints);
        if (taken.Count > 0) log.KestrelTakenOver(string.Join(", ", taken));
        List<string> lost = WithoutEffect(kestrel, options);
        if (lost.Count > 0) log.KestrelWithoutEffect(string.Join(", ", lost));
        if (ConfigurationReading.Of(options) is not { Settings.IsEmpty: false } reading) return;
        string limits = string.Join(", ", UnboundLimits(kestrel, reading));
        if (limits.Length > 0) log.KestrelLimitsRead(limits);
    }

    private static List<string> Taken(
        KestrelOptions kestrel, TipiServerOptions options, IReadOnlyList<TipiListenOptions> endpoints)
    {
        List<string> names = [];
        if (kestrel.HasValues) AddValues(kestrel, options, names);
        if (kestrel.HasHttpsDefaults) names.Add("ConfigureHttpsDefaults");
        if (kestrel.HasEndpointDefaults) names.Add("ConfigureEndpointDefaults");
        for (int i = 0; i < endpoints.Count; i++)
            names.Add(options.ListensAt(endpoints[i])
                ? $"Listen {endpoints[i]} (overridden: UseTipi listens there)"
                : $"Listen {endpoints[i]}");
        ICollection<string> configured = kestrel.EndpointNames;
        if (configured.Count > 0)
            names.AddRange(configured.Select(name => $"ConfigurationLoader.Endpoint(\"{name}\")"));
        SocketOptions.AddTaken(kestrel.Sockets, names);
        return names;
    }

    private static void AddValues(KestrelOptions kestrel, TipiServerOptions options, List<string> names)
    {
        foreach (KestrelOption option in KestrelOptionTable.All)
            if (option.IsTold(kestrel.Told))
                names.Add(option.IsInForce(kestrel.Told, options)
                    ? option.Name
                    : $"{option.Name} (overridden by UseTipi)");
    }

    private static List<string> WithoutEffect(KestrelOptions kestrel, TipiServerOptions options)
    {
        List<string> names = [];
        SocketOptions.AddWithoutEffect(kestrel.Sockets, names);
        foreach (var transport in options.ApplicationServices.GetServices<IConnectionListenerFactory>())
            if (transport is not (SocketTransportFactory or UringConnectionListenerFactory
                or IConnectionListenerFactorySelector))
                names.Add($"the transport {transport.GetType().FullName} (see TipiServerOptions.Transport)");
        return names;
    }

    /// <summary>Keys of limits in Kestrel's section that Kestrel itself does not read.</summary>
    private static IEnumerable<string> UnboundLimits(KestrelOptions kestrel, ConfigurationReading reading)
    {
        string section = (kestrel.Section as IConfigurationSection)?.Path ?? "Kestrel";
        return
            from option in KestrelOptionTable.All
            let key = option.Name.Replace('.', ':')
            where !option.IsTold(kestrel.Told) && reading.Settings.Has(key)
            let path = reading.Settings.PathOf(key)
            where path.StartsWith($"{section}:", StringComparison.OrdinalIgnoreCase)
            select path;
    }
}
