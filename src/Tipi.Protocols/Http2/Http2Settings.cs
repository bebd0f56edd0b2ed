using System.Buffers.Binary;

namespace Tipi.Protocols.Http2;

/// <summary>What one side of a connection has told the other by SETTINGS (RFC 9113 §6.5).</summary>
/// <remarks>
/// <code>
/// id  setting                 initially   permitted             otherwise
/// 1   HEADER_TABLE_SIZE       4,096       any
/// 2   ENABLE_PUSH             1           0, 1                  PROTOCOL_ERROR
/// 3   MAX_CONCURRENT_STREAMS  no limit    any
/// 4   INITIAL_WINDOW_SIZE     65,535      to 2^31 - 1           FLOW_CONTROL_ERROR
/// 5   MAX_FRAME_SIZE          16,384      16,384 to 2^24 - 1    PROTOCOL_ERROR
/// 6   MAX_HEADER_LIST_SIZE    no limit    any
/// 8   ENABLE_CONNECT_PROTOCOL 0           0, 1; never back to 0 PROTOCOL_ERROR (RFC 8441 §3)
/// 9   NO_RFC7540_PRIORITIES   0           0, 1; never changes   PROTOCOL_ERROR (RFC 9218 §2.1)
/// </code>
/// Others are ignored. Numbers beyond <see cref="int.MaxValue"/> are kept as that: nothing comes near.
/// </remarks>
internal sealed class Http2Settings
{
    /// <summary>The most bytes that <see cref="Write"/> takes.</summary>
    internal const int MaxSize = 8 * EntrySize;

    internal const int InitialWindow = 65_535;
    internal const int SmallestMaxFrameSize = 16_384;
    internal const int LargestMaxFrameSize = 16_777_215;

    private const int EntrySize = 6;
    private const int InitialHeaderTableSize = 4_096;

    private bool _wasApplied;

    /// <summary>Bytes that the decoder of this side gives to its table.</summary>
    internal int HeaderTableSize { get; set; } = InitialHeaderTableSize;

    /// <summary>
    /// The smallest table size of the last <see cref="Apply"/>: also one that a later entry took back must be told
    /// to the decoder (RFC 7541 §4.2).
    /// </summary>
    internal int LowestHeaderTableSize { get; private set; } = InitialHeaderTableSize;

    /// <summary>Only clients have it. It is never written.</summary>
    internal bool EnablePush { get; private set; } = true;

    internal int MaxConcurrentStreams { get; set; } = int.MaxValue;

    /// <summary>Bytes of each stream's window at its beginning.</summary>
    internal int InitialWindowSize { get; set; } = InitialWindow;

    /// <summary>Bytes of the longest payload that this side takes.</summary>
    internal int MaxFrameSize { get; set; } = SmallestMaxFrameSize;

    /// <summary>Bytes of names and values, and 32 for each field; a piece of advice.</summary>
    internal int MaxHeaderListSize { get; set; } = int.MaxValue;

    internal bool EnableConnectProtocol { get; set; }

    internal bool NoRfc7540Priorities { get; set; }

    /// <summary>
    /// Takes the entries of a SETTINGS frame in order; its length was checked. With an error, those before the bad one
    /// are in force.
    /// </summary>
    /// <param name="payload">The entries.</param>
    /// <param name="isFrame">False for those of an upgrade (RFC 7540 §3.2.1): the first frame may differ.</param>
    internal Http2Error Apply(ReadOnlySpan<byte> payload, bool isFrame = true)
    {
        LowestHeaderTableSize = HeaderTableSize;
        for (; payload.Length >= EntrySize; payload = payload[EntrySize..])
        {
            ushort id = BinaryPrimitives.ReadUInt16BigEndian(payload);
            Http2Error error = ApplyEntry((Id)id, BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
            if (!error.IsNone) return error;
        }

        _wasApplied |= isFrame;
        return default;
    }

    /// <summary>Writes the entries that differ from the initial values, and returns how many bytes.</summary>
    internal int Write(Span<byte> destination)
    {
        int length = 0;
        if (HeaderTableSize != InitialHeaderTableSize)
            length += WriteEntry(destination[length..], Id.HeaderTableSize, HeaderTableSize);
        if (MaxConcurrentStreams != int.MaxValue)
            length += WriteEntry(destination[length..], Id.MaxConcurrentStreams, MaxConcurrentStreams);
        if (InitialWindowSize != InitialWindow)
            length += WriteEntry(destination[length..], Id.InitialWindowSize, InitialWindowSize);
        if (MaxFrameSize != SmallestMaxFrameSize)
            length += WriteEntry(destination[length..], Id.MaxFrameSize, MaxFrameSize);
        if (MaxHeaderListSize != int.MaxValue)
            length += WriteEntry(destination[length..], Id.MaxHeaderListSize, MaxHeaderListSize);
        if (EnableConnectProtocol) length += WriteEntry(destination[length..], Id.EnableConnectProtocol, 1);
        if (NoRfc7540Priorities) length += WriteEntry(destination[length..], Id.NoRfc7540Priorities, 1);
        return length;
    }

    private Http2Error ApplyEntry(Id id, uint value)
    {
        int number = (int)Math.Min(value, int.MaxValue);
        switch (id)
        {
            case Id.HeaderTableSize:
                HeaderTableSize = number;
                LowestHeaderTableSize = Math.Min(LowestHeaderTableSize, number);
                break;
            case Id.EnablePush:
                if (value > 1) return Wrong("SETTINGS_ENABLE_PUSH is neither 0 nor 1.");
                EnablePush = value == 1;
                break;
            case Id.MaxConcurrentStreams: MaxConcurrentStreams = number; break;
            case Id.InitialWindowSize:
                if (value > int.MaxValue)
                    return Http2Error.Connection(
                        Http2ErrorCode.FlowControlError, "SETTINGS_INITIAL_WINDOW_SIZE exceeds 2^31 - 1.");
                InitialWindowSize = number;
                break;
            case Id.MaxFrameSize:
                if (value is < SmallestMaxFrameSize or > LargestMaxFrameSize)
                    return Wrong("SETTINGS_MAX_FRAME_SIZE is out of range.");
                MaxFrameSize = number;
                break;
            case Id.MaxHeaderListSize: MaxHeaderListSize = number; break;
            case Id.EnableConnectProtocol:
                if (value > 1 || (EnableConnectProtocol && value == 0))
                    return Wrong("SETTINGS_ENABLE_CONNECT_PROTOCOL is neither 0 nor 1, or was reset to 0.");
                EnableConnectProtocol = value == 1;
                break;
            case Id.NoRfc7540Priorities:
                if (value > 1 || (_wasApplied && NoRfc7540Priorities != (value == 1)))
                    return Wrong("SETTINGS_NO_RFC7540_PRIORITIES is neither 0 nor 1, or changed.");
                NoRfc7540Priorities = value == 1;
                break;
        }

        return default;
    }

    private static int WriteEntry(Span<byte> destination, Id id, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)id);
        BinaryPrimitives.WriteInt32BigEndian(destination[2..], value);
        return EntrySize;
    }

    private static Http2Error Wrong(string reason) => Http2Error.Connection(Http2ErrorCode.ProtocolError, reason);

    private enum Id : ushort
    {
        HeaderTableSize = 1,
        EnablePush = 2,
        MaxConcurrentStreams = 3,
        InitialWindowSize = 4,
        MaxFrameSize = 5,
        MaxHeaderListSize = 6,
        EnableConnectProtocol = 8,
        NoRfc7540Priorities = 9,
    }
}
