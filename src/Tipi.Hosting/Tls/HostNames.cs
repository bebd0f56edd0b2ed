using System.Globalization;

namespace Tipi.Hosting.Tls;

/// <summary>
/// Values by host name: the name itself comes before <c>*.</c> and a domain, of which the longest wins and stands for
/// names of any depth below it, and <c>*</c> is for all others and for clients that name none.
/// </summary>
internal sealed class HostNames<T> where T : class
{
    private static readonly IdnMapping s_idn = new();

    private readonly Dictionary<string, T> _exact = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>By the domain behind <c>*.</c>.</summary>
    private readonly Dictionary<string, T> _below = new(StringComparer.OrdinalIgnoreCase);

    private T? _any;

    /// <summary>True for what can be added.</summary>
    internal static bool IsHost(string host) =>
        host == "*" || NameOf(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) is not null;

    /// <param name="host">As in configuration; names that are not ASCII are turned into what clients send.</param>
    /// <param name="value">What it stands for.</param>
    /// <exception cref="ArgumentException">It is not a host name.</exception>
    internal void Add(string host, T value)
    {
        if (host == "*")
        {
            _any = value;
            return;
        }
        bool isBelow = host.StartsWith("*.", StringComparison.Ordinal);
        string name = NameOf(isBelow ? host[2..] : host)
            ?? throw new ArgumentException($"\"{host}\" is not a host name.", nameof(host));
        (isBelow ? _below : _exact)[name] = value;
    }

    /// <summary>Null when nothing stands for the name.</summary>
    /// <param name="host">As the client says it; null when it names none.</param>
    internal T? Find(string? host)
    {
        if (string.IsNullOrEmpty(host)) return _any;
        if (_exact.TryGetValue(host, out T? value)) return value;
        for (int dot = host.IndexOf('.'); dot >= 0 && _below.Count > 0; dot = host.IndexOf('.', dot + 1))
            if (_below.TryGetValue(host[(dot + 1)..], out value)) return value;
        return _any;
    }

    private static string? NameOf(string host)
    {
        try
        {
            string name = s_idn.GetAscii(host);
            return Uri.CheckHostName(name) == UriHostNameType.Dns && name[^1] != '.' ? name : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
