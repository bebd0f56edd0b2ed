namespace Tipi.Compare;

/// <summary>What the command line asked for.</summary>
internal sealed record CompareOptions
{
    public required int Rounds { get; init; }

    /// <summary>The measured window.</summary>
    public required int Seconds { get; init; }

    /// <summary>
    /// The most seconds of the same load before the window, not measured: it ends when the server is warm, see
    /// <see cref="Scenarios.Steadiness"/>. 0: none.
    /// </summary>
    public required int WarmupSeconds { get; init; }

    /// <summary>How long idle connections stay idle before they are looked at again.</summary>
    public required int IdleSeconds { get; init; }

    public required IReadOnlyList<string> Scenarios { get; init; }

    public required IReadOnlyList<string> Servers { get; init; }

    public required string ServerCpus { get; init; }

    public required string ClientCpus { get; init; }

    public required int FirstPort { get; init; }

    /// <summary>Ports used from <see cref="FirstPort"/> on.</summary>
    public const int PortCount = 64;

    /// <summary>The application's program; null: the one built beside this.</summary>
    public string? AppProgram { get; init; }

    public string? JsonFile { get; init; }

    public string? MarkdownFile { get; init; }
}
