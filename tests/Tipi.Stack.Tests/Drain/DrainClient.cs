using System.Net;
using System.Net.Sockets;

namespace Tipi.Stack.Tests.Drain;

/// <summary>
/// A connection that asks batch after batch until the server ends it. A batch that got no answer at all was perhaps not
/// accepted; once an answer began, or the one before it did not say close, all that the handlers saw must have come.
/// </summary>
internal sealed class DrainClient(Uri address, int number, DrainTally tally)
{
    private const string Body = "0123456789";

    internal async Task RunAsync()
    {
        for (var turn = 0; ; turn++)
        {
            try
            {
                using RawClient client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
                while (await AskAsync(client, $"{number}-{turn++}"))
                {
                    // The next batch on the same connection.
                }
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException or OperationCanceledException)
            {
                // How many requests had been taken by then, the application knows: its count is compared.
                if (e.Message.Contains("HTTP/", StringComparison.Ordinal)) tally.Faults.Enqueue($"Half: {e.Message}");
            }
        }
    }

    // False when the server said that it closes the connection.
    private async Task<bool> AskAsync(RawClient client, string id)
    {
        (string request, string[] expected) = (number % 4) switch
        {
            0 => ($"GET /slow/{id} HTTP/1.1\r\nHost: a\r\n\r\n", [$"slow {id}"]),
            1 => (Post(id), [$"body {id} {Body.Length}"]),
            2 => (string.Concat(Enumerable.Range(0, 4).Select(i => Get($"{id}.{i}"))),
                [.. Enumerable.Range(0, 4).Select(i => $"quick {id}.{i}")]),
            _ => (Get(id), new[] { $"quick {id}" }),
        };
        await client.SendAsync(request);
        foreach (string answer in expected)
        {
            RawResponse response = await client.ReadResponseAsync();
            tally.Add(response, answer);
            if (response.Header("Connection") == "close") return false;
        }
        return true;
    }

    private static string Get(string id) => $"GET /quick/{id} HTTP/1.1\r\nHost: a\r\n\r\n";

    private static string Post(string id) =>
        $"POST /body/{id} HTTP/1.1\r\nHost: a\r\nContent-Length: {Body.Length}\r\n\r\n{Body}";
}
