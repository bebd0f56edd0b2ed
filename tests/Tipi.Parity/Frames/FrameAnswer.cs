using System.Text;

namespace Tipi.Parity.Frames;

/// <summary>What a server said on one stream.</summary>
internal sealed class FrameAnswer
{
    private readonly StringBuilder _body = new();
    private readonly List<string> _heads = [];
    private bool _hasEnd;
    private string? _reset;

    /// <summary>END_STREAM or RST_STREAM came.</summary>
    internal bool IsOver => _hasEnd || _reset is not null;

    internal bool HasStarted => _heads.Count > 0;

    internal int Length => _body.Length;

    internal void Take(Frame frame, IEnumerable<string> fields)
    {
        if (frame.Type == Frame.Headers) _heads.Add(string.Join("; ", fields.Select(Shown)));
        if (frame.Type == Frame.Data) _body.Append(Encoding.Latin1.GetString(frame.Payload));
        if (frame.Type == Frame.Reset) _reset = frame.Code;
        _hasEnd |= frame.EndsStream;
    }

    /// <summary>Heads, body, trailers and the end in one line; of Date and Server only the names.</summary>
    internal string Show(bool withFields)
    {
        // What came before a reset depends on what was on its way.
        if (_reset is not null and not "NO_ERROR") return $"RST_STREAM {_reset}";
        IEnumerable<string> heads = withFields ? _heads : _heads.Select(head => head.Split(';')[0]);
        string body = _body.Length > 60 ? $"{_body.Length} bytes" : _body.ToString();
        IEnumerable<string> parts =
        [
            .. heads, body.Length > 0 && withFields ? $"“{body}”" : "",
            _reset is null ? "" : $"RST_STREAM {_reset}", IsOver ? "" : "open",
        ];
        return string.Join(" ⏎ ", parts.Where(part => part.Length > 0));
    }

    private static string Shown(string field)
    {
        string name = field[..field.IndexOf(": ", StringComparison.Ordinal)];
        return name is "date" or "server" ? name : name == ":status" ? field[(name.Length + 2)..] : field;
    }
}
