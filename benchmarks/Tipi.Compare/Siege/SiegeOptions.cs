namespace Tipi.Compare.Siege;

/// <summary>
/// What the command line asked for; <c>Seconds</c> and <c>Connections</c> replace those of every attack.
/// </summary>
internal sealed record SiegeOptions(string[] Attacks, string[] Servers, int? Seconds, int? Connections)
{
    /// <summary>Limits are the servers' own instead of the shortened ones.</summary>
    public bool Defaults { get; init; }

    public string? MarkdownFile { get; init; }
}
