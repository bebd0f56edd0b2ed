namespace Tipi.Hosting.Tests.Server;

/// <summary>An answer as it came, its body without framing.</summary>
internal sealed record RawResponse(string Head, string Body)
{
    internal int Status => int.Parse(Head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The head with its date replaced, for exact comparison.</summary>
    internal string HeadWithoutDate =>
        string.Join("\r\n", Head.Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));

    internal string? Header(string name)
    {
        string[] values = Head.Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim()).ToArray();
        return values.Length == 0 ? null : string.Join("|", values);
    }
}
