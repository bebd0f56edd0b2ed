using System.Globalization;

namespace Tipi.Parity.Servers;

/// <summary>A response as it came.</summary>
/// <param name="Head">Status line and fields, with their line ends.</param>
/// <param name="Body">The body without framing, as far as it came.</param>
/// <param name="IsCut">The connection ended before the body did.</param>
internal sealed record WireAnswer(string Head, string Body, bool IsCut)
{
    internal int Status =>
        Head.Length >= 12 && int.TryParse(Head.AsSpan(9, 3), CultureInfo.InvariantCulture, out int status) ? status : 0;

    /// <summary>The status line without the version, which a server may not choose.</summary>
    internal string StatusLine => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)];

    internal IEnumerable<string> Fields => Head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1);

    internal string? Field(string name) => Fields
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    /// <summary>
    /// All of it in one line. Of <c>Date</c> and <c>Server</c> only the names, as the values differ rightly.
    /// </summary>
    public override string ToString()
    {
        IEnumerable<string> parts =
        [
            StatusLine,
            .. Fields.Select(Shown).Order(StringComparer.Ordinal),
            Body.Length > 0 ? $"“{(Body.Length > 60 ? $"{Body[..20]}… {Body.Length} bytes" : Body)}”" : "",
            IsCut ? "cut" : "",
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }

    private static string Shown(string field) =>
        field.StartsWith("Date:", StringComparison.Ordinal) || field.StartsWith("Server:", StringComparison.Ordinal)
            ? field[..field.IndexOf(':', StringComparison.Ordinal)]
            : field;
}
