using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Parity.Servers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What an application sees that goes on with the objects of a request after it.</summary>
internal static class KeptHabits
{
    /// <summary>The path of a request of another client, and a header of its answer.</summary>
    internal const string Stranger = "stranger";

    private const int Strangers = 8;

    internal static IReadOnlyList<Habit> All { get; } =
    [
        new("what is kept of a request", Get, (http, notes) =>
        {
            int port = http.Connection.LocalPort;
            var request = http.Features.Get<IHttpRequestFeature>()!;
            IHeaderDictionary received = http.Request.Headers, sent = http.Response.Headers;
            Stream body = http.Request.Body, answer = http.Response.Body;
            return BehindAsync(notes, async () =>
            {
                notes.See(Fails(() => _ = http.Request.Path), "HttpContext fails");
                notes.See(Fails(() => body.ReadAsync(new byte[1]).AsTask().Wait()), "reading fails");
                notes.See(Fails(() => answer.WriteAsync(new byte[1]).AsTask().Wait()), "writing fails");
                bool seesOther = false;
                for (int i = 0; i < Strangers; i++)
                {
                    using Socket stranger = await AskAsync(port);
                    for (int look = 0; look < 10; look++)
                    {
                        seesOther |= request.Path == $"/{Stranger}" || received.Host == "b"
                            || sent.ContainsKey(Stranger);
                        await Task.Delay(5);
                    }
                }
                notes.See(seesOther, "sees another client's");
            });
        }) { Client = AnsweredAsync, Last = "looked" },
        new("token that is kept, others leave", Get, (http, notes) =>
        {
            int port = http.Connection.LocalPort;
            CancellationToken kept = http.RequestAborted;
            return BehindAsync(notes, async () =>
            {
                for (int i = 0; i < Strangers; i++)
                {
                    using Socket stranger = await AskAsync(port);
                    await Task.Delay(20);
                    stranger.Close(0);
                    await Task.Delay(20);
                }
                notes.See(kept.IsCancellationRequested, "cancelled");
            });
        }) { Client = AnsweredAsync, Last = "looked" },
    ];

    /// <summary>Goes on once the client has its answer.</summary>
    private static Task BehindAsync(Notes notes, Func<Task> look)
    {
        ThreadPool.QueueUserWorkItem(async _ =>
        {
            await notes.HappensAsync("answered");
            // The answer leaves before the server has done with the request.
            await Task.Delay(100);
            await notes.TryAsync(look, "look");
            notes.Signal("looked");
        });
        return Task.CompletedTask;
    }

    private static async Task<string> AnsweredAsync(Wire wire, Notes notes)
    {
        string answer = (await wire.ReadAsync())!.ToString();
        notes.Signal("answered");
        await notes.HappensAsync("looked");
        return answer;
    }

    private static async Task<Socket> AskAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /{Stranger} HTTP/1.1\r\nHost: b\r\n\r\n"));
        return socket;
    }

    private static bool Fails(Action act)
    {
        try
        {
            act();
            return false;
        }
        catch (Exception)
        {
            return true;
        }
    }
}
