using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Tipi.Parity.Servers;
using Tipi.Protocols.Hpack;

namespace Tipi.Parity.Frames;

/// <summary>A client that says any frames and takes what comes. It acknowledges SETTINGS by itself.</summary>
internal sealed class FrameWire : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly Stream _stream;
    private readonly HpackDecoder _decoder = new(HpackDecoder.DefaultTableSize);
    private readonly SortedDictionary<int, FrameAnswer> _answers = [];
    private readonly List<string> _farewells = [];
    private string _end = "";
    private bool _isPingAnswered;

    private FrameWire(Stream stream, int localPort)
    {
        _stream = stream;
        LocalPort = localPort;
    }

    internal int LocalPort { get; }

    internal bool AnswersPings { get; set; }

    /// <summary>The server's first SETTINGS.</summary>
    internal SortedDictionary<int, int> Settings { get; } = [];

    /// <summary>The first window that the server added to the connection's.</summary>
    internal int Granted { get; private set; }

    /// <summary>Connects and says nothing.</summary>
    internal static async Task<FrameWire> OpenAsync(int port, bool isEncrypted = false)
    {
        Socket socket = await Links.ConnectAsync(port);
        int local = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        Stream stream = isEncrypted
            ? await Links.EncryptAsync(socket, Links.Tls(SslApplicationProtocol.Http2))
            : new NetworkStream(socket, ownsSocket: true);
        return new FrameWire(stream, local);
    }

    /// <summary>Connects and begins as a client has to.</summary>
    internal static async Task<FrameWire> ConnectAsync(int port, bool isEncrypted = false)
    {
        FrameWire wire = await OpenAsync(port, isEncrypted);
        await wire.SendAsync([.. Say.Preface, .. Say.Settings()]);
        return wire;
    }

    /// <summary>
    /// Leaves as a client does that has read all there is: an end that leaves bytes unread is a reset, so which of the
    /// two a server meets would depend on what has just arrived.
    /// </summary>
    public void Dispose()
    {
        if (_stream is NetworkStream { Socket: { Connected: true } socket }) ReadToEnd(socket);
        _stream.Dispose();
    }

    /// <summary>Sends, unless the server has gone.</summary>
    internal async Task SendAsync(params byte[][] frames)
    {
        using var source = new CancellationTokenSource(s_patience);
        try
        {
            await _stream.WriteAsync(frames.SelectMany(frame => frame).ToArray(), source.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // Reading tells how it ended.
        }
    }

    internal FrameAnswer Answer(int stream)
    {
        if (!_answers.TryGetValue(stream, out FrameAnswer? answer)) _answers[stream] = answer = new FrameAnswer();
        return answer;
    }

    /// <summary>Hears until a condition holds or the connection ends.</summary>
    internal async Task HearUntilAsync(Func<bool> isEnough)
    {
        while (!isEnough() && await HearAsync())
        {
            // Frame by frame.
        }
    }

    internal Task HearToEndAsync() => HearUntilAsync(static () => false);

    /// <summary>Waits for answers on these streams, and sees by a ping whether the connection is kept.</summary>
    internal async Task SeeEndAsync(params int[] streams)
    {
        await HearUntilAsync(() => streams.All(stream => Answer(stream).IsOver));
        if (_end.Length > 0) return;
        await SendAsync(Say.Ping());
        await HearUntilAsync(() => _isPingAnswered);
        if (_end.Length > 0) return;
        // An announcement may come after the ping's answer; who is told to go is not kept.
        _end = "kept";
    }

    /// <summary>All that was heard.</summary>
    internal string Show(bool withFields = false) => string.Join(", ",
    [
        .. _answers.Where(pair => pair.Value.HasStarted || pair.Value.IsOver)
            .Select(pair => (_answers.Count > 1 ? $"{pair.Key}: " : "") + pair.Value.Show(withFields)),
        .. _farewells, _end,
    ]);

    /// <summary>Takes the steps of a farewell for one: Kestrel has one or two, as it comes.</summary>
    internal void MergeFarewells()
    {
        if (_farewells.Distinct().Count() == 1) _farewells.RemoveRange(1, _farewells.Count - 1);
    }

    private static void ReadToEnd(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
            socket.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
            while (socket.Receive(new byte[4096]) > 0)
            {
                // Nobody is interested in it.
            }
        }
        catch (SocketException)
        {
            // It has ended too.
        }
    }

    private async Task<bool> HearAsync()
    {
        if (await TryReadAsync() is not { } frame) return false;
        byte[] block = frame.Payload;
        for (Frame last = frame; frame.Type == Frame.Headers && !last.EndsHeaders;)
        {
            if (await TryReadAsync() is not { } next) return false;
            last = next;
            block = [.. block, .. last.Payload];
        }
        Take(frame);
        if (frame.Type == Frame.Settings && !frame.IsAck) await SendAsync(Say.Any(Frame.Settings, 1, 0));
        if (AnswersPings && frame is { Type: Frame.Ping, IsAck: false })
            await SendAsync(Say.Any(Frame.Ping, 1, 0, frame.Payload));
        if (frame.Type is Frame.Headers or Frame.Data or Frame.Reset)
            Answer(frame.Stream).Take(frame, frame.Type == Frame.Headers ? Decode(block) : []);
        return true;
    }

    private void Take(Frame frame)
    {
        if (frame.Type == Frame.GoAway) _farewells.Add($"GOAWAY {frame.Code}");
        if (frame is { Type: Frame.Ping, IsAck: true } && frame.Payload[0] == 1) _isPingAnswered = true;
        if (frame is { Type: Frame.WindowUpdate, Stream: 0 } && Granted == 0) Granted = frame.Number(0);
        if (frame is not { Type: Frame.Settings, IsAck: false } || Settings.Count > 0) return;
        for (int i = 0; i < frame.Payload.Length; i += 6)
            Settings[BinaryPrimitives.ReadInt16BigEndian(frame.Payload.AsSpan(i))] = frame.Number(i + 2);
    }

    private List<string> Decode(byte[] block)
    {
        var sink = new Fields([]);
        HpackError error = _decoder.Decode(block, ref sink);
        if (error != HpackError.None) throw new InvalidOperationException($"The server's field block: {error}");
        // The first is the status; the order of the others means nothing.
        return [.. sink.All.Take(1), .. sink.All.Skip(1).Order(StringComparer.Ordinal)];
    }

    private async Task<Frame?> TryReadAsync()
    {
        byte[] header = new byte[9];
        if (!await TryReadAsync(header)) return null;
        // An answer in HTTP/1 to somebody who does not speak HTTP/2 to it.
        if (header.AsSpan().StartsWith("HTTP/1.1 "u8))
        {
            byte[] status = new byte[3];
            await TryReadAsync(status);
            _farewells.Add($"HTTP/1.1 {Encoding.Latin1.GetString(status)}");
            await _stream.CopyToAsync(Stream.Null);
            _end = "closed";
            return null;
        }
        byte[] payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header) >>> 8];
        if (!await TryReadAsync(payload)) return null;
        return new Frame(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
    }

    private async Task<bool> TryReadAsync(Memory<byte> bytes)
    {
        if (_end.Length > 0) return false;
        using var source = new CancellationTokenSource(s_patience);
        try
        {
            await _stream.ReadExactlyAsync(bytes, source.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            _end = "silent";
        }
        catch (IOException)
        {
            // A reset and an end are the same here: which of them comes depends on what is on its way.
            _end = "closed";
        }
        return false;
    }

    private readonly struct Fields(List<string> all) : IHpackSink
    {
        internal List<string> All { get; } = all;

        public bool OnField(in HpackField field)
        {
            All.Add($"{Encoding.Latin1.GetString(field.NameBytes)}: {Encoding.Latin1.GetString(field.Value)}");
            return true;
        }
    }
}
