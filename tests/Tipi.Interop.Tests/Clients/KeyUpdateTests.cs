using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Tipi.Interop.Tests.Sample;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Clients;

/// <summary>A client that changes its keys in the middle of a connection (RFC 8446 §4.6.3), driven by hand.</summary>
public sealed class KeyUpdateTests(SampleFleet fleet)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task New_keys_are_taken_and_given_when_asked_for(SampleVariant variant)
    {
        Uri address = await fleet.AddressAsync(variant, SampleWire.TlsHttp1);
        var start = new ProcessStartInfo(Tool.Require("openssl"),
        [
            "s_client", "-connect", address.Authority, "-servername", "localhost", "-tls1_3",
            "-CAfile", SiteCertificates.Shared.AuthorityPath,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var client = Process.Start(start)!;
        var heard = new StringBuilder();
        client.OutputDataReceived += (_, line) => Add(heard, line.Data);
        client.ErrorDataReceived += (_, line) => Add(heard, line.Data);
        client.BeginOutputReadLine();
        client.BeginErrorReadLine();
        try
        {
            await AskAsync(client, heard, answers: 1);
            // k: the client's keys alone; K: the server is asked for new ones as well. A line of its own is a command.
            string[] commands = ["k", "K", "k", "K"];
            for (int i = 0; i < commands.Length; i++)
            {
                await client.StandardInput.WriteAsync($"{commands[i]}\n");
                await client.StandardInput.FlushAsync();
                await HearAsync(heard, "KEYUPDATE", i + 1);
                await AskAsync(client, heard, answers: i + 2);
            }
        }
        finally
        {
            client.Kill();
            await client.WaitForExitAsync();
        }
    }

    private static async Task AskAsync(Process client, StringBuilder heard, int answers)
    {
        await client.StandardInput.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await client.StandardInput.FlushAsync();
        await HearAsync(heard, "HTTP/1.1 200 OK", answers);
    }

    private static async Task HearAsync(StringBuilder heard, string text, int times)
    {
        using var late = new CancellationTokenSource(s_patience);
        try
        {
            while (Regex.Count(Text(heard), Regex.Escape(text)) < times) await Task.Delay(20, late.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{text} was not heard {times} times: {Text(heard)}");
        }
    }

    private static void Add(StringBuilder heard, string? line)
    {
        lock (heard) heard.Append(line).Append('\n');
    }

    private static string Text(StringBuilder heard)
    {
        lock (heard) return heard.ToString();
    }
}
