using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Configuration;

/// <summary>Names, in one warning, the keys that have no effect: nobody knows them, or another section wins.</summary>
internal static class IgnoredKeys
{
    /// <summary>To be called when everything has been read.</summary>
    internal static void Report(ConfigurationReading? reading, ILogger log)
    {
        if (reading is null || reading.Settings.IsEmpty) return;
        IEnumerable<string> overridden =
            reading.Settings.Overridden.Select(path => $"{path} (overridden by another section)");
        IEnumerable<string> unknown = reading.Settings.Unread.Select(path => $"{path} (unknown or not supported)");
        string keys = string.Join(", ", overridden.Concat(unknown));
        if (keys.Length > 0) log.KeysIgnored(keys);
    }
}
