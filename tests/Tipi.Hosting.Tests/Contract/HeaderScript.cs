using System.Collections;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// A seeded sequence of changes to a dictionary of headers, before, while and after somebody goes through it, and all
/// that can be seen on the way. The same seed gives the same sequence as long as the same is seen.
/// </summary>
/// <param name="headers">What is changed.</param>
/// <param name="known">Well-known names that Kestrel keeps apart, in its order, in which they are set.</param>
/// <param name="hasLength">Whether Content-Length is one of the fields.</param>
/// <param name="canClear">Whether all fields are removed during a walk too.</param>
internal sealed class HeaderScript(IHeaderDictionary headers, string[] known, bool hasLength, bool canClear)
{
    private const int MostSteps = 60;

    private static readonly string[] s_others = ["X-0", "X-1", "X-2", "X-3", "X-4", "X-5", "X-6", "X-7"];

    private readonly StringBuilder _seen = new();
    private Random _random = null!;

    /// <summary>False: the dictionary's names and values are views that change with it.</summary>
    internal bool HasCopiedKeys { get; init; } = true;

    internal string Run(int seed, int walks)
    {
        _random = new Random(seed);
        headers["X-0"] = "1";
        for (int i = 0; i < walks; i++)
        {
            Fill();
            Note(() => Walk(i));
            _seen.AppendLine();
            Note(() => Show());
            for (int n = _random.Next(6); n > 0; n--) Note(() => Act(Any()));
            Note(() => Look());
        }
        headers.Clear();
        return _seen.ToString();
    }

    private void Fill()
    {
        headers.Clear();
        foreach (string name in known)
        {
            if (_random.Next(3) > 0) headers[name] = "k" + _random.Next(10);
        }
        if (hasLength && _random.Next(2) > 0) headers.ContentLength = _random.Next(100);
        foreach (string name in s_others)
        {
            if (_random.Next(3) > 0) headers[name] = new StringValues(["o" + _random.Next(10), "x"]);
        }
    }

    private void Walk(int number)
    {
        int way = _random.Next(6);
        if (way is 2 or 3 && !HasCopiedKeys) way = 0;
        int pace = _random.Next(1, 4);
        _seen.Append(number).Append(':').Append(way).Append(": ");
        int steps = 0;
        foreach ((string? name, StringValues value) in Fields(way))
        {
            // Kestrel shows a well-known name once more after it was removed, without a value, or with a length of 0.
            if (name is not null && way != 2 && !headers.ContainsKey(name)) continue;
            _seen.Append(' ').Append(name).Append('=').Append(value);
            if (++steps > MostSteps)
            {
                _seen.Append(" endless");
                return;
            }
            if (_random.Next(pace) == 0) Note(() => Act(_random.Next(2) == 0 && name is not null ? name : Any()));
        }
    }

    /// <summary>Each way that code goes through headers.</summary>
    private IEnumerable<(string? Name, StringValues Value)> Fields(int way)
    {
        switch (way)
        {
            case 0:
                foreach (KeyValuePair<string, StringValues> field in headers) yield return (field.Key, field.Value);
                break;
            case 1:
                foreach (object? field in (IEnumerable)headers)
                {
                    var pair = (KeyValuePair<string, StringValues>)field;
                    yield return (pair.Key, pair.Value);
                }
                break;
            case 2:
                foreach (string name in headers.Keys) yield return (name, "");
                break;
            case 3:
                foreach (StringValues value in headers.Values) yield return (null, value);
                break;
            case 4:
                foreach (var (name, value) in headers.Where(field => field.Key.Length > 2)) yield return (name, value);
                break;
            default:
                foreach (KeyValuePair<string, StringValues> field in headers.ToArray())
                    yield return (field.Key, field.Value);
                break;
        }
    }

    private string Any()
    {
        int index = _random.Next(known.Length + s_others.Length + (hasLength ? 1 : 0));
        if (index < known.Length) return known[index];
        index -= known.Length;
        return index < s_others.Length ? s_others[index] : "Content-Length";
    }

    private void Act(string name)
    {
        string value = "" + _random.Next(1000);
        int what = _random.Next(canClear ? 30 : 28);
        _seen.Append(" [").Append(what).Append(' ').Append(name).Append(']');
        switch (what)
        {
            case < 12:
                _seen.Append(headers.Remove(_random.Next(2) == 0 ? name : name.ToUpperInvariant()));
                break;
            case < 16:
                if (headers.ContainsKey(name)) headers[name] = value;
                break;
            case < 18:
                headers[name] = value;
                break;
            case < 20:
                headers.TryAdd(name, value);
                break;
            case < 22:
                headers[name] = StringValues.Empty;
                break;
            case < 24:
                if (name != "Content-Length") headers.Append(name, value);
                break;
            case < 26:
                _seen.Append(headers.Remove(new KeyValuePair<string, StringValues>(name, headers[name])));
                break;
            case < 28:
                if (hasLength) headers.ContentLength = _random.Next(2) == 0 ? null : 7;
                break;
            default:
                headers.Clear();
                break;
        }
    }

    private void Show()
    {
        foreach ((string name, StringValues value) in headers.OrderBy(field => field.Key, StringComparer.Ordinal))
            _seen.Append(' ').Append(name).Append('=').Append(value).Append('/').Append(value.Count);
        _seen.AppendLine();
    }

    private void Look()
    {
        string name = Any();
        var copy = new KeyValuePair<string, StringValues>[headers.Count];
        headers.CopyTo(copy, 0);
        _seen.Append($" {headers.Count} {headers.Keys.Count} {headers.Values.Count} {headers.ContentLength} ");
        _seen.Append($"{name} {headers[name]} {headers.ContainsKey(name)} {headers.TryGetValue(name, out _)} ");
        _seen.AppendLine(string.Join(' ', copy.Select(field => field.Key).Order(StringComparer.Ordinal)));
        _seen.Append(((IDictionary<string, StringValues>)headers)[name]).AppendLine();
        ((ICollection<KeyValuePair<string, StringValues>>)headers).Add(new(name, "1"));
    }

    private void Note(Action act)
    {
        try
        {
            act();
        }
        catch (Exception error)
        {
            _seen.Append(' ').Append(error.GetType().Name);
        }
    }
}
