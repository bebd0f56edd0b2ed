using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Hpack;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Makes requests, and trailers, of field blocks.
/// <code>
/// HEADERS [CONTINUATION…] ──→ whole block ──decoded, always──→ a stream that is started │ trailers │ refused │ nothing
/// </code>
/// Invariant: every block is decoded once and in order, whatever becomes of it: the decoder's table must stay that of
/// the client. Used by the connection's loop only.
/// </summary>
internal sealed class HeadReceiver
{
    /// <summary>What HTTP/1 has in its request line does not count among the headers.</summary>
    private const int PseudoHeaders = 5;

    /// <summary>Priorities kept for streams that are not open yet (RFC 9218 §7.1).</summary>
    private const int MostEarlyPriorities = 32;

    /// <summary>Names and values of trailers, which carry digests and statuses: as over HTTP/1.</summary>
    private const int MostTrailerBytes = 8192;

    /// <summary>Fields of trailers: as over HTTP/1.</summary>
    private const int MostTrailers = 32;

    private readonly ConnectionParts _parts;
    private readonly StreamEndings _endings;
    private readonly ServerConnection _owner;
    private readonly FrameOutput _output;
    private readonly StreamTable _streams;
    private readonly OpenBlock _block;
    private readonly HpackDecoder _decoder;
    private Dictionary<int, Http2Priority>? _earlyPriorities;
    private ReceivedText? _text;

    internal HeadReceiver(ConnectionParts parts, StreamEndings endings)
    {
        _parts = parts;
        _endings = endings;
        _owner = parts.Owner;
        _output = parts.Output;
        _streams = parts.Streams;
        _block = parts.Block;
        _decoder = new HpackDecoder(_owner.Limits.Http2.HeaderTableSize);
    }

    /// <summary>That of the transport, unless a proxy in front may tell another.</summary>
    private Http2Scheme RequiredScheme
    {
        get
        {
            if (_owner.Server.Options.AllowAlternateSchemes) return Http2Scheme.Other;
            return _owner.IsSecure ? Http2Scheme.Https : Http2Scheme.Http;
        }
    }

    private HttpStrictness Strictness => _owner.Endpoint.Options.Strictness;

    /// <summary>Kept for all heads that came at once.</summary>
    private ReceivedText Text => _text ??= _parts.Context.Shared.Texts.Rent();

    /// <summary>All that came has been taken, for now.</summary>
    internal void EndReceive()
    {
        if (_text is not { } text) return;
        _text = null;
        _parts.Context.Shared.Texts.Return(text);
    }

    /// <summary>Our settings are in force on the other side.</summary>
    internal void OnSettingsAcknowledged() => _decoder.OnSettingsAcknowledged();

    /// <summary>Starts a request that came over another version, as the first stream.</summary>
    internal void BeginCarried(CarriedRequest request)
    {
        Http2Stream stream = MakeStream();
        stream.Attach(_parts.Context, 1);
        CarriedHead.Load(stream, request);
        stream.State = Http2StreamState.HalfClosedRemote;
        lock (_output.Gate)
        {
            _streams.Open(1);
            Add(stream);
            if (request.Body.Length > 0) stream.Body.AppendCarried(request.Body);
        }
        Start(stream);
    }

    internal Http2Error TakeHeaders(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = Http2Payload.ReadHeaders(header, payload, out ByteRange fragment, out _);
        if (error.Scope == Http2ErrorScope.Connection) return error;
        ReadOnlySpan<byte> bytes = fragment.Of(payload);
        if (header.Has(Http2FrameFlags.EndHeaders)) return TakeBlock(header, bytes, error);
        _block.Open(header);
        _parts.Owed.BeginWait();
        return _block.Add(bytes);
    }

    internal Http2Error TakeContinuation(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = _block.Add(payload);
        if (!error.IsNone || !header.Has(Http2FrameFlags.EndHeaders)) return error;
        error = TakeBlock(_block.Start, _block.Bytes, default);
        _block.Close();
        return error;
    }

    private Http2Stream MakeStream() => new(_parts.Context.Shared, _endings);

    /// <summary>A stream opened. Under the gate.</summary>
    private void Add(Http2Stream stream)
    {
        _streams.Add(stream);
        if (_streams.Count == 1) _parts.Idle.Update();
    }

    private Http2Error TakeBlock(in Http2FrameHeader header, ReadOnlySpan<byte> block, Http2Error error)
    {
        Http2Verdict verdict;
        bool isFull;
        Http2Stream? spare = null;
        lock (_output.Gate)
        {
            Http2StreamState state = _streams.StateOf(header.StreamId);
            Http2Error wrongState = default;
            verdict = error.IsNone
                ? Http2StreamStates.OnReceive(state, header.Type, out wrongState)
                : Http2Verdict.Refuse;
            if (error.IsNone) error = wrongState;
            if (verdict == Http2Verdict.Accept && state != Http2StreamState.Idle)
                return TakeTrailers(header, block);
            if (state == Http2StreamState.Idle) _streams.Open(header.StreamId);
            // What else comes for it is of no use either, and no mistake.
            if (_parts.Life.IsLeaving) _streams.NoteReset(header.StreamId);
            isFull = _streams.IsFull();
            if (verdict == Http2Verdict.Accept && !isFull && !_parts.Life.IsLeaving) spare = _streams.Spares.Take();
        }
        if (verdict == Http2Verdict.Accept && !_parts.Life.IsLeaving)
        {
            if (!isFull) return TakeRequest(header, block, spare ?? MakeStream());
            error = Http2Error.Stream(Http2ErrorCode.RefusedStream, "The limit MaxStreamsPerConnection was reached.");
        }
        var dropped = new DroppedFields();
        HpackError bad = _decoder.Decode(block, ref dropped);
        return bad == HpackError.None ? error : Compression(bad);
    }

    private Http2Error TakeRequest(in Http2FrameHeader header, ReadOnlySpan<byte> block, Http2Stream stream)
    {
        bool isEnd = header.Has(Http2FrameFlags.EndStream);
        stream.Attach(_parts.Context, header.StreamId);
        var rules = new Http2RequestRules
        {
            AllowsExtendedConnect = true,
            RequiredScheme = RequiredScheme,
            Strictness = Strictness,
        };
        TipiServerLimits limits = _owner.Limits;
        var budget = new FieldBudget(
            limits.MaxRequestHeadersTotalSize, Sum(limits.MaxRequestHeaderCount, PseudoHeaders),
            limits.Http2.MaxRequestHeaderFieldSize);
        var fields = new RequestFields(stream, Text, rules, budget);
        stream.Exchange.RequestHeaders.Thaw();
        HpackError bad = _decoder.Decode(block, ref fields);
        fields.End(isEnd);
        Http2Error error = bad == HpackError.None ? fields.Error : Compression(bad);
        if (!error.IsNone || fields.RefusalStatus != 0)
        {
            stream.Reset();
            lock (_output.Gate) _streams.Spares.Keep(stream);
            return error.IsNone ? Refuse(header.StreamId, fields.RefusalStatus, isEnd) : error;
        }
        stream.State = isEnd ? Http2StreamState.HalfClosedRemote : Http2StreamState.Open;
        stream.Outgoing.Priority = PriorityOf(header.StreamId, fields.Rules.Priority);
        LoadRequest(stream, fields, isEnd);
        lock (_output.Gate) Add(stream);
        _parts.Budget.OnRequest();
        if (_owner.IsEnding) _parts.Life.Leave();
        Start(stream);
        return default;
    }

    private void LoadRequest(Http2Stream stream, in RequestFields fields, bool isEnd)
    {
        HttpExchange exchange = stream.Exchange;
        exchange.Attach(_owner, fields.Method, (uint)stream.Id);
        exchange.Request.Method = fields.Method;
        exchange.Request.Scheme = RequiredScheme == Http2Scheme.Other ? fields.Scheme : _owner.Scheme;
        exchange.Request.Protocol = HttpProtocol.Http2;
        exchange.ReceivedPath = exchange.Request.Path;
        if (!isEnd) stream.LoadContentType();
        Http2RequestRules rules = fields.Rules;
        stream.Body.Begin(rules.ContentLength, isEnd, rules.ExpectsContinue, fields.Protocol);
    }

    private void Start(Http2Stream stream)
    {
        if (_owner.Server.AccessLog is not null) stream.BeginAccess();
        stream.Start();
    }

    /// <summary>Answers a request that the application never sees.</summary>
    private Http2Error Refuse(int streamId, int status, bool isEnd)
    {
        _owner.Server.Metrics.RequestRefused(status);
        ILogger log = _owner.Server.Logs.BadRequests;
        if (log.IsEnabled(LogLevel.Debug))
            log.RequestRefused(_owner.Id, status, "The request exceeds a limit.");
        if (!_parts.Budget.TryProvoke())
            return Http2Budget.Calm("The client sends too many requests that are rejected.");
        lock (_output.Gate)
        {
            _output.WriteRefusal(streamId, status);
            if (isEnd) return default;
            _output.Control.WriteReset(streamId, Http2ErrorCode.NoError);
            _streams.NoteReset(streamId);
        }
        return default;
    }

    /// <summary>Under the gate.</summary>
    private Http2Error TakeTrailers(in Http2FrameHeader header, ReadOnlySpan<byte> block)
    {
        if (!_streams.TryFind(header.StreamId, out Http2Stream? stream)) return default;
        var table = new HeaderTable(HeaderRole.ReceivedTrailers);
        var budget = new FieldBudget(MostTrailerBytes, MostTrailers, MostTrailerBytes);
        var fields = new TrailerFields(Text, table, budget);
        HpackError bad = _decoder.Decode(block, ref fields);
        if (bad != HpackError.None) return Compression(bad);
        if (!fields.Error.IsNone) return fields.Error;
        if (!header.Has(Http2FrameFlags.EndStream))
            return Http2Error.Stream(Http2ErrorCode.ProtocolError, "Trailers do not end the stream.");
        stream.State = Http2StreamStates.AfterReceive(stream.State, header.Type, endStream: true);
        if (!stream.IsApplicationDone) return stream.Body.End(table);
        Http2Error fault = stream.Body.Skip(length: 0, endStream: true);
        if (fault.IsNone) _endings.Finish(stream);
        return fault;
    }

    /// <summary>Keeps what was said of a stream that is not open yet.</summary>
    internal void KeepPriority(int id, Http2Priority priority)
    {
        _earlyPriorities ??= [];
        _earlyPriorities[id] = priority;
        // The client may have skipped the lowest one: it would block the others for ever.
        if (_earlyPriorities.Count > MostEarlyPriorities) _earlyPriorities.Remove(_earlyPriorities.Keys.Min());
    }

    /// <summary>What was said of the stream before it opened counts more than its field (RFC 9218 §7).</summary>
    private Http2Priority PriorityOf(int id, Http2Priority field) =>
        _earlyPriorities is not null && _earlyPriorities.Remove(id, out Http2Priority early) ? early : field;

    private static int Sum(int limit, int more) => (int)Math.Min((long)limit + more, int.MaxValue);

    private static Http2Error Compression(HpackError error) =>
        Http2Error.Connection(Http2ErrorCode.CompressionError, $"A field block is malformed: {error}.");
}
