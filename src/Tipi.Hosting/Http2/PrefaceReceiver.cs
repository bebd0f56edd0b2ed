using System.Buffers;
using System.Text;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The preface of one connection's client, which is greeted when it came. Who speaks something else is told so in its
/// own tongue. Used by the connection's loop only.
/// </summary>
internal sealed class PrefaceReceiver(ConnectionParts parts)
{
    /// <summary>
    /// Bytes of the connection's window that wait for the preface where a 101 is sent: clients have little room for
    /// what follows it in the same read (curl 7.88 gives up beyond 32 KiB).
    /// </summary>
    private const int HeldForPreface = Http2Settings.InitialWindow - 16 * 1024;

    /// <summary>What the client is told who speaks HTTP/1 where only HTTP/2 is spoken.</summary>
    private static readonly byte[] s_wrongVersion = AnswerToHttp1();

    private bool _hasPreface;
    private bool _isCarried;

    /// <summary>
    /// The first request came before the preface: its response is sent in part only until that is there.
    /// </summary>
    internal void HoldBack()
    {
        _isCarried = true;
        lock (parts.Gate) parts.Output.HoldBack(HeldForPreface);
    }

    /// <summary>Takes the preface, unless it came before.</summary>
    /// <returns>False when it is not there.</returns>
    internal bool TryTake(ref ReadOnlySequence<byte> buffer)
    {
        if (_hasPreface) return true;
        switch (Http2Preface.Match(buffer))
        {
            case PrefaceMatch.Is:
                buffer = buffer.Slice(Http2Preface.Bytes.Length);
                parts.Life.Greet();
                if (_isCarried) parts.Output.TryGrow(HeldForPreface);
                return _hasPreface = true;
            case PrefaceMatch.IsNot:
                Refuse(ref buffer);
                return false;
            default:
                return false;
        }
    }

    private void Refuse(ref ReadOnlySequence<byte> buffer)
    {
        int most = parts.Owner.Limits.MaxRequestLineSize;
        bool? isHttp1 = _isCarried ? false : Http2Preface.IsHttp1(buffer, most);
        if (isHttp1 is null) return;
        parts.Life.OnNoPreface();
        buffer = buffer.Slice(buffer.End);
        if (isHttp1.Value)
        {
            parts.Output.Control.WriteRaw(s_wrongVersion);
            parts.Owner.EndsBecause(ConnectionEndReason.InvalidHttpVersion);
            parts.Life.EndOfHttp1();
            return;
        }
        parts.Owner.EndsBecause(ConnectionEndReason.InvalidHandshake);
        parts.Life.Fail(Http2Error.Connection(Http2ErrorCode.ProtocolError, "The preface is malformed."));
    }

    private static byte[] AnswerToHttp1()
    {
        const string Text = "This endpoint supports HTTP/2 only, but the request was sent with HTTP/1.\r\n";
        return Encoding.ASCII.GetBytes(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
            + $"Content-Length: {Text.Length}\r\nConnection: close\r\n\r\n{Text}");
    }
}
