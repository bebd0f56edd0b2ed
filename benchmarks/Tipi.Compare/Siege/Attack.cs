namespace Tipi.Compare.Siege;

/// <summary>
/// What each of so many connections does, for so long; <paramref name="Act"/> ends when the connection or the attack
/// does.
/// </summary>
internal sealed record Attack(string Name, string Title, int Connections, int Seconds, Func<Attacker, Task> Act)
{
    /// <summary>The application that is attacked: the options of its server differ.</summary>
    public string Application { get; init; } = "siege";

    /// <summary>What the server may hold for a connection by its options, in bytes; null where it is not the point.
    /// </summary>
    public int? BoundBytes { get; init; }

    /// <summary>The attackers connect to the application's second endpoint, a port higher.</summary>
    public bool AttacksSecondEndpoint { get; init; }

    /// <summary>The well-behaved client asks the application's second endpoint, a port higher.</summary>
    public bool ProbesSecondEndpoint { get; init; }

    /// <summary>What the well-behaved client speaks.</summary>
    public Neighbour Neighbour { get; init; }

    /// <summary>What is attacked: h1, h2 or tls.</summary>
    public string Group => Application.Split('-') is [_, "h2" or "tls", ..] parts ? parts[1] : "h1";
}
