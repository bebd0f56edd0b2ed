using System.Net.Sockets;

namespace Tipi.Compare.Siege.Http2;

/// <summary>What each of so many HTTP/2 connections does once it has greeted, for so long.</summary>
internal sealed record Http2Attack(string Name, string Title, int Connections, int Seconds, Func<Foe, Task> Act)
{
    private const int SmallReceiveBytes = 4096;
    private const int PauseMs = 100;

    /// <summary>The client's settings; null: it does not even greet.</summary>
    public (ushort Id, uint Value)[]? Settings { get; init; } = [];

    /// <summary>It takes what the server sends.</summary>
    public bool Reads { get; init; } = true;

    public bool IsTls { get; init; }

    public Attack ToAttack() => new(Name, Title, Connections, Seconds, RunAsync)
    {
        Application = IsTls ? "siege-tls" : "siege-h2",
        AttacksSecondEndpoint = true,
        ProbesSecondEndpoint = true,
        Neighbour = IsTls ? Neighbour.Http2OverTls : Neighbour.Http2,
    };

    // Comes back after it was thrown out, ten times a second.
    private async Task RunAsync(Attacker who)
    {
        while (!who.End.IsCancellationRequested)
        {
            await who.MeetAsync(socket => FightAsync(socket, who.End), Reads ? null : SmallReceiveBytes);
            await Task.Delay(PauseMs, CancellationToken.None);
        }
    }

    private async Task<string> FightAsync(Socket socket, CancellationToken end)
    {
        await using var foe = await Foe.OverAsync(socket, IsTls, end);
        return await foe.FightAsync(this);
    }
}
