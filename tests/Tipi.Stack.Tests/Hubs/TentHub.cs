using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>What the clients of the tests call: an answer, a stream, a word to everybody, an end.</summary>
public sealed class TentHub(Departures departures) : Hub
{
    public string Echo(string text) => $"{text} back";

    public async IAsyncEnumerable<int> Count(int to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; i < to; i++)
        {
            yield return i;
            await Task.Delay(1, cancellation);
        }
    }

    public Task Tell(string text) => Clients.All.SendAsync("told", text, Context.ConnectionAborted);

    public void Leave() => Context.Abort();

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        departures.Count();
        return base.OnDisconnectedAsync(exception);
    }
}
