using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Configuration;

/// <summary>Names, in one warning, the keys that have no effect: nobody knows them, or another section wins.</summary>
internal static class IgnoredKeys
{
    /// <summary>To be called when everything has been read.</summary>
    internal static void Report(TipiConfigurationLoader? loader, ILogger log)
    {
        if (loader is null || loader.Settings.IsEmpty) return;
        IEnumerable<string> overridden = loader.Settings.Overridden.Select(path => $"{path} (the first section wins)");
        IEnumerable<string> unknown = loader.Settings.Unread.Select(path => $"{path} (not known or not supported)");
        string keys = string.Join(", ", overridden.Concat(unknown));
        if (keys.Length > 0) log.KeysIgnored(keys);
    }
}
