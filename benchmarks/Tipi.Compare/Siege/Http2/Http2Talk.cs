namespace Tipi.Compare.Siege.Http2;

/// <summary>A well-behaved client that speaks HTTP/2, a stream at a time.</summary>
internal sealed class Http2Talk : ProbeTalk
{
    private const int HeadBytes = 9;
    private const byte EndStream = 1;
    private const byte Ack = 1;

    private readonly FrameWriter _writer = new();
    private readonly byte[] _frame = new byte[HeadBytes + 16 * 1024];
    private readonly byte[] _request;
    private int _lastStream = -1;

    public Http2Talk(Stream stream, bool isTls)
        : base(stream)
    {
        _request = FieldBlock.Request("/", isTls: isTls).Written.ToArray();
        // Windows that small answers will not use up.
        Send(frames => frames.Preface().Settings((4, int.MaxValue)).WindowUpdate(0, int.MaxValue - ushort.MaxValue));
    }

    public override bool TryAsk()
    {
        var stream = _lastStream += 2;
        Send(frames => frames.Headers(stream, _request));
        for (var body = ""; ;)
        {
            if (!TryRead(out var type, out var flags, out var payload))
                return false;
            switch (type)
            {
                case FrameType.Settings when (flags & Ack) == 0:
                    Send(frames => frames.SettingsAck());
                    continue;
                case FrameType.Ping when (flags & Ack) == 0:
                    var echo = payload.ToArray();
                    Send(frames => frames.Frame(FrameType.Ping, Ack, 0, echo));
                    continue;
                case FrameType.RstStream or FrameType.GoAway:
                    return false;
                case FrameType.Data:
                    body += System.Text.Encoding.ASCII.GetString(payload);
                    break;
            }

            if (type is FrameType.Data or FrameType.Headers && (flags & EndStream) != 0)
                return body == "Hello, World!";
        }
    }

    private void Send(Action<FrameWriter> write)
    {
        _writer.Clear();
        write(_writer);
        Stream.Write(_writer.Written.Span);
    }

    private bool TryRead(out FrameType type, out byte flags, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        var whole = TryFill(_frame.AsSpan(0, HeadBytes));
        var length = _frame[0] << 16 | _frame[1] << 8 | _frame[2];
        (type, flags) = ((FrameType)_frame[3], _frame[4]);
        if (!whole || length > _frame.Length - HeadBytes || !TryFill(_frame.AsSpan(HeadBytes, length)))
            return false;
        payload = _frame.AsSpan(HeadBytes, length);
        return true;
    }

    private bool TryFill(Span<byte> all) =>
        Stream.ReadAtLeast(all, all.Length, throwOnEndOfStream: false) == all.Length;
}
