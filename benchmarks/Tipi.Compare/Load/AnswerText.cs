using System.Globalization;

namespace Tipi.Compare.Load;

/// <summary>One HTTP/1.1 answer as text: enough of a reader to check what a server sent, no more.</summary>
internal sealed class AnswerText
{
    private const string HeadEnd = "\r\n\r\n";

    private AnswerText(string head, string body)
    {
        Head = head;
        Body = body;
    }

    public string Head { get; }

    /// <summary>The body, decoded when it came in chunks.</summary>
    public string Body { get; }

    public bool IsChunked => Head.Contains("\r\nTransfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);

    /// <summary>The answer, or null while it is not whole.</summary>
    public static AnswerText? TryRead(string text)
    {
        var end = text.IndexOf(HeadEnd, StringComparison.Ordinal);
        if (end < 0)
            return null;
        var answer = new AnswerText(text[..end], text[(end + HeadEnd.Length)..]);
        if (answer.IsChunked)
            return TryDecode(answer.Body) is { } decoded ? new AnswerText(answer.Head, decoded) : null;
        return answer.Body.Length >= answer.DeclaredLength ? answer : null;
    }

    private int DeclaredLength
    {
        get
        {
            const string Name = "Content-Length: ";
            var line = Head.Split("\r\n").FirstOrDefault(
                line => line.StartsWith(Name, StringComparison.OrdinalIgnoreCase));
            return line is null ? 0 : int.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
        }
    }

    private static string? TryDecode(string chunks)
    {
        var body = "";
        while (true)
        {
            var lineEnd = chunks.IndexOf("\r\n", StringComparison.Ordinal);
            if (lineEnd < 0)
                return null;
            var length = int.Parse(chunks[..lineEnd], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var next = lineEnd + 2 + length + 2;
            if (chunks.Length < next)
                return null;
            if (length == 0)
                return body;
            body += chunks.Substring(lineEnd + 2, length);
            chunks = chunks[next..];
        }
    }
}
