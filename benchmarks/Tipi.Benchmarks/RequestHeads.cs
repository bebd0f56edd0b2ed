using System.Text;

namespace Tipi.Benchmarks;

/// <summary>Request heads as they are in life: a load generator's, a small client's and two browsers'.</summary>
public static class RequestHeads
{
    private const string Small = "GET /plaintext HTTP/1.1\r\nHost: localhost:5000\r\n\r\n";

    private const string Client =
        "GET /plaintext HTTP/1.1\r\nHost: localhost:5000\r\nConnection: keep-alive\r\n"
        + "Accept: application/json,text/html;q=0.9,application/xhtml+xml\r\nUser-Agent: a-client/1.0 (x86_64)\r\n\r\n";

    private const string Browser =
        "GET /wp-content/uploads/2010/03/hello-kitty-darth-vader-pink.jpg HTTP/1.1\r\nHost: www.kittyhell.com\r\n"
        + "User-Agent: Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10.6; ja-JP-mac; rv:1.9.2.3) Gecko/20100401 "
        + "Firefox/3.6.3 Pathtraq/0.9\r\n"
        + "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
        + "Accept-Language: ja,en-us;q=0.7,en;q=0.3\r\nAccept-Encoding: gzip,deflate\r\n"
        + "Accept-Charset: Shift_JIS,utf-8;q=0.7,*;q=0.7\r\nKeep-Alive: 115\r\nConnection: keep-alive\r\n"
        + "Cookie: wp_ozh_wsa_visits=2; wp_ozh_wsa_visit_lasttime=xxxxxxxxxx; __utma=xxxxxxxxx.xxxxxxxxxx.xxxxxxxxxx."
        + "xxxxxxxxxx.xxxxxxxxxx.x; __utmz=xxxxxxxxx.xxxxxxxxxx.x.x.utmccn=(referral)|utmcsr=reader.livedoor.com|"
        + "utmcct=/reader/|utmcmd=referral\r\n\r\n";

    /// <summary>The names, with their sizes in bytes.</summary>
    public static IEnumerable<string> Names => s_heads.Keys;

    private static readonly Dictionary<string, byte[]> s_heads = new[] { Small, Client, Browser, Large() }
        .Select(Encoding.ASCII.GetBytes)
        .ToDictionary(head => $"{head.Length} B, {head.AsSpan().Count("\r\n"u8) - 2} fields");

    /// <summary>The bytes of a head.</summary>
    public static byte[] Get(string name) => s_heads[name];

    private static string Large()
    {
        var head = new StringBuilder(Browser, 0, Browser.Length - 2, 8192);
        for (int i = 0; i < 40; i++) head.Append($"X-Own-Field-{i}: {new string('v', 20 + i)}\r\n");
        return head.Append("\r\n").ToString();
    }
}
