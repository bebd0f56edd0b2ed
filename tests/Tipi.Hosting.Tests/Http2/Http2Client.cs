using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Hosting.Tests.Server;
using Tipi.Protocols.Hpack;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A client that says the frames it is told to, right or wrong, and shows those that it hears.</summary>
internal sealed class Http2Client : IDisposable
{
    internal const string Get = ":method: GET|:scheme: http|:path: /|:authority: localhost";
    internal const string Post = ":method: POST|:scheme: http|:path: /|:authority: localhost";

    private const string PingAnswer = "PING ACK 0102030405060708";

    private static readonly byte[] s_ping = [1, 2, 3, 4, 5, 6, 7, 8];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket;
    private readonly HpackDecoder _decoder = new(HpackDecoder.DefaultTableSize);
    private readonly Dictionary<int, Http2Answer> _answers = [];

    private Http2Client(Socket socket) => _socket = socket;

    /// <summary>Each GOAWAY so far.</summary>
    internal List<string> Farewells { get; } = [];

    /// <summary>The entries of the server's first SETTINGS.</summary>
    internal Dictionary<int, int> Settings { get; } = [];

    /// <summary>Bytes granted by the server so far, by stream; 0 is the connection.</summary>
    internal Dictionary<int, long> Granted { get; } = [];

    /// <summary>Connects and begins as a client has to.</summary>
    internal static async Task<Http2Client> ConnectAsync(TestServer server, params (int Id, int Value)[] settings)
    {
        Http2Client client = await OpenAsync(server);
        await client.BeginAsync(settings);
        return client;
    }

    /// <summary>Connects and says nothing.</summary>
    internal static Task<Http2Client> OpenAsync(TestServer server, int endpoint = 0) =>
        OpenAsync(server.Ports[endpoint]);

    /// <summary>Connects to any server and says nothing.</summary>
    internal static async Task<Http2Client> OpenAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        return new Http2Client(socket);
    }

    /// <summary>Begins as a client has to.</summary>
    internal async Task BeginAsync(params (int Id, int Value)[] settings)
    {
        await SendAsync([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8]);
        await SettingsAsync(settings);
        Http2Heard first = await HearAnyAsync();
        Assert.Equal("SETTINGS", first.ToString());
        for (int i = 0; i < first.Payload.Length; i += 6)
            Settings[BinaryPrimitives.ReadInt16BigEndian(first.Payload.AsSpan(i))] =
                BinaryPrimitives.ReadInt32BigEndian(first.Payload.AsSpan(i + 2));
        await SaysAsync(Http2Heard.Settings, 1, 0);
    }

    public void Dispose() => _socket.Dispose();

    // ---- client says ----

    internal Task SaysAsync(byte type, int flags, int stream, params byte[] payload) =>
        SendAsync(Frame(type, flags, stream, payload));

    internal static byte[] Frame(byte type, int flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    internal Task HeadersAsync(int stream, string lines, bool endStream = true) =>
        SaysAsync(Http2Heard.Headers, endStream ? 5 : 4, stream, FieldBlock.Encode(lines));

    internal Task DataAsync(int stream, string text, bool endStream = false) =>
        SaysAsync(Http2Heard.Data, endStream ? 1 : 0, stream, Encoding.Latin1.GetBytes(text));

    internal Task ResetAsync(int stream, int code = 8) => SaysAsync(Http2Heard.Reset, 0, stream, Number(code));

    internal Task GrantAsync(int stream, int bytes) => SaysAsync(Http2Heard.WindowUpdate, 0, stream, Number(bytes));

    internal Task SettingsAsync(params (int Id, int Value)[] settings) =>
        SaysAsync(Http2Heard.Settings, 0, 0,
            [.. settings.SelectMany(one => (byte[])[0, (byte)one.Id, .. Number(one.Value)])]);

    internal static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    internal async Task SendAsync(byte[] bytes)
    {
        using var source = new CancellationTokenSource(s_patience);
        for (ReadOnlyMemory<byte> rest = bytes; rest.Length > 0;)
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, source.Token)..];
    }

    internal void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    // ---- server says ----

    /// <summary>The next frame but SETTINGS and WINDOW_UPDATE.</summary>
    internal async Task<Http2Heard> HearAsync()
    {
        while (true)
        {
            Http2Heard heard = await HearAnyAsync();
            if (heard.Type is not (Http2Heard.Settings or Http2Heard.WindowUpdate)) return heard;
        }
    }

    internal async Task HearsAsync(string wanted) => Assert.Equal(wanted, (await HearAsync()).ToString());

    /// <summary>The next frame, with the CONTINUATION that belongs to it.</summary>
    internal async Task<Http2Heard> HearAnyAsync() =>
        await TryHearAsync() ?? throw new EndOfStreamException("The server ended the connection.");

    /// <summary>Frame after frame, until the stream is answered.</summary>
    internal async Task<Http2Answer> AnswerAsync(int stream)
    {
        while (!Answer(stream).IsOver) await HearAnyAsync();
        return Answer(stream);
    }

    /// <summary>What was said on the stream so far.</summary>
    internal Http2Answer Answer(int stream)
    {
        if (!_answers.TryGetValue(stream, out Http2Answer? answer)) _answers[stream] = answer = new Http2Answer();
        return answer;
    }

    /// <summary>Asks on a stream of its own, and is answered.</summary>
    internal async Task<Http2Answer> AskAsync(int stream, string lines)
    {
        await HeadersAsync(stream, lines);
        return await AnswerAsync(stream);
    }

    /// <summary>The server answers a ping, and says nothing before but what is housekeeping.</summary>
    internal async Task ConnectionGoesOnAsync()
    {
        await SaysAsync(Http2Heard.Ping, 0, 0, s_ping);
        await HearsAsync(PingAnswer);
    }

    /// <summary>The server answers a ping, and has taken what was sent before it.</summary>
    internal async Task HasTakenAllAsync()
    {
        await SaysAsync(Http2Heard.Ping, 0, 0, s_ping);
        while ((await HearAnyAsync()).ToString() != PingAnswer)
        {
            // What was on its way.
        }
    }

    /// <summary>The server says GOAWAY with this code, and ends the connection.</summary>
    internal async Task ConnectionEndsAsync(string code)
    {
        Http2Heard? heard;
        while ((heard = await TryHearAsync()) is not null && heard.Type != Http2Heard.GoAway)
        {
            // What was on its way.
        }

        Assert.NotNull(heard);
        Assert.Equal(code, heard.Code);
        await ConnectionEndsAsync();
    }

    /// <summary>The server ends the connection; what it says before does not matter.</summary>
    internal async Task ConnectionEndsAsync()
    {
        while (await TryHearAsync() is not null)
        {
            // Until the end.
        }
    }

    private async Task<Http2Heard?> TryHearAsync()
    {
        if (await TryReadAsync() is not { } heard) return null;
        if (heard.Type == Http2Heard.Headers) heard = await JoinAsync(heard);
        if (heard.Type == Http2Heard.GoAway) Farewells.Add(heard.ToString());
        if (heard.Type == Http2Heard.WindowUpdate)
            Granted[heard.Stream] = Granted.GetValueOrDefault(heard.Stream) + heard.Increment;
        if (heard.Stream != 0) Answer(heard.Stream).Take(heard);
        return heard;
    }

    private async Task<Http2Heard> JoinAsync(Http2Heard first)
    {
        byte[] block = first.Payload;
        for (Http2Heard last = first; (last.Flags & 4) == 0;)
        {
            last = await TryReadAsync() ?? throw new EndOfStreamException("A field block is not complete.");
            Assert.Equal((Http2Heard.Continuation, first.Stream), (last.Type, last.Stream));
            block = [.. block, .. last.Payload];
        }

        return first with { Fields = FieldBlock.Decode(_decoder, block) };
    }

    private async Task<Http2Heard?> TryReadAsync()
    {
        byte[] header = new byte[9];
        if (!await TryReadAsync(header)) return null;
        byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        if (!await TryReadAsync(payload)) return null;
        int stream = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5));
        return new Http2Heard(header[3], header[4], stream, payload);
    }

    private async Task<bool> TryReadAsync(Memory<byte> bytes)
    {
        using var source = new CancellationTokenSource(s_patience);
        while (bytes.Length > 0)
        {
            int count;
            try
            {
                count = await _socket.ReceiveAsync(bytes, SocketFlags.None, source.Token);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                return false;
            }

            if (count == 0) return false;
            bytes = bytes[count..];
        }

        return true;
    }
}
