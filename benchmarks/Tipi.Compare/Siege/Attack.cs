namespace Tipi.Compare.Siege;

/// <summary>What each of so many connections does; <paramref name="Act"/> ends when the connection or the attack does.
/// </summary>
internal sealed record Attack(string Name, string Title, int Connections, Func<Attacker, Task> Act);
