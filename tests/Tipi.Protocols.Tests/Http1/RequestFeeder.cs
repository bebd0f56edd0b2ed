using System.Globalization;
using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>Feeds the bytes of one request, head and body, in any portions, as a server would.</summary>
internal sealed class RequestFeeder(byte[] data, Http1Limits limits)
{
    private readonly RequestHead _head = new();
    private readonly StringBuilder _body = new();
    private ChunkedDecoder _chunks;
    private int _position; // the first byte that is not consumed
    private bool _inBody;
    private long _left;
    private ProtocolErrorCode _code;

    /// <summary>Feeds everything; the request's end is at each of <paramref name="arrivals"/> in turn.</summary>
    internal static Outcome Run(byte[] data, IEnumerable<int> arrivals, Http1Limits? limits = null)
    {
        var feeder = new RequestFeeder(data, limits ?? Http1Limits.Default);
        ParseStatus status = ParseStatus.NeedMore;
        foreach (int arrived in arrivals)
        {
            status = feeder.Continue(arrived);
            if (status != ParseStatus.NeedMore) break;
        }

        return new Outcome(status, feeder._code, feeder._inBody,
            status == ParseStatus.Complete ? feeder._position : 0,
            status == ParseStatus.NeedMore && !feeder._inBody ? "" : feeder.Describe(), feeder._body.ToString());
    }

    private ParseStatus Continue(int arrived)
    {
        ReadOnlySpan<byte> available = data.AsSpan(0, arrived);
        if (!_inBody)
        {
            ParseStatus status = Http1RequestParser.TryParse(available, limits, _head, out ProtocolError error);
            Assert.Equal(status == ParseStatus.Invalid, error.Code != ProtocolErrorCode.None);
            _code = error.Code;
            if (status != ParseStatus.Complete) return status;
            Assert.InRange(_head.Length, 1, arrived);
            _inBody = true;
            _position = _head.Length;
            _left = _head.Body.Length;
            if (_head.Body.Kind == BodyKind.Chunked) _chunks = new ChunkedDecoder(limits);
        }

        return _head.Body.Kind == BodyKind.Chunked ? ReadChunks(available) : ReadLength(available);
    }

    private ParseStatus ReadLength(ReadOnlySpan<byte> available)
    {
        int count = (int)Math.Min(_left, available.Length - _position);
        Append(available.Slice(_position, count));
        _position += count;
        _left -= count;
        return _left == 0 ? ParseStatus.Complete : ParseStatus.NeedMore;
    }

    private ParseStatus ReadChunks(ReadOnlySpan<byte> available)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = available[_position..];
            ChunkedStatus status = _chunks.Read(rest, out int consumed, out int start, out int length,
                out ProtocolError error);
            Assert.InRange(consumed, 0, rest.Length);
            Assert.Equal(status == ChunkedStatus.Invalid, error.Code != ProtocolErrorCode.None);
            _code = error.Code;
            _position += consumed;
            switch (status)
            {
                case ChunkedStatus.Data:
                    Assert.NotEqual(0, length);
                    Append(rest.Slice(start, length));
                    break;
                case ChunkedStatus.End:
                    AppendTrailers(rest.Slice(start, length));
                    return ParseStatus.Complete;
                default:
                    return status == ChunkedStatus.Invalid ? ParseStatus.Invalid : ParseStatus.NeedMore;
            }
        }
    }

    private void Append(ReadOnlySpan<byte> bytes) => _body.Append(Encoding.Latin1.GetString(bytes));

    private void AppendTrailers(ReadOnlySpan<byte> section)
    {
        for (int i = 0; i < (_chunks.Trailers?.Count ?? 0); i++)
        {
            FieldLine line = _chunks.Trailers![i];
            _body.Append(CultureInfo.InvariantCulture, $"|{Encoding.Latin1.GetString(line.Name(section))}=");
            Append(line.Value(section));
        }
    }

    private string Describe()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{_head.Method} {_head.MethodRange} {_head.TargetForm} {_head.TargetRange} {_head.AuthorityRange} ");
        text.Append(CultureInfo.InvariantCulture,
            $"{_head.PathRange} {_head.QueryRange} {_head.PathNeedsDecoding} {_head.MinorVersion} {_head.Body} ");
        text.Append(CultureInfo.InvariantCulture,
            $"{_head.ContentLength} {_head.KeepAlive} {_head.ExpectsContinue} {_head.HasUpgrade} {_head.HostIndex} ");
        text.Append(CultureInfo.InvariantCulture, $"{_head.Length}");
        for (int i = 0; i < _head.FieldCount; i++) text.Append('\n').Append(_head[i].ToString());
        return text.ToString();
    }
}
