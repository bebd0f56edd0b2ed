using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Hpack;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Encodes the field blocks of one connection, in the order in which they are sent: each may refer to those before.
/// Used under the connection's gate; a block is valid until the next one is asked for. After an exception the peer's
/// table is not that of the encoder any more: no further block may be sent.
/// </summary>
internal sealed class FieldBlocks(ServerContext server)
{
    /// <summary>First guess for a block: a usual one has 20 to 200 bytes.</summary>
    private const int FirstSize = 512;

    /// <summary>Bytes of our table: what the protocol begins with, and Kestrel's.</summary>
    private const int TableSize = 4096;

    /// <summary>Kept by a thread between two blocks, since an idle connection should own none.</summary>
    [ThreadStatic]
    private static byte[]? t_scratch;

    private readonly HpackEncoder _encoder = new(server.Options.AllowResponseHeaderCompression ? TableSize : 0);
    private byte[] _block = [];
    private int _length;
    private int _encodedTaken;

    internal void LimitTableSize(int bytes) => _encoder.LimitTableSize(bytes);

    /// <param name="exchange">Whose head it is.</param>
    /// <param name="fields">The head's.</param>
    /// <param name="bodyEnds">Nothing was written and nothing will be, trailers neither.</param>
    internal ReadOnlySpan<byte> EncodeHead(HttpExchange exchange, in BlockFields fields, bool bodyEnds)
    {
        Begin();
        Status(exchange.StatusCode);
        bool hasDate = false, hasServer = false;
        foreach (ref readonly HeaderTable.Field field in fields.Table.Fields)
        {
            hasDate |= field.Name.Length == 4 && Is(field.Name, HeaderNames.Date);
            hasServer |= field.Name.Length == 6 && Is(field.Name, HeaderNames.Server);
            Values(fields, field);
        }
        ServerLines(hasDate, hasServer);
        Length(exchange, bodyEnds);
        return _block.AsSpan(0, _length);
    }

    internal ReadOnlySpan<byte> EncodeInformational(int statusCode, in BlockFields fields)
    {
        Begin();
        Status(statusCode);
        foreach (ref readonly HeaderTable.Field field in fields.Table.Fields) Values(fields, field);
        return _block.AsSpan(0, _length);
    }

    internal ReadOnlySpan<byte> EncodeTrailers(in BlockFields fields)
    {
        Begin();
        foreach (ref readonly HeaderTable.Field field in fields.Table.Fields) Values(fields, field);
        return _block.AsSpan(0, _length);
    }

    /// <summary>The head of a response that the application never saw.</summary>
    internal ReadOnlySpan<byte> EncodeRefusal(int statusCode)
    {
        Begin();
        Status(statusCode);
        ServerLines(hasDate: false, hasServer: false);
        Field(HeaderNames.ContentLength, "0");
        return _block.AsSpan(0, _length);
    }

    private static bool Is(string name, string known) =>
        ReferenceEquals(name, known) || name.Equals(known, StringComparison.OrdinalIgnoreCase);

    private void Begin()
    {
        _block = t_scratch ??= new byte[FirstSize];
        _length = _encodedTaken = 0;
        int written;
        while (!_encoder.TryBeginBlock(_block.AsSpan(_length), out written)) Grow();
        _length += written;
    }

    private void Status(int statusCode)
    {
        int written;
        while (!_encoder.TryEncodeStatus(statusCode, _block.AsSpan(_length), out written)) Grow();
        _length += written;
    }

    private void Values(in BlockFields fields, in HeaderTable.Field field)
    {
        for (int i = 0; i < field.Value.Count; i++)
        {
            if (field.Value[i] is not { } value) continue;
            if (!fields.Table.HasEncoded || Ascii.IsValid(value)) Field(field.Name, value);
            else Encoded(field.Name, fields.Encoded[_encodedTaken++]);
        }
    }

    private void ServerLines(bool hasDate, bool hasServer)
    {
        ServerClock.HeadLines lines = server.Clock.Lines;
        if (!hasDate) Field(HeaderNames.Date, lines.DateText);
        if (!hasServer && server.Options.AddServerHeader) Field(HeaderNames.Server, ServerClock.ServerName);
    }

    private void Length(HttpExchange exchange, bool bodyEnds)
    {
        long? length = exchange.ResponseHeaders.ContentLength;
        int status = exchange.StatusCode;
        bool isEmpty = exchange.ForbidsBody || HttpMethods.IsHead(exchange.ReceivedMethod)
            ? ResponseRules.MayStateEmptyLength(exchange.ReceivedMethod, status)
            : bodyEnds && !exchange.IsUpgraded;
        if (isEmpty) length ??= 0;
        // RFC 9110 §8.6: never with 1xx and 204.
        if (length is null || status is < 200 or StatusCodes.Status204NoContent) return;
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(length.Value, digits, out int count);
        Encoded(HeaderNames.ContentLength, digits[..count]);
    }

    private void Field(string name, string value)
    {
        int written;
        while (!_encoder.TryEncode(name, value, _block.AsSpan(_length), out written)) Grow();
        _length += written;
    }

    private void Encoded(string name, ReadOnlySpan<byte> value)
    {
        int written;
        while (!_encoder.TryEncode(name, value, _block.AsSpan(_length), out written)) Grow();
        _length += written;
    }

    private void Grow()
    {
        if (_block.Length >= BlockFields.LargestSize)
            throw new InvalidOperationException("The response's headers have grown beyond 1 MiB since it started.");
        Array.Resize(ref _block, _block.Length * 2);
        if (_block.Length <= 16 * FirstSize) t_scratch = _block;
    }
}
