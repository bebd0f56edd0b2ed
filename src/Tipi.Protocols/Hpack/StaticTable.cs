using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>The static table, RFC 7541 Appendix A: indices 1 to 61, the same for everybody.</summary>
internal static class StaticTable
{
    /// <summary>How many entries there are; the first of a dynamic table follows.</summary>
    internal const int Count = 61;

    /// <summary>The index of <c>:status</c> as a name.</summary>
    internal const int Status = 8;

    private static readonly string[] s_fields =
    [
        ":authority", ":method=GET", ":method=POST", ":path=/", ":path=/index.html", ":scheme=http", ":scheme=https",
        ":status=200", ":status=204", ":status=206", ":status=304", ":status=400", ":status=404", ":status=500",
        "accept-charset", "accept-encoding=gzip, deflate", "accept-language", "accept-ranges", "accept",
        "access-control-allow-origin", "age", "allow", "authorization", "cache-control", "content-disposition",
        "content-encoding", "content-language", "content-length", "content-location", "content-range", "content-type",
        "cookie", "date", "etag", "expect", "expires", "from", "host", "if-match", "if-modified-since",
        "if-none-match", "if-range", "if-unmodified-since", "last-modified", "link", "location", "max-forwards",
        "proxy-authenticate", "proxy-authorization", "range", "referer", "refresh", "retry-after", "server",
        "set-cookie", "strict-transport-security", "transfer-encoding", "user-agent", "vary", "via",
        "www-authenticate",
    ];

    private static readonly HpackEntry[] s_entries = s_fields.Select(Parse).ToArray();
    private static readonly byte[] s_indices = new byte[FieldNames.Count];

    static StaticTable()
    {
        for (int i = 0; i < Count; i++) s_indices[(int)s_entries[i].Known] = (byte)(i + 1);
        s_indices[(int)KnownField.Unknown] = 0;
    }

    /// <summary>An entry by its index, from 1.</summary>
    internal static HpackEntry Get(int index) => s_entries[index - 1];

    /// <summary>The index of a known field's name; 0 when it is not in the table.</summary>
    internal static int Find(KnownField field) => s_indices[(int)field];

    /// <summary>The index of a status of the table; 0 for others.</summary>
    internal static int FindStatus(int status) => status switch
    {
        200 => 8,
        204 => 9,
        206 => 10,
        304 => 11,
        400 => 12,
        404 => 13,
        500 => 14,
        _ => 0,
    };

    private static HpackEntry Parse(string field)
    {
        int end = field.IndexOf('=');
        byte[] name = Encoding.ASCII.GetBytes(end < 0 ? field : field[..end]);
        byte[] value = end < 0 ? [] : Encoding.ASCII.GetBytes(field[(end + 1)..]);
        return HpackEntry.Create(name, value);
    }
}
