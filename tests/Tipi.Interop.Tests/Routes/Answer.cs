using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Tipi.Interop.Tests.Routes;

/// <summary>
/// An answer as the client saw it, made comparable: without what may differ between two runs of one server (the time,
/// the port, the id of the trace) and without the server's name.
/// </summary>
internal sealed partial record Answer(string Status, string Headers, string Body, string BodySha256)
{
    private const int LongestTextBytes = 64 * 1024;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response, Uri address)
    {
        var body = Neutral(await response.Content.ReadAsByteArrayAsync(), address);
        return new Answer(
            $"HTTP/{response.Version} {(int)response.StatusCode} {response.ReasonPhrase}",
            Describe(response),
            body.Length <= LongestTextBytes ? Encoding.UTF8.GetString(body) : $"{body.Length} bytes",
            Convert.ToHexStringLower(SHA256.HashData(body)));
    }

    private static string Describe(HttpResponseMessage response)
    {
        var lines = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .Where(header => header.Key is not ("Server" or "Date"))
            .SelectMany(header => header.Value.Select(value => $"{header.Key}: {Neutral(header.Key, value)}"))
            .Order(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    // How long ago the output cache was filled depends on how fast the test runs.
    private static string Neutral(string name, string value) =>
        name == "Age" && int.TryParse(value, CultureInfo.InvariantCulture, out _) ? "seconds" : value;

    private static byte[] Neutral(byte[] body, Uri address)
    {
        if (body.Length > LongestTextBytes) return body;
        var text = Encoding.Latin1.GetString(body).Replace(address.Authority, "address", StringComparison.Ordinal);
        return Encoding.Latin1.GetBytes(TraceId().Replace(text, "\"traceId\":\"id\""));
    }

    [GeneratedRegex("\"traceId\":\"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]\"")]
    private static partial Regex TraceId();
}
