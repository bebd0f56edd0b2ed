using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// A hostile HTTP/2 client: it sends what it is told to, whole frames or not, and notes the frames that it gets.
/// </summary>
internal sealed class Foe : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly Channel<FoeFrame> _frames = Channel.CreateUnbounded<FoeFrame>();

    private Foe(Socket socket, Stream stream) => (_socket, _stream) = (socket, stream);

    /// <summary>Connects and greets with these settings; reads from then on.</summary>
    internal static async Task<Foe> GreetAsync(TestServer server, params (int Id, uint Value)[] settings)
    {
        Foe foe = await ConnectAsync(server);
        await foe.GreetAsync(settings);
        return foe;
    }

    /// <summary>The same on a connection with something in between.</summary>
    internal static async Task<Foe> GreetAsync(Socket socket, Stream stream, params (int Id, uint Value)[] settings)
    {
        var foe = new Foe(socket, stream);
        await foe.GreetAsync(settings);
        return foe;
    }

    /// <summary>Connects, says only this and does not read yet.</summary>
    internal static async Task<Foe> ConnectAsync(TestServer server, params byte[][] parts)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveBufferSize = 16 * 1024,
        };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        var foe = new Foe(socket, new NetworkStream(socket, ownsSocket: false));
        await foe.SendAsync(parts);
        return foe;
    }

    /// <summary>Reads from now on.</summary>
    internal void Listen() => Reading = ReadAsync();

    /// <summary>Ends with the connection.</summary>
    internal Task Reading { get; private set; } = Task.CompletedTask;

    /// <summary>Waits until the server has understood all that was sent.</summary>
    internal async Task AssertStillServedAsync()
    {
        byte[] question = "siegeend"u8.ToArray();
        await SendAsync(Frame(FoeFrame.PingType, 0, 0, question));
        await ReadAsync(frame => frame.Type == FoeFrame.PingType && frame.Payload.AsSpan().SequenceEqual(question));
    }

    /// <summary>Sends all of it, unless the server has ended the connection.</summary>
    internal async Task SendAsync(params byte[][] parts)
    {
        using var source = new CancellationTokenSource(s_patience);
        try
        {
            await _stream.WriteAsync(parts.SelectMany(part => part).ToArray(), source.Token);
        }
        catch (IOException)
        {
            // The end that the reader tells of.
        }
    }

    /// <summary>Sends the same again and again, until the server ends the connection.</summary>
    internal async Task FloodAsync(byte[] piece)
    {
        try
        {
            while (true) await _stream.WriteAsync(piece);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // The server's refusal, or the test's end.
        }
    }

    /// <summary>Waits for such a frame; the others are forgotten.</summary>
    internal async Task<FoeFrame> ReadAsync(Func<FoeFrame, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(s_patience);
        await foreach (FoeFrame frame in _frames.Reader.ReadAllAsync(patience.Token))
        {
            if (isWanted(frame)) return frame;
        }
        throw new EndOfStreamException("The server ended the connection without such a frame.");
    }

    /// <summary>Waits for an answer to a stream; what it gets for others is forgotten.</summary>
    internal Task<FoeFrame> ReadHeadAsync(int stream) =>
        ReadAsync(frame => frame.Type == FoeFrame.HeadersType && frame.Stream == stream);

    /// <summary>The error code of the server's GOAWAY, the last one before it ends the connection.</summary>
    internal async Task<string> ReadFarewellAsync()
    {
        string farewell = "none";
        int others = 0;
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await foreach (FoeFrame frame in _frames.Reader.ReadAllAsync(patience.Token))
            {
                if (frame.Type == FoeFrame.GoAwayType) farewell = frame.Code;
                else others++;
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Still connected after {others} frames; the last farewell: {farewell}.");
        }
        return farewell;
    }

    public void Dispose() => _socket.Dispose();

    // ---- frames ----

    internal static byte[] Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    internal static byte[] SettingsAck => Frame(FoeFrame.SettingsType, 1, 0);

    internal static byte[] Ping => Frame(FoeFrame.PingType, 0, 0, new byte[8]);

    internal static byte[] GoAway => Frame(FoeFrame.GoAwayType, 0, 0, new byte[8]);

    internal static byte[] Settings(params (int Id, uint Value)[] settings) => Frame(
        FoeFrame.SettingsType, 0, 0,
        [.. settings.SelectMany(one => (byte[])[0, (byte)one.Id, .. Bytes(one.Value)])]);

    internal static byte[] Get(int stream, string path = "/") =>
        Frame(FoeFrame.HeadersType, 5, stream, [0x82, .. Target(path)]);

    /// <summary>A request whose body is to come.</summary>
    internal static byte[] Post(int stream, string path, params byte[] fields) =>
        Frame(FoeFrame.HeadersType, 4, stream, [0x83, .. Target(path), .. fields]);

    /// <summary>A GET with such fields behind its pseudo-header fields, in frames of 16 KiB.</summary>
    internal static byte[] GetWith(int stream, byte[] fields, bool isWhole = true)
    {
        byte[][] pieces = [.. ((byte[])[0x82, .. Target("/"), .. fields]).Chunk(16 * 1024)];
        return [.. pieces.SelectMany((piece, i) => Frame(
            i == 0 ? FoeFrame.HeadersType : FoeFrame.ContinuationType,
            (byte)((i == 0 ? 1 : 0) | (isWhole && i == pieces.Length - 1 ? 4 : 0)), stream, piece))];
    }

    /// <summary>A literal field, added to the dynamic table if wanted (RFC 7541 §6.2).</summary>
    internal static byte[] Field(string name, string value, bool indexes = false) =>
        [indexes ? (byte)0x40 : (byte)0, .. Text(name), .. Text(value)];

    internal static byte[] Data(int stream, int length, bool isEnd = false) =>
        Frame(FoeFrame.DataType, isEnd ? (byte)1 : (byte)0, stream, new byte[length]);

    internal static byte[] Reset(int stream) => Frame(FoeFrame.ResetType, 0, stream, Bytes(8));

    internal static byte[] Update(int stream, uint increment) =>
        Frame(FoeFrame.WindowUpdateType, 0, stream, Bytes(increment));

    internal static byte[] Priority(int stream, int dependsOn) =>
        Frame(FoeFrame.PriorityType, 0, stream, [.. Bytes((uint)dependsOn), 0]);

    internal static byte[] PriorityUpdate(int stream) =>
        Frame(FoeFrame.PriorityUpdateType, 0, 0, [.. Bytes((uint)stream), .. "u=1"u8]);

    internal static byte[] Frame(byte type, byte flags, int stream, params byte[] payload) =>
        [.. Bytes((uint)payload.Length << 8)[..3], type, flags, .. Bytes((uint)stream), .. payload];

    private static byte[] Target(string path) => [0x86, 0x04, .. Text(path), 0x01, .. Text("a")];

    private static byte[] Text(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        return bytes.Length < 127
            ? [(byte)bytes.Length, .. bytes]
            : [127, (byte)(bytes.Length - 127 | 128), (byte)(bytes.Length - 127 >> 7), .. bytes];
    }

    private static byte[] Bytes(uint number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }

    // ---- greeting and reading ----

    private async Task GreetAsync((int Id, uint Value)[] settings)
    {
        Listen();
        await SendAsync(Preface, Settings(settings));
        await ReadAsync(frame => frame.Type == FoeFrame.SettingsType);
        await SendAsync(SettingsAck);
    }

    private async Task ReadAsync()
    {
        byte[] head = new byte[9];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head);
                byte[] payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
                await _stream.ReadExactlyAsync(payload);
                int id = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5));
                await _frames.Writer.WriteAsync(new FoeFrame(head[3], head[4], id, payload));
            }
        }
        catch (Exception ended) when (ended is IOException or ObjectDisposedException)
        {
            _frames.Writer.Complete();
        }
    }
}
