using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Tipi.Compare.Siege;

/// <summary>One hostile connection after another; every one's ending is told to the outcomes.</summary>
internal sealed class Attacker(int port, Outcomes outcomes, CancellationToken end)
{
    public const string Still = "still open";

    private const byte TlsAlert = 21;
    private const byte TlsHandshake = 22;

    private Stopwatch _clock = Stopwatch.StartNew();
    private Socket _socket = null!;

    public CancellationToken End => end;

    public int Port => port;

    /// <summary>Opens a connection, does what is to be done on it and tells how it ended.</summary>
    /// <param name="reads">Whether it listens for an answer meanwhile; its end is then the server's.</param>
    public Task OnceAsync(Func<Socket, Task> act, bool reads = true, int? receiveBuffer = null) =>
        OpenAsync(() => reads ? HearAsync(act) : WriteAsync(act), receiveBuffer);

    /// <summary>Opens a connection; what is done on it says itself how it ended.</summary>
    public Task MeetAsync(Func<Socket, Task<string>> act, int? receiveBuffer = null) =>
        OpenAsync(async () => Tell(await MetAsync(act)), receiveBuffer);

    // Told when the server has ended the connection, even where the attacker still writes into it.
    private void Tell(string ending) => outcomes.Add(ending, _clock.Elapsed.TotalSeconds);

    /// <summary>Does without a connection of its own and tells how it ended.</summary>
    public async Task TellAsync(Func<Task<string>> act)
    {
        _clock = Stopwatch.StartNew();
        Tell(await act());
    }

    private async Task OpenAsync(Func<Task> act, int? receiveBuffer)
    {
        _clock = Stopwatch.StartNew();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _socket = socket;
        socket.NoDelay = true;
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), end);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            Tell("not connected");
            return;
        }

        await act();
    }

    private async Task<string> MetAsync(Func<Socket, Task<string>> act)
    {
        try
        {
            return await act(_socket);
        }
        catch (OperationCanceledException)
        {
            return Still;
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException)
        {
            return "reset";
        }
        catch (AuthenticationException)
        {
            return "handshake refused";
        }
    }

    private async Task<string> WrittenAsync(Func<Socket, Task> act)
    {
        try
        {
            await act(_socket);
            return "left";
        }
        catch (OperationCanceledException)
        {
            return Still;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return "reset";
        }
    }

    private async Task WriteAsync(Func<Socket, Task> act) => Tell(await WrittenAsync(act));

    private async Task HearAsync(Func<Socket, Task> act)
    {
        var writing = WrittenAsync(act);
        Tell(await ReadEndAsync());
        await writing;
    }

    // The first bytes tell the status; what follows is read and forgotten.
    private async Task<string> ReadEndAsync()
    {
        var rest = new byte[16 * 1024];
        var status = "";
        try
        {
            while (true)
            {
                var count = await _socket.ReceiveAsync(rest, SocketFlags.None, end);
                if (count == 0)
                    return status.Length == 0 ? "closed" : status + ", closed";
                if (status.Length == 0)
                    status = StatusOf(rest, count);
            }
        }
        catch (OperationCanceledException)
        {
            return status.Length == 0 ? Still : $"{status}, {Still}";
        }
        catch (SocketException)
        {
            return status.Length == 0 ? "reset" : status + ", reset";
        }
    }

    private static string StatusOf(byte[] start, int count) => start[0] switch
    {
        // TLS: an alert, level and description unencrypted; anything else is the handshake going on.
        TlsAlert when count >= 7 => $"TLS alert {start[6]}",
        TlsHandshake => "TLS hello",
        _ => count >= 12 ? Encoding.ASCII.GetString(start, 9, 3) : "",
    };

    /// <summary>Sends text again and again, with pauses, until the connection or the attack ends.</summary>
    public async Task DripAsync(Socket socket, byte[] piece, TimeSpan pause)
    {
        while (true)
        {
            await socket.SendAsync(piece, SocketFlags.None, end);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, end);
        }
    }

    /// <summary>Asks, reads the answer and counts it by its status, again and again.</summary>
    public async Task AskOnAsync(Socket socket, string request)
    {
        var question = Encoding.Latin1.GetBytes(request);
        var buffer = new byte[4096];
        while (true)
        {
            var asked = _clock.Elapsed;
            await socket.SendAsync(question, SocketFlags.None, end);
            outcomes.Add(await ReadAnswerAsync(socket, buffer), (_clock.Elapsed - asked).TotalSeconds);
        }
    }

    private async Task<string> ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        for (var read = 0; ;)
        {
            var count = await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None, end);
            if (count == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            read += count;
            if (StatusOf(buffer.AsSpan(0, read)) is { } status)
                return status;
        }
    }

    /// <summary>The status of a whole answer, with what it asks for; null while it is not whole.</summary>
    internal static string? StatusOf(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return null;
        var length = answer.IndexOf("Content-Length: "u8);
        if (length < 0 || !Utf8Parser.TryParse(answer[(length + "Content-Length: ".Length)..], out int body, out _))
            throw new MeasurementException("an answer without a length");
        if (answer.Length < head + 4 + body)
            return null;
        var status = Encoding.ASCII.GetString(answer[9..12]);
        return answer[..head].IndexOf("Retry-After: "u8) < 0 ? status : status + " with Retry-After";
    }

    public async Task SayAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.Latin1.GetBytes(text), SocketFlags.None, end);
}
