using System.Net.Security;
using System.Net.Sockets;
using Tipi.Compare.Siege.Tls;

namespace Tipi.Compare.Siege.Http2;

/// <summary>One hostile HTTP/2 connection: it writes what an attack says and reads what the server answers.</summary>
internal sealed class Foe : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly CancellationToken _end;
    private readonly CancellationTokenSource _over;
    private readonly FrameWriter _writer = new();
    private readonly Replies _replies = new();
    private int _lastStream = -1;

    private Foe(Socket socket, Stream stream, CancellationToken end)
    {
        _socket = socket;
        _stream = stream;
        _end = end;
        _over = CancellationTokenSource.CreateLinkedTokenSource(end);
    }

    public bool IsTls => _stream is SslStream;

    /// <summary>The connection or the attack is over.</summary>
    public CancellationToken End => _over.Token;

    /// <summary>Opens a connection, over TLS if wanted; what is done on it is up to the attack.</summary>
    public static async Task<Foe> OverAsync(Socket socket, bool isTls, CancellationToken end)
    {
        var stream = new NetworkStream(socket, ownsSocket: false);
        return new Foe(socket, isTls ? await TlsClient.ShakeAsync(stream, TlsClient.Http2, end) : stream, end);
    }

    /// <summary>A stream that was not used yet.</summary>
    public int NextStream() => _lastStream += 2;

    /// <summary>Sends what is written; waits while the connection takes no more.</summary>
    public async Task SendAsync(Action<FrameWriter> write)
    {
        _writer.Clear();
        write(_writer);
        await _stream.WriteAsync(_writer.Written, End);
    }

    public async Task SendRawAsync(byte[] bytes) => await _stream.WriteAsync(bytes, End);

    /// <summary>Does nothing more until the time is up.</summary>
    public Task WaitAsync() => Task.Delay(Timeout.InfiniteTimeSpan, End);

    /// <summary>Attacks until the connection ends or the time is up; gives how it ended.</summary>
    public async Task<string> FightAsync(Http2Attack attack)
    {
        if (attack.Settings is { } settings && !await GreetAsync(settings))
            return Told("closed");
        var reading = HearAsync(attack.Reads);
        try
        {
            await attack.Act(this);
        }
        catch (Exception ended) when (ended is IOException or SocketException or OperationCanceledException)
        {
            // Why it cannot be written any more is for the reader to say, if the server's word still arrives.
            await Task.WhenAny(reading, Task.Delay(LastWords, CancellationToken.None));
            if (!reading.IsCompleted)
                _socket.Dispose();
        }

        return Told(await reading);
    }

    public ValueTask DisposeAsync()
    {
        // Not the farewell of TLS, which would wait for a server that does not read.
        _socket.Dispose();
        _over.Dispose();
        return ValueTask.CompletedTask;
    }

    // Preface and settings, and the acknowledgement of the server's; false when it ended the connection instead.
    private async Task<bool> GreetAsync((ushort Id, uint Value)[] settings)
    {
        await SendAsync(frames => frames.Preface().Settings(settings));
        while (!_replies.IsGreeted)
        {
            if (await ReadAsync(new byte[256]) == 0)
                return false;
        }

        await SendAsync(frames => frames.SettingsAck());
        return true;
    }

    private string Told(string ending) => _replies.Said.Length == 0 ? ending : $"{_replies.Said}, {ending}";

    private async Task<string> HearAsync(bool reads)
    {
        var ending = await (reads ? ReadToEndAsync() : UnreadAsync());
        await _over.CancelAsync();
        return ending;
    }

    private async Task<string> ReadToEndAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await ReadAsync(buffer) > 0)
            {
                // Only the end matters here.
            }

            return "closed";
        }
        catch (OperationCanceledException)
        {
            return Attacker.Still;
        }
        catch (Exception ended) when (ended is IOException or SocketException or ObjectDisposedException)
        {
            return "reset";
        }
    }

    // Nothing is read: that the server gave up shows as an error of the socket.
    private async Task<string> UnreadAsync()
    {
        try
        {
            while (!_socket.Poll(0, SelectMode.SelectError))
                await Task.Delay(100, _end);
            return "reset";
        }
        catch (OperationCanceledException)
        {
            return Attacker.Still;
        }
        catch (ObjectDisposedException)
        {
            return "reset";
        }
    }

    private async Task<int> ReadAsync(byte[] buffer)
    {
        var count = await _stream.ReadAsync(buffer, _end);
        _replies.Take(buffer.AsSpan(0, count));
        return count;
    }
}
