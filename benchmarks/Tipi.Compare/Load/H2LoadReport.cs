using System.Globalization;
using System.Text.RegularExpressions;

namespace Tipi.Compare.Load;

/// <summary>What one run of h2load counted.</summary>
/// <param name="Bad">Requests that failed, erred or timed out, and answers of another status than 2xx.</param>
/// <param name="AnswerBytes">Frames received for an answer, those included that were under way at the end.</param>
/// <param name="Protocol">As negotiated: <c>h2</c> or <c>h2c</c>; <c>nothing</c> without a connection.</param>
/// <param name="Cipher">Of TLS; null without it.</param>
internal sealed partial record H2LoadReport(
    long Succeeded, long Bad, double AnswerBytes, double MeanMs, double WorstMs, string Protocol, string? Cipher)
{
    /// <summary>Reads what h2load printed.</summary>
    /// <exception cref="MeasurementException">It is no report.</exception>
    public static H2LoadReport Read(string output)
    {
        var requests = Require(Requests(), output);
        var statuses = Require(Statuses(), output);
        var latency = Require(Latency(), output);
        return new H2LoadReport(
            Number(requests, 1),
            Number(requests, 2) + Number(requests, 3) + Number(requests, 4)
                + Number(statuses, 2) + Number(statuses, 3) + Number(statuses, 4),
            Number(Require(Traffic(), output), 1) / (double)Math.Max(1, Number(statuses, 1)),
            Milliseconds(latency.Groups[2].Value),
            Milliseconds(latency.Groups[1].Value),
            Value(ProtocolLine(), output) ?? "nothing",
            Value(CipherLine(), output));
    }

    /// <summary>Throws when anything but a good answer happened: a server that errs is not compared.</summary>
    public void RequireClean()
    {
        if (Bad > 0)
            throw new MeasurementException($"{Bad} requests without a good answer");
        if (Succeeded == 0)
            throw new MeasurementException("no answer at all");
    }

    /// <summary>Throws when other than HTTP/2 was spoken, or with another cipher than elsewhere.</summary>
    public void RequireProtocol(bool encrypted)
    {
        var (protocol, cipher) = encrypted ? ("h2", TlsClient.Cipher.ToString()) : ("h2c", null);
        if (Protocol != protocol || Cipher != cipher)
            throw new MeasurementException($"{Protocol} with cipher '{Cipher}', not {protocol} with '{cipher}'");
    }

    private static Match Require(Regex part, string output) =>
        part.Match(output) is { Success: true } match
            ? match
            : throw new MeasurementException($"h2load gave no report: {output.Trim()}");

    private static string? Value(Regex line, string output) =>
        line.Match(output) is { Success: true } match ? match.Groups[1].Value : null;

    private static long Number(Match match, int group) =>
        long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    // 1.08s, 11.70ms, 267us
    private static double Milliseconds(string duration)
    {
        var digits = duration.TrimEnd('s', 'm', 'u');
        var perUnit = duration[digits.Length..] switch
        {
            "s" => 1e3,
            "ms" => 1,
            "us" => 1e-3,
            _ => throw new MeasurementException($"not a duration: {duration}"),
        };
        return double.Parse(digits, CultureInfo.InvariantCulture) * perUnit;
    }

    [GeneratedRegex(
        @"^requests: .* (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", RegexOptions.Multiline)]
    private static partial Regex Requests();

    [GeneratedRegex(@"^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", RegexOptions.Multiline)]
    private static partial Regex Statuses();

    [GeneratedRegex(@"^traffic: \S+ \((\d+)\) total", RegexOptions.Multiline)]
    private static partial Regex Traffic();

    [GeneratedRegex(@"^time for request: +\S+ +(\S+) +(\S+)", RegexOptions.Multiline)]
    private static partial Regex Latency();

    [GeneratedRegex(@"^Application protocol: (\S+)", RegexOptions.Multiline)]
    private static partial Regex ProtocolLine();

    [GeneratedRegex(@"^Cipher: (\S+)", RegexOptions.Multiline)]
    private static partial Regex CipherLine();
}
