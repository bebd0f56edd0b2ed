using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Proxies;

/// <summary>haproxy as a process, with one front end and one server behind it.</summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private const int MostStarts = 5;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _configuration;
    private readonly StringBuilder _output = new();

    private Haproxy(string program, string configuration, IPEndPoint frontEnd)
    {
        _configuration = configuration;
        FrontEnd = frontEnd;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, ["-db", "-f", configuration])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    /// <summary>Where clients connect to.</summary>
    public IPEndPoint FrontEnd { get; }

    /// <param name="mode">tcp or http.</param>
    /// <param name="address">The front end's address.</param>
    /// <param name="server">The server's address, and its options.</param>
    /// <param name="more">Further lines of the back end.</param>
    public static async Task<Haproxy> StartAsync(string mode, IPAddress address, string server, string more = "")
    {
        var program = Tool.Require("haproxy");
        for (var start = 1; ; start++)
        {
            var frontEnd = FreePort(address);
            var path = Path.Combine(Path.GetTempPath(), $"tipi-haproxy-{Guid.NewGuid():N}.cfg");
            await File.WriteAllTextAsync(path, $"""
                global
                    maxconn 200
                defaults
                    mode {mode}
                    timeout connect 10s
                    timeout client 60s
                    timeout server 60s
                frontend front
                    bind {frontEnd}
                    default_backend back
                backend back
                    {more}
                    server tipi {server}

                """);
            var haproxy = new Haproxy(program, path, frontEnd);
            if (await haproxy.TryStartAsync()) return haproxy;
            await haproxy.DisposeAsync();
            // The port may have been taken between its choice and its use.
            if (start == MostStarts) throw new InvalidOperationException("haproxy does not start: " + haproxy._output);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        File.Delete(_configuration);
    }

    private async Task<bool> TryStartAsync()
    {
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var began = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(began) < StartLimit)
        {
            using var socket = new Socket(FrontEnd.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(FrontEnd);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(50);
            }
        }
        return false;
    }

    private static IPEndPoint FreePort(IPAddress address)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private void Keep(string? line)
    {
        lock (_output) _output.AppendLine(line);
    }
}
