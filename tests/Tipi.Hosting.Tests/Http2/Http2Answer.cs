using System.Text;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>All that the server said on one stream.</summary>
internal sealed class Http2Answer
{
    private readonly StringBuilder _body = new();

    /// <summary>0 before the final head.</summary>
    internal int Status { get; private set; }

    internal string Body => _body.ToString();

    /// <summary>Those of the final head.</summary>
    internal IReadOnlyList<(string Name, string Value)> Fields { get; private set; } = [];

    internal List<int> Informational { get; } = [];

    internal IReadOnlyList<(string Name, string Value)> Trailers { get; private set; } = [];

    /// <summary>The code of RST_STREAM; null without one.</summary>
    internal string? ResetCode { get; private set; }

    /// <summary>END_STREAM or RST_STREAM came.</summary>
    internal bool IsOver { get; private set; }

    internal string? this[string name] => Fields.FirstOrDefault(field => field.Name == name).Value;

    internal void Take(Http2Heard frame)
    {
        switch (frame.Type)
        {
            case Http2Heard.Headers: TakeHeaders(frame); break;
            case Http2Heard.Data: _body.Append(frame.Text); break;
            case Http2Heard.Reset: ResetCode = frame.Code; break;
        }

        IsOver |= frame.EndsStream || frame.Type == Http2Heard.Reset;
    }

    private void TakeHeaders(Http2Heard frame)
    {
        if (Status != 0)
        {
            Trailers = frame.Fields;
            return;
        }

        int status = int.Parse(frame[":status"]!, System.Globalization.CultureInfo.InvariantCulture);
        if (status < 200)
        {
            Informational.Add(status);
            return;
        }

        Status = status;
        Fields = frame.Fields;
    }
}
