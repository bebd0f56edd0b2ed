using System.Net;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Telemetry;

/// <summary>What clients do with a server of their own, from the first connection to the last.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Client">Connects and talks; the connections that it leaves open are ended for it.</param>
internal sealed record Life(string Name, Func<SubjectServer, Task> Client)
{
    /// <summary>The settings, with the path of a socket that nobody else has.</summary>
    internal Func<string, Settings> Settings { get; init; } = _ => Servers.Settings.Defaults;

    /// <summary>How long the server may take to stop, where that is part of it.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>False where Kestrel logs now this, now that.</summary>
    internal bool IsLoggedAlike { get; init; } = true;

    /// <summary>The server is stopped while the connection lives.</summary>
    internal bool EndsByStop { get; init; }

    /// <summary>A client that takes everything until the server ends the connection.</summary>
    internal static Life UntilEnd(string name, string request) => new(name, async server =>
    {
        using Wire wire = await server.ConnectAsync();
        await wire.SendAsync(request);
        await wire.ReadToEndAsync();
    });

    /// <summary>A client that takes the answers and ends the connection.</summary>
    internal static Life UntilAnswered(string name, params string[] requests) => new(name, async server =>
    {
        using Wire wire = await server.ConnectAsync();
        await TalkAsync(wire, requests);
    });

    internal static async Task TalkAsync(Wire wire, params string[] requests)
    {
        foreach (string request in requests)
        {
            await wire.SendAsync(request);
            await wire.ReadAsync();
        }
        wire.EndSending();
        await wire.ReadToEndAsync();
    }

    internal static async Task TalkAsync(EndPoint server, params string[] requests)
    {
        using Wire wire = await Wire.ConnectAsync(server);
        await TalkAsync(wire, requests);
    }
}
