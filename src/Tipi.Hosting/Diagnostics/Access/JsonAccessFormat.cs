using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>An object a line. A field that is not known is left out.</summary>
internal sealed class JsonAccessFormat : IAccessFormat, IDisposable
{
    private static readonly JsonEncodedText s_complete = JsonEncodedText.Encode("complete");
    private static readonly JsonEncodedText s_refused = JsonEncodedText.Encode("refused");
    private static readonly JsonEncodedText s_aborted = JsonEncodedText.Encode("aborted");

    // The usual encoder escapes all but harmless ASCII.
    private readonly Utf8JsonWriter _json = new(Stream.Null);

    public void Write(in AccessEntry entry, IBufferWriter<byte> output)
    {
        _json.Reset(output);
        _json.WriteStartObject();
        WriteTime(entry);
        WriteConnection(entry);
        WriteText("method"u8, entry.Method);
        WriteText("target"u8, entry.Target);
        WriteText("protocol"u8, entry.Protocol);
        WriteText("line"u8, entry.Line);
        WriteText("host"u8, entry.Host);
        WriteText("referer"u8, entry.Referer);
        WriteText("user_agent"u8, entry.UserAgent);
        _json.WriteNumber("status"u8, entry.Status);
        _json.WriteNumber("bytes"u8, entry.Bytes);
        _json.WriteString("outcome"u8, NameOf(entry.Outcome));
        WriteText("reason"u8, entry.Reason);
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();

    private void WriteTime(in AccessEntry entry)
    {
        Span<byte> time = stackalloc byte[32];
        entry.Time.TryFormat(time, out int length, "yyyy-MM-ddTHH:mm:ss.fffZ", CombinedAccessFormat.Culture);
        _json.WriteString("time"u8, time[..length]);
        if (entry.Duration >= TimeSpan.Zero)
            _json.WriteNumber("duration_ms"u8, Math.Round(entry.Duration.TotalMilliseconds, 3));
    }

    private void WriteConnection(in AccessEntry entry)
    {
        WriteText("connection"u8, entry.ConnectionId);
        if (entry.RequestNumber > 0) _json.WriteNumber("request"u8, entry.RequestNumber);
        if (entry.Peer is IPEndPoint ip)
        {
            Span<byte> address = stackalloc byte[64];
            ip.Address.TryFormat(address, out int length);
            _json.WriteString("peer"u8, address[..length]);
            _json.WriteNumber("peer_port"u8, ip.Port);
        }
        else if (entry.Peer is UnixDomainSocketEndPoint) _json.WriteString("peer"u8, "unix:"u8);
    }

    private void WriteText(ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null) _json.WriteString(name, text);
    }

    private static JsonEncodedText NameOf(AccessOutcome outcome) => outcome switch
    {
        AccessOutcome.Refused => s_refused,
        AccessOutcome.Aborted => s_aborted,
        _ => s_complete,
    };
}
