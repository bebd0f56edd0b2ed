using System.Text;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Makes the text of received fields: UTF-8, or what the application's selector names for a field. Bytes that are not
/// of their encoding are the peer's fault.
/// </summary>
/// <param name="strings">Strings that came before, for what is read as UTF-8.</param>
/// <param name="encodings">The encoding of a value by its name; null: always UTF-8.</param>
internal sealed class ReceivedText(StringCache strings, Func<string, Encoding?>? encodings)
{
    /// <summary>As a server's options want it.</summary>
    internal static ReceivedText For(TipiServerOptions options) =>
        new(new StringCache(!options.DisableStringReuse), options.RequestEncodings);

    /// <summary>True when the application chooses encodings, so that the same bytes may be different text.</summary>
    internal bool HasOwnEncodings => encodings is not null;

    /// <summary>The text of bytes that are ASCII: names and targets.</summary>
    internal string Get(ReadOnlySpan<byte> bytes) => strings.Get(bytes);

    /// <summary>The text of a field's value, or false when it is not text.</summary>
    internal bool TryGetValue(string name, ReadOnlySpan<byte> bytes, out string text) =>
        encodings?.Invoke(name) is { } encoding
            ? TryDecode(encoding, bytes, out text)
            : strings.TryGet(bytes, out text);

    private static bool TryDecode(Encoding encoding, ReadOnlySpan<byte> value, out string text)
    {
        text = "";
        try
        {
            text = encoding.GetString(value);
            // The parser looked at bytes: an encoding may make line ends of harmless ones.
            return text.AsSpan().IndexOfAny('\r', '\n', '\0') < 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
