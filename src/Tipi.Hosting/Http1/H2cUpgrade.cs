using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// A request that asks to go on in HTTP/2 (RFC 7540 §3.2): <c>Upgrade: h2c</c> with <c>HTTP2-Settings</c>. Obsolete
/// since RFC 9113, and what curl and others still do on plain connections.
/// </summary>
internal static class H2cUpgrade
{
    private const string Token = "h2c";
    private const string SettingsName = "HTTP2-Settings";

    /// <summary>
    /// Bytes of a body that is kept for the other version: the client sends all of it before it changes. A request with
    /// a larger one, or of unknown length, is answered as it came, which a server may always do.
    /// </summary>
    private const int LargestBody = 64 * 1024;

    private static ReadOnlySpan<byte> SwitchingProtocols =>
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"u8;

    /// <summary>True when the request asks for it and it can be done.</summary>
    internal static bool IsAsked(Http1Stream stream, ServerConnection connection)
    {
        BodyFraming body = stream.Head.Body;
        bool fits = body.Kind == BodyKind.None || (body.Kind == BodyKind.Length && body.Length <= LargestBody);
        if (!fits || !connection.MayChangeProtocol) return false;
        HeaderTable headers = stream.Exchange.RequestHeaders;
        return HasElement(headers["Upgrade"], Token) && HasElement(headers["Connection"], SettingsName)
            && TryReadSettings(headers, out _);
    }

    /// <summary>Takes the whole request and answers 101.</summary>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">
    /// The body is malformed or too slow.
    /// </exception>
    internal static async Task<ProtocolChange> ReadAsync(Http1Stream stream)
    {
        HttpExchange exchange = stream.Exchange;
        byte[] body = stream.Body.CanHaveBody ? await ReadBodyAsync(stream.Body) : [];
        TryReadSettings(exchange.RequestHeaders, out byte[] settings);
        var carried = new CarriedRequest
        {
            Method = exchange.ReceivedMethod,
            Path = exchange.Request.Path,
            QueryString = exchange.Request.QueryString,
            RawTarget = exchange.Request.RawTarget,
            Headers = CopyFields(exchange.RequestHeaders),
            Body = body,
        };
        PipeWriter output = exchange.Connection.Transport.Transport.Output;
        SwitchingProtocols.CopyTo(output.GetSpan(SwitchingProtocols.Length));
        output.Advance(SwitchingProtocols.Length);
        return new ProtocolChange(settings, carried);
    }

    private static async Task<byte[]> ReadBodyAsync(Http1RequestBody body)
    {
        while (true)
        {
            ReadResult read = await body.ReadAsync();
            if (!read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            byte[] whole = read.Buffer.ToArray();
            body.AdvanceTo(read.Buffer.End);
            return whole;
        }
    }

    /// <summary>The fields but those that belong to the connection as it was.</summary>
    private static HeaderTable CopyFields(HeaderTable received)
    {
        var copy = new HeaderTable(HeaderRole.Request);
        StringValues connection = received["Connection"];
        foreach (var (name, value) in received)
        {
            bool isOfConnection = name.Equals("Connection", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Expect", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Keep-Alive", StringComparison.OrdinalIgnoreCase)
                || HasElement(connection, name);
            if (!isOfConnection) copy[name] = value;
        }
        return copy;
    }

    private static bool TryReadSettings(HeaderTable headers, out byte[] settings)
    {
        settings = [];
        StringValues values = headers[SettingsName];
        if (values.Count != 1) return false;
        string text = values.ToString().Replace('-', '+').Replace('_', '/');
        byte[] decoded = new byte[text.Length];
        text = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (!Convert.TryFromBase64String(text, decoded, out int length)) return false;
        settings = decoded[..length];
        return length % 6 == 0;
    }

    private static bool HasElement(StringValues values, string element)
    {
        foreach (string? value in values)
        {
            foreach (Range range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim().Equals(element, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }
        return false;
    }
}
