using System.Text;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// One reading of the configuration, under keys that are relative to its sections. Where sections have the same key the
/// first one wins. Remembers what was asked for, so that what nobody asked for can be named.
/// </summary>
internal sealed class Settings
{
    // Made with the first setting: most applications have none, and start sooner without it.
    private readonly SortedDictionary<string, Setting>? _settings;
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Setting> _overridden = [];

    internal Settings(params IReadOnlyList<IConfiguration> sections)
    {
        foreach (IConfiguration section in sections)
        {
            string prefix = section is IConfigurationSection named ? named.Path + ":" : "";
            foreach ((string key, string? value) in section.AsEnumerable(makePathsRelative: true))
            {
                if (key.Length == 0 || string.IsNullOrEmpty(value)) continue;
                var setting = new Setting(value, prefix + key);
                _settings ??= new SortedDictionary<string, Setting>(ConfigurationKeyComparer.Instance);
                if (!_settings.TryAdd(key, setting)) _overridden.Add(setting);
            }
        }
    }

    /// <summary>
    /// True when nothing is said, as in most applications: they start sooner when nobody asks for each key.
    /// </summary>
    internal bool IsEmpty => _settings is null;

    /// <summary>Whole keys with a value that an earlier section has as well.</summary>
    internal IEnumerable<string> Overridden => _overridden.Select(setting => setting.Path);

    /// <summary>Whole keys that nobody has asked for.</summary>
    internal IEnumerable<string> Unread =>
        All.Where(pair => !_read.Contains(pair.Key)).Select(pair => pair.Value.Path);

    private IEnumerable<KeyValuePair<string, Setting>> All => _settings ?? [];

    /// <summary>The value, or null where there is none.</summary>
    internal string? Text(string key)
    {
        if (Find(key) is not { } setting) return null;
        _read.Add(key);
        return setting.Value;
    }

    /// <summary>Hands a value on; does nothing where there is none.</summary>
    /// <exception cref="InvalidOperationException">The value is wrong; the message says what it can be.</exception>
    internal void Set<T>(string key, SettingKind<T> kind, Action<T> set)
    {
        if (Text(key) is not { } text) return;
        try
        {
            set(kind.Parse(text));
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            string range = error is ArgumentOutOfRangeException ? ", and in range: " + FirstLineOf(error) : ".";
            throw Wrong(key, kind.Wanted + range, error);
        }
    }

    /// <summary>The next parts of the keys below a key.</summary>
    internal IReadOnlyList<string> Children(string key) =>
        [.. Below(key).Select(pair => pair.Key[(key.Length + 1)..].Split(':')[0])
            .Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>The values of a list, in its order.</summary>
    internal IReadOnlyList<string> Texts(string key) =>
        [.. Children(key).Select(child => Text($"{key}:{child}")).OfType<string>()];

    /// <summary>True when the key, or one below it, has a value.</summary>
    internal bool Has(string key) => Find(key) is not null || Below(key).Any();

    /// <summary>The whole key, to be shown.</summary>
    internal string PathOf(string key)
    {
        if (Find(key) is { } setting) return setting.Path;
        (string below, Setting? first) = Below(key).FirstOrDefault();
        return first is null ? key : first.Path[..^(below.Length - key.Length)];
    }

    /// <summary>All that is said below a key, to be compared with another reading.</summary>
    /// <param name="key">The key.</param>
    /// <param name="except">Keys that do not count, nor those below them.</param>
    internal string Fingerprint(string key, params ReadOnlySpan<string> except)
    {
        var text = new StringBuilder();
        foreach ((string below, Setting setting) in Below(key))
        {
            if (IsAmong(below, except)) continue;
            text.Append(below).Append('=').Append(setting.Value).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Keys whose value is another one than in a former reading, or is new, or is gone.</summary>
    internal IReadOnlyList<string> ChangesSince(Settings former) =>
        [.. All.Concat(former.All).Select(pair => pair.Key).Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(key => Find(key)?.Value != former.Find(key)?.Value)];

    internal InvalidOperationException Wrong(string key, string wanted, Exception? error = null) =>
        new($"{PathOf(key)} is \"{Text(key)}\"; it must be {wanted}", error);

    private Setting? Find(string key) =>
        _settings is not null && _settings.TryGetValue(key, out Setting? setting) ? setting : null;

    private IEnumerable<KeyValuePair<string, Setting>> Below(string key) =>
        All.Where(pair => IsBelow(pair.Key, key));

    internal static bool IsBelow(string key, string parent) =>
        key.Length > parent.Length && key[parent.Length] == ':'
        && key.StartsWith(parent, StringComparison.OrdinalIgnoreCase);

    private static bool IsAmong(string key, ReadOnlySpan<string> parents)
    {
        foreach (string parent in parents)
            if (key.Equals(parent, StringComparison.OrdinalIgnoreCase) || IsBelow(key, parent)) return true;
        return false;
    }

    private static string FirstLineOf(Exception error) => error.Message.Split('\n')[0].Trim();
}
