using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Compare.Siege;

/// <summary>One hostile connection after another; every one's ending is told to the outcomes.</summary>
internal sealed class Attacker(int port, Outcomes outcomes, CancellationToken end)
{
    public const string Still = "still open";

    private Stopwatch _clock = Stopwatch.StartNew();
    private Socket _socket = null!;

    public CancellationToken End => end;

    /// <summary>Opens a connection, does what is to be done on it and tells how it ended.</summary>
    /// <param name="reads">Whether it listens for an answer meanwhile; its end is then the server's.</param>
    public async Task OnceAsync(Func<Socket, Task> act, bool reads = true, int? receiveBuffer = null)
    {
        _clock = Stopwatch.StartNew();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _socket = socket;
        socket.NoDelay = true;
        if (receiveBuffer is { } size)
            socket.ReceiveBufferSize = size;
        outcomes.Add(await EndingAsync(act, reads), _clock.Elapsed.TotalSeconds);
    }

    private async Task<string> EndingAsync(Func<Socket, Task> act, bool reads)
    {
        try
        {
            await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), end);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return "not connected";
        }

        if (!reads)
            return await WrittenAsync(act);
        var writing = WrittenAsync(act);
        var ending = await ReadEndAsync();
        var unsent = await writing;
        return ending == "reset" && unsent != "left" ? "reset" : ending;
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
                if (status.Length == 0 && count >= 12)
                    status = Encoding.ASCII.GetString(rest, 9, 3);
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

    public async Task SayAsync(Socket socket, string text) =>
        await socket.SendAsync(Encoding.Latin1.GetBytes(text), SocketFlags.None, end);
}
